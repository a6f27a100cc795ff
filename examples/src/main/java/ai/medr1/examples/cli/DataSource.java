package ai.medr1.examples.cli;

import ai.medr1.core.InputException;
import ai.medr1.data.OmniMedVqa;
import ai.medr1.data.Part;
import ai.medr1.data.Splits;
import ai.medr1.data.VqaDataset;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.TrainingImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads data in whatever form it is: a folder with splits, a JSON file of one split, or a file or
 * folder in the original form of OmniMedVQA.
 */
final class DataSource {
  private DataSource() {}

  /** Where images are looked for: as given, else in the folder of the data. */
  static Path imageRoot(Path data, Optional<Path> given) {
    return given.orElse(Files.isDirectory(data) ? data : data.toAbsolutePath().resolveSibling(""));
  }

  /** The items to evaluate on: the test part of splits, everything of other data. */
  static VqaDataset test(Path data, Path imageRoot) {
    if (!hasSplits(data)) {
      return unsplit(data, imageRoot);
    }
    Splits splits = Splits.load(data, imageRoot);
    VqaDataset byModality = splits.byModality(Part.TEST);
    return byModality.size() > 0 ? byModality : splits.byTask(Part.TEST);
  }

  /**
   * The images of the training items: of those given, or of those beside the test items.
   *
   * @param trainData what a model was trained on: of splits, the training items
   */
  static TrainingImages trained(Path data, Path imageRoot, Optional<Path> trainData) {
    if (trainData.isPresent()) {
      Path given = trainData.get();
      return TrainingImages.all(
          hasSplits(given)
              ? Splits.load(given, imageRoot).joined(Part.TRAIN).items()
              : unsplit(given, imageRoot).items());
    }
    return hasSplits(data)
        ? TrainingImages.found(beside(Splits.load(data, imageRoot)).items())
        : TrainingImages.UNKNOWN;
  }

  /** The training part of what {@link #test} gives. */
  private static VqaDataset beside(Splits splits) {
    return splits.byModality(Part.TEST).size() > 0
        ? splits.byModality(Part.TRAIN)
        : splits.byTask(Part.TRAIN);
  }

  /** Every item once. */
  static VqaDataset all(Path data, Path imageRoot) {
    if (!hasSplits(data)) {
      return unsplit(data, imageRoot);
    }
    Splits splits = Splits.load(data, imageRoot);
    List<VqaItem> items = new ArrayList<>(splits.joined(Part.TRAIN).items());
    items.addAll(splits.joined(Part.TEST).items());
    return new VqaDataset(data.toString(), items);
  }

  static boolean hasSplits(Path data) {
    return Files.isDirectory(data.resolve(Splits.MODALITY))
        || Files.isDirectory(data.resolve(Splits.TASK));
  }

  private static VqaDataset unsplit(Path data, Path imageRoot) {
    if (data.endsWith(Splits.MODALITY) || data.endsWith(Splits.TASK)) {
      Path above = data.toAbsolutePath().normalize().resolveSibling("");
      throw new InputException(
          data + " is a part of splits; give the folder that holds it, " + above);
    }
    if (!Files.exists(data)) {
      throw new InputException(
          data + " does not exist: give a folder with splits, or a JSON file of items");
    }
    VqaDataset items =
        Files.isDirectory(data) ? OmniMedVqa.load(data, imageRoot) : file(data, imageRoot);
    if (items.size() == 0) {
      throw new InputException(
          data + " holds no items: expected folders modality or question_type, or JSON files");
    }
    return items;
  }

  private static VqaDataset file(Path file, Path imageRoot) {
    try {
      return Splits.file(file, imageRoot);
    } catch (InputException noSplit) {
      try {
        return OmniMedVqa.load(file, imageRoot);
      } catch (InputException neither) {
        throw noSplit; // a split with one bad item is likelier than bad data of the other form
      }
    }
  }
}
