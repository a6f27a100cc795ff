package ai.medr1.grpo.experiment;

import java.util.Locale;

/** How far a cell or a training is. */
public enum State {
  WAITING,
  RUNNING,
  DONE,
  FAILED;

  /** The name in files. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
