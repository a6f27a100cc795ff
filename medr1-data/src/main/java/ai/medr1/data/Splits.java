package ai.medr1.data;

import ai.medr1.core.InputException;
import ai.medr1.data.internal.rows.Rows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * OmniMedVQA in Med-R1's split form: arrays of {@code {image, problem, solution}} in {@code
 * modality/{train,test}/*.json} and {@code question_type/{train,test}/*.json}.
 *
 * <p>The two folders cut the same questions in two ways. An item's modality is told by the name of
 * its file in the one, its task by that in the other: items found in both, by image and problem,
 * know both. The parts of the two folders are not the same: what the one trains on, the other may
 * test on.
 */
public final class Splits {
  /** The folder of questions by modality. */
  public static final String MODALITY = "modality";

  /** The folder of questions by task. */
  public static final String TASK = "question_type";

  private final Map<Part, VqaDataset> byModality = new EnumMap<>(Part.class);
  private final Map<Part, VqaDataset> byTask = new EnumMap<>(Part.class);

  private Splits(Path root, Path imageRoot) {
    for (Part part : Part.values()) {
      byModality.put(part, folder(root, MODALITY, part, imageRoot));
      byTask.put(part, folder(root, TASK, part, imageRoot));
    }
    join();
  }

  /**
   * Reads all splits below a folder; missing folders are empty splits.
   *
   * @param imageRoot what the names of images are relative to
   * @throws InputException naming file and line or item if a file is not in the split form, or the
   *     folder has no splits
   */
  public static Splits load(Path root, Path imageRoot) {
    if (!Files.isDirectory(root.resolve(MODALITY)) && !Files.isDirectory(root.resolve(TASK))) {
      throw new InputException(
          root + " has no splits: expected the folders " + MODALITY + " or " + TASK + " in it");
    }
    return new Splits(root, imageRoot);
  }

  /** Reads splits whose images lie in the same folder. */
  public static Splits load(Path root) {
    return load(root, root);
  }

  /** Reads one file of the split form; modality and task are what its name tells. */
  public static VqaDataset file(Path file, Path imageRoot) {
    return new VqaDataset(
        Rows.stem(file), ItemReader.read(file, DataForm.MED_R1, Columns.NONE, imageRoot));
  }

  /** The modality folder, with the task of every item that the other folder has, too. */
  public VqaDataset byModality(Part part) {
    return get(byModality, part);
  }

  /** The question type folder, with the modality of every item that the other folder has, too. */
  public VqaDataset byTask(Part part) {
    return get(byTask, part);
  }

  /**
   * Both folders, every item once. What either folder tests on is tested on here: the training part
   * has no item (though maybe an image) of the test part.
   */
  public VqaDataset joined(Part part) {
    Set<Key> seen = new HashSet<>();
    if (part == Part.TRAIN) {
      joined(Part.TEST).items().forEach(item -> seen.add(Key.of(item)));
    }
    List<VqaItem> items = new ArrayList<>(byModality(part).items());
    items.addAll(byTask(part).items());
    items.removeIf(item -> !seen.add(Key.of(item)));
    return new VqaDataset(part.folder(), items);
  }

  private static VqaDataset get(Map<Part, VqaDataset> parts, Part part) {
    return Objects.requireNonNull(parts.get(part));
  }

  private static VqaDataset folder(Path root, String kind, Part part, Path imageRoot) {
    Path folder = root.resolve(kind).resolve(part.folder());
    List<Path> files =
        Files.isDirectory(folder) ? DataFiles.list(folder, Integer.MAX_VALUE) : List.of();
    List<VqaItem> items =
        files.parallelStream().flatMap(file -> file(file, imageRoot).items().stream()).toList();
    return new VqaDataset(kind + "/" + part.folder(), items);
  }

  private void join() {
    Map<Key, Optional<Modality>> modalities = new HashMap<>();
    Map<Key, Optional<Task>> tasks = new HashMap<>();
    byModality.values().stream()
        .flatMap(data -> data.items().stream())
        .forEach(item -> modalities.put(Key.of(item), item.modality()));
    byTask.values().stream()
        .flatMap(data -> data.items().stream())
        .forEach(item -> tasks.put(Key.of(item), item.task()));
    byModality.replaceAll((part, data) -> withTasks(data, tasks));
    byTask.replaceAll((part, data) -> withModalities(data, modalities));
  }

  private static VqaDataset withTasks(VqaDataset data, Map<Key, Optional<Task>> tasks) {
    return new VqaDataset(
        data.name(),
        data.items().stream()
            .map(
                item ->
                    item.withLabels(
                        item.labels().withTask(tasks.getOrDefault(Key.of(item), item.task()))))
            .toList());
  }

  private static VqaDataset withModalities(
      VqaDataset data, Map<Key, Optional<Modality>> modalities) {
    return new VqaDataset(
        data.name(),
        data.items().stream()
            .map(
                item ->
                    item.withLabels(
                        item.labels()
                            .withModality(modalities.getOrDefault(Key.of(item), item.modality()))))
            .toList());
  }

  /** What makes two items the same question. */
  record Key(List<String> images, String problem) {
    static Key of(VqaItem item) {
      return new Key(item.images().stream().map(VqaImage::identity).toList(), item.problem());
    }
  }
}
