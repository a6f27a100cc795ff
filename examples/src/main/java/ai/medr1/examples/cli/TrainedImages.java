package ai.medr1.examples.cli;

import ai.medr1.data.DataFiles;
import ai.medr1.data.DataSource;
import ai.medr1.data.Part;
import ai.medr1.data.Splits;
import ai.medr1.data.VqaDataset;
import ai.medr1.eval.TrainingImages;
import java.util.Optional;

/** Finds the images that a model may have been trained on. */
final class TrainedImages {
  private TrainedImages() {}

  /**
   * The images of the training items: of those given, or of those beside the test items.
   *
   * @param given what a model was trained on: of data with parts, the training items
   */
  static TrainingImages of(DataSource data, Optional<DataSource> given) {
    if (given.isPresent()) {
      DataSource trained = given.get();
      return TrainingImages.all(
          trained instanceof DataFiles files && files.isSplits()
              ? files.splits().joined(Part.TRAIN).items()
              : trained.items(Part.TRAIN).items());
    }
    if (data instanceof DataFiles files && files.isSplits()) {
      return TrainingImages.found(beside(files.splits()).items());
    }
    return data.hasParts()
        ? TrainingImages.all(data.items(Part.TRAIN).items())
        : TrainingImages.UNKNOWN;
  }

  /** The training part of what is tested on. */
  private static VqaDataset beside(Splits splits) {
    return splits.byModality(Part.TEST).size() > 0
        ? splits.byModality(Part.TRAIN)
        : splits.byTask(Part.TRAIN);
  }
}
