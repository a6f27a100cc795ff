package ai.medr1.grpo.experiment;

import java.util.Optional;

/**
 * One training of a study, whose model the cells of a row evaluate.
 *
 * @param row what is trained on
 * @param seconds that its steps took, however often it was resumed; 0 before it is done
 * @param checkpoint its last one, relative to the experiment; there when it is done
 * @param error why it failed
 */
public record TrainedRow(
    String variant,
    String row,
    State state,
    double seconds,
    Optional<String> checkpoint,
    Optional<String> error) {

  static TrainedRow waiting(String variant, String row) {
    return new TrainedRow(variant, row, State.WAITING, 0, Optional.empty(), Optional.empty());
  }

  /** The directory of the run, relative to the experiment. */
  public String dir() {
    return "train/%s/%s".formatted(variant, row);
  }

  TrainedRow running() {
    return new TrainedRow(variant, row, State.RUNNING, 0, Optional.empty(), Optional.empty());
  }

  TrainedRow done(String last, double took) {
    return new TrainedRow(variant, row, State.DONE, took, Optional.of(last), Optional.empty());
  }

  TrainedRow failed(String why) {
    return new TrainedRow(variant, row, State.FAILED, 0, Optional.empty(), Optional.of(why));
  }

  boolean isSamePlace(TrainedRow other) {
    return variant.equals(other.variant) && row.equals(other.row);
  }
}
