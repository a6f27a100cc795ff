package ai.medr1.data.phantom;

import ai.medr1.core.AtomicFile;
import ai.medr1.data.Choices;
import ai.medr1.data.Modality;
import ai.medr1.data.Part;
import ai.medr1.data.SeededRandom;
import ai.medr1.data.Splits;
import ai.medr1.data.Task;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Generates a data set of phantoms: images whose content is known since it was drawn, with
 * questions, in the forms that real data comes in.
 *
 * <p>The same configuration gives the same pixels and the same questions on every machine; each
 * item depends on the seed and its own place only. Training and test images are never the same.
 */
public final class Phantoms {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Phantoms() {}

  /** One item with its place in the data set. */
  private record Entry(Part part, int index, Phantom phantom) {
    String image() {
      return "Images/Phantoms/%s/%s/%s_%05d.png"
          .formatted(
              lower(phantom.modality().name()), part.folder(), lower(phantom.task().name()), index);
    }
  }

  /** An item in both forms, its image written. */
  private record Row(
      Modality modality, Task task, Map<String, String> split, Map<String, String> original) {}

  /** Draws the items of a part in memory: index by index, all modalities and tasks of each. */
  public static List<Phantom> draw(PhantomConfig config, Part part) {
    return entries(config, part, Entry::phantom);
  }

  /**
   * Writes images, the split form ({@code modality}, {@code question_type}) and the original form
   * ({@code omnimedvqa/phantoms.json}) into a folder.
   *
   * @return the splits, read back
   */
  public static Splits generate(PhantomConfig config, Path folder) {
    List<Map<String, String>> original = new ArrayList<>();
    for (Part part : Part.values()) {
      List<Row> rows = entries(config, part, entry -> write(entry, folder));
      writeSplits(rows, part, folder);
      rows.forEach(row -> original.add(row.original()));
    }
    writeJson(folder.resolve("omnimedvqa/phantoms.json"), original);
    return Splits.load(folder);
  }

  /** Draws every item, in parallel, and keeps what becomes of it. */
  private static <T> List<T> entries(PhantomConfig config, Part part, Function<Entry, T> keep) {
    List<Modality> modalities =
        Arrays.stream(Modality.values()).filter(config.modalities()::contains).toList();
    List<Task> tasks = Arrays.stream(Task.values()).filter(config.tasks()::contains).toList();
    int cells = modalities.size() * tasks.size();
    int perCell = part == Part.TRAIN ? config.trainPerCell() : config.testPerCell();
    return IntStream.range(0, Math.multiplyExact(cells, perCell))
        .parallel()
        .mapToObj(
            i -> {
              Modality modality = modalities.get(i % cells / tasks.size());
              Task task = tasks.get(i % tasks.size());
              return keep.apply(entry(config, part, modality, task, i / cells));
            })
        .toList();
  }

  private static Entry entry(
      PhantomConfig config, Part part, Modality modality, Task task, int index) {
    SeededRandom random =
        new SeededRandom(config.seed())
            .split(modality.name())
            .split(task.name())
            .split(part.name())
            .split(index);
    return new Entry(part, index, Phantom.draw(modality, task, config.imageSize(), random));
  }

  private static Row write(Entry entry, Path folder) {
    Phantom phantom = entry.phantom();
    AtomicFile.write(
        folder.resolve(entry.image()), ImageFormat.encode(phantom.image(), entry.image()));
    return new Row(phantom.modality(), phantom.task(), splitForm(entry), originalForm(entry));
  }

  private static void writeSplits(List<Row> rows, Part part, Path folder) {
    String suffix = "_" + part.folder() + ".json";
    for (Modality modality : Modality.values()) {
      Path file = Path.of("modality", part.folder(), modality.splitName() + suffix);
      writeSplit(rows, row -> row.modality() == modality, folder.resolve(file));
    }
    for (Task task : Task.values()) {
      Path file = Path.of("question_type", part.folder(), task.fullName() + suffix);
      writeSplit(rows, row -> row.task() == task, folder.resolve(file));
    }
  }

  private static void writeSplit(List<Row> rows, Predicate<Row> wanted, Path file) {
    List<Map<String, String>> chosen = rows.stream().filter(wanted).map(Row::split).toList();
    if (!chosen.isEmpty()) {
      writeJson(file, chosen);
    }
  }

  private static Map<String, String> splitForm(Entry entry) {
    Map<String, String> row = new LinkedHashMap<>();
    row.put("image", entry.image());
    row.put("problem", entry.phantom().problem());
    row.put("solution", "<answer> " + Choices.letter(entry.phantom().gold()) + " </answer>");
    return row;
  }

  private static Map<String, String> originalForm(Entry entry) {
    Phantom phantom = entry.phantom();
    Map<String, String> row = new LinkedHashMap<>();
    row.put("dataset", "Phantoms");
    row.put(
        "question_id",
        "%s_%s_%s_%05d"
            .formatted(
                lower(phantom.modality().name()),
                lower(phantom.task().name()),
                entry.part().folder(),
                entry.index()));
    row.put("question_type", phantom.task().fullName());
    row.put("modality_type", phantom.modality().splitName());
    row.put("question", phantom.question());
    row.put("gt_answer", phantom.answer());
    row.put("image_path", entry.image());
    phantom.options().forEach(option -> row.put("option_" + option.letter(), option.text()));
    return row;
  }

  private static void writeJson(Path file, List<Map<String, String>> rows) {
    try {
      String json = MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(rows);
      // The printer ends lines as the platform does; the files are to be the same everywhere.
      String text = json.replace(System.lineSeparator(), "\n") + "\n";
      AtomicFile.write(file, text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts can always be written as JSON", e);
    }
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
