package ai.medr1.data;

import java.util.Locale;

/** The two parts of a split. */
public enum Part {
  TRAIN,
  TEST;

  /** The name of the folder: {@code train} or {@code test}. */
  public String folder() {
    return name().toLowerCase(Locale.ROOT);
  }
}
