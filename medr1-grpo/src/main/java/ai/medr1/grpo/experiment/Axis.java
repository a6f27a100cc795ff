package ai.medr1.grpo.experiment;

import ai.medr1.core.InputException;
import ai.medr1.data.DataFiles;
import ai.medr1.data.DataSource;
import ai.medr1.data.Modality;
import ai.medr1.data.Part;
import ai.medr1.data.Splits;
import ai.medr1.data.Task;
import ai.medr1.data.VqaDataset;
import ai.medr1.data.VqaItem;
import ai.medr1.grpo.config.DataConfigBuilder;
import ai.medr1.grpo.config.ExperimentConfig;
import ai.medr1.grpo.config.ExperimentConfig.Kind;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** What rows and columns stand for: names, and the items behind them. */
record Axis(Kind kind, Path root, Map<Part, VqaDataset> parts) {

  static Axis of(ExperimentConfig config) {
    DataSource source = config.data().source();
    Map<Part, VqaDataset> parts = new EnumMap<>(Part.class);
    if (source instanceof DataFiles files && files.isSplits()) {
      Splits splits = files.splits();
      for (Part part : Part.values()) {
        boolean modality = config.kind() == Kind.MODALITY;
        parts.put(part, modality ? splits.byModality(part) : splits.byTask(part));
      }
    } else {
      requireParts(source, config.data().splits());
      for (Part part : Part.values()) {
        parts.put(part, source.items(part));
      }
    }
    return new Axis(config.kind(), config.data().splits(), parts);
  }

  /** A study that tests on what it trains on would tell nothing. */
  private static void requireParts(DataSource source, Path path) {
    if (!source.hasParts()) {
      throw new InputException(
          "data.splits: "
              + path
              + " has no splits: expected the folders "
              + Splits.MODALITY
              + " or "
              + Splits.TASK
              + " in it, or files whose names begin with train and test");
    }
  }

  /**
   * Abbreviations of modalities or names of tasks, in the paper's order.
   *
   * @param asked names in any of their forms, empty for all
   * @throws InputException if one means nothing
   */
  static List<String> names(Kind kind, List<String> asked) {
    return kind == Kind.MODALITY
        ? names(Modality.values(), asked, Modality::of, Modality::abbreviation)
        : names(Task.values(), asked, Task::of, Task::fullName);
  }

  private static <T> List<String> names(
      T[] all, List<String> asked, Function<String, Optional<T>> parse, Function<T, String> name) {
    List<T> meant =
        asked.stream().map(text -> parse.apply(text).orElseThrow(() -> unknown(text))).toList();
    return Arrays.stream(all)
        .filter(value -> asked.isEmpty() || meant.contains(value))
        .map(name)
        .toList();
  }

  private static InputException unknown(String text) {
    return new InputException(
        "names: '%s' is no modality or task of this kind; write, for example, ct or mri with kind: modality, lesion_grading with kind: task"
            .formatted(text));
  }

  /** Trains on a name alone. */
  void restrict(DataConfigBuilder data, String name) {
    if (kind == Kind.MODALITY) {
      data.modalities(List.of(modality(name)));
    } else {
      data.tasks(List.of(task(name)));
    }
  }

  /** The items of a row or column, none where the splits have no file of it. */
  List<VqaItem> items(Part part, String name) {
    return (kind == Kind.MODALITY ? modality(part, name) : task(part, name)).items();
  }

  /**
   * Late errors are dear in a study of days.
   *
   * @throws InputException naming every row or column that has no items
   */
  void requireItems(Part part, List<String> names) {
    List<String> lacking = names.stream().filter(name -> items(part, name).isEmpty()).toList();
    if (!lacking.isEmpty()) {
      List<String> there = names.stream().filter(name -> !lacking.contains(name)).toList();
      throw new InputException(
          "data.splits: %s has no items of %s, expected a JSON file of items for each of names, found %s; add what is missing, or set names to what is there"
              .formatted(
                  root.resolve(folder()).resolve(part.folder()),
                  String.join(", ", lacking),
                  there.isEmpty() ? "none of them" : "only " + String.join(", ", there)));
    }
  }

  private String folder() {
    return kind == Kind.MODALITY ? Splits.MODALITY : Splits.TASK;
  }

  private VqaDataset modality(Part part, String name) {
    return part(part).modalities(EnumSet.of(modality(name)));
  }

  private VqaDataset task(Part part, String name) {
    return part(part).tasks(EnumSet.of(task(name)));
  }

  private static Modality modality(String name) {
    return Modality.of(name).orElseThrow(() -> unknown(name));
  }

  private static Task task(String name) {
    return Task.of(name).orElseThrow(() -> unknown(name));
  }

  private VqaDataset part(Part part) {
    return Objects.requireNonNull(parts.get(part));
  }
}
