package ai.medr1.eval;

import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes a report as files; each is replaced as a whole or not at all. */
public final class EvalFiles {
  private static final ObjectMapper JSON = new ObjectMapper();

  private EvalFiles() {}

  /**
   * Writes {@code items.jsonl}, {@code results.json} and {@code summary.json} to a directory, which
   * is created where it is missing.
   */
  public static void write(EvalReport report, Path directory) throws IOException {
    Files.createDirectories(directory);
    replace(directory.resolve("items.jsonl"), items(report));
    replace(directory.resolve("results.json"), pretty(results(report)));
    replace(directory.resolve("summary.json"), pretty(summary(report)));
  }

  /**
   * One line per item; modality and task are null where unknown, extracted where none was found.
   */
  private static String items(EvalReport report) {
    return report.items().stream().map(EvalFiles::item).collect(Collectors.joining());
  }

  private static String item(EvaluatedItem evaluated) {
    ObjectNode row =
        JSON.createObjectNode()
            .put("image", evaluated.item().imageName())
            .put("problem", evaluated.item().problem());
    putName(row, "modality", evaluated.item().modality(), Modality::fullName);
    putName(row, "task", evaluated.item().task(), Task::fullName);
    row.put("output", evaluated.output());
    putName(row, "extracted", evaluated.extracted(), Function.identity());
    row.put("gold", evaluated.item().gold()).put("right", evaluated.right());
    return write(JSON.writer(), row);
  }

  /** The form of Med-R1's evaluation scripts, in which the accuracy is in per cent. */
  private static ObjectNode results(EvalReport report) {
    ObjectNode root = JSON.createObjectNode().put("accuracy", 100 * report.overall().accuracy());
    var rows = root.putArray("results");
    report.items().forEach(i -> result(rows.addObject(), i));
    return root;
  }

  private static void result(ObjectNode row, EvaluatedItem evaluated) {
    row.putObject("question")
        .put("image", evaluated.item().imageName())
        .put("problem", evaluated.item().problem())
        .put("solution", evaluated.item().solution());
    row.put("ground_truth", evaluated.item().solution()).put("model_output", evaluated.output());
    putName(row, "extracted_answer", evaluated.extracted(), Function.identity());
  }

  /** Accuracies and the ends of their intervals are in [0, 1]. */
  private static ObjectNode summary(EvalReport report) {
    ObjectNode root = JSON.createObjectNode();
    score(root.putObject("overall"), report.overall());
    scores(root.putObject("byModality"), report.byModality(), Modality::fullName);
    scores(root.putObject("byTask"), report.byTask(), Task::fullName);
    return root.put("unparsable", report.unparsable()).put("skipped", report.skipped());
  }

  private static <K> void scores(ObjectNode group, Map<K, Score> of, Function<K, String> name) {
    of.forEach((key, score) -> score(group.putObject(name.apply(key)), score));
  }

  private static void score(ObjectNode node, Score score) {
    node.put("n", score.n())
        .put("right", score.right())
        .put("accuracy", score.accuracy())
        .put("low", score.low())
        .put("high", score.high());
  }

  private static <T> void putName(
      ObjectNode row, String key, Optional<T> value, Function<T, String> name) {
    value.ifPresentOrElse(v -> row.put(key, name.apply(v)), () -> row.putNull(key));
  }

  private static String pretty(ObjectNode root) {
    return write(JSON.writerWithDefaultPrettyPrinter(), root);
  }

  private static String write(ObjectWriter writer, ObjectNode node) {
    try {
      return writer.writeValueAsString(node) + "\n";
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void replace(Path file, String content) throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + ".tmp");
    Files.write(beside, content.getBytes(StandardCharsets.UTF_8));
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
