package ai.medr1.data;

import java.util.Locale;

/**
 * Something wrong with one item.
 *
 * @param source the file and the place in it
 * @param detail what was found there
 */
public record Finding(Problem problem, VqaItem.Source source, String detail) {

  /** What can be wrong with an item. */
  public enum Problem {
    /** The problem offers fewer than two options. */
    NO_OPTIONS,
    /** The solution is none of the options. */
    ANSWER_NOT_AMONG_OPTIONS,
    /** The image is not where it should be. */
    MISSING_IMAGE,
    /** An earlier item of the data set has the same image and problem. */
    DUPLICATE,
    /** The same image is in the other part of the split. */
    IMAGE_IN_TRAIN_AND_TEST;

    /** The name in reports: {@code missing image}. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  @Override
  public String toString() {
    return source + ": " + problem.label() + ": " + detail;
  }
}
