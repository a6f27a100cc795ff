package ai.medr1.grpo.experiment;

import ai.medr1.eval.Score;
import java.util.Optional;

/**
 * One evaluation of a study.
 *
 * @param row what its model was trained on; empty for the untrained model
 * @param column what it is tested on
 * @param score there when it is done
 * @param seconds that the evaluation has taken until now, however often it was cut
 * @param dir of the evaluation, relative to the experiment
 * @param error why it failed
 */
public record Cell(
    String variant,
    Optional<String> row,
    String column,
    State state,
    Optional<Score> score,
    double seconds,
    String dir,
    Optional<String> error) {

  static Cell waiting(String variant, Optional<String> row, String column) {
    String dir = "eval/%s/%s/%s".formatted(variant, row.orElse("base"), column);
    return new Cell(
        variant, row, column, State.WAITING, Optional.empty(), 0, dir, Optional.empty());
  }

  Cell running(double spent) {
    return with(State.RUNNING, Optional.empty(), spent, Optional.empty());
  }

  /** The same before it is tried anew. What it has answered stays, so its time does, too. */
  Cell again() {
    return with(State.WAITING, Optional.empty(), seconds, Optional.empty());
  }

  Cell done(Score found, double took) {
    return with(State.DONE, Optional.of(found), took, Optional.empty());
  }

  Cell failed(String why) {
    return with(State.FAILED, Optional.empty(), seconds, Optional.of(why));
  }

  /** Whether it is tested on what it was trained on. */
  public boolean isHome() {
    return row.equals(Optional.of(column));
  }

  boolean isDone() {
    return state == State.DONE;
  }

  /** Whether both are about the same model and test items. */
  boolean isSamePlace(Cell other) {
    return variant.equals(other.variant) && row.equals(other.row) && column.equals(other.column);
  }

  private Cell with(State next, Optional<Score> found, double took, Optional<String> why) {
    return new Cell(variant, row, column, next, found, took, dir, why);
  }
}
