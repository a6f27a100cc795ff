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
    /** There is no question. */
    EMPTY_QUESTION(true),
    /** The answer is to be a text, but is empty. */
    NO_ANSWER(true),
    /** The problem offers fewer than two options, or none whose letters are recognised. */
    NO_OPTIONS(true),
    /** A letter is missing among the options. */
    OPTION_GAP(true),
    /**
     * Two options read the same. Such items can be answered rightly, and Med-R1's data have some.
     */
    DUPLICATE_OPTIONS(false),
    /** The solution is none of the options, letter by letter. */
    ANSWER_NOT_AMONG_OPTIONS(true),
    /** The image is not where it should be. */
    MISSING_IMAGE(true),
    /** The image is there, but its header is that of no image. */
    UNREADABLE_IMAGE(true),
    /** The image is white for the most part, since its levels of more than 8 bits are clipped. */
    CLIPPED_IMAGE(true),
    /** An earlier item of the data set has the same id. */
    DUPLICATE_ID(true),
    /** An earlier item of the data set has the same image and problem. */
    DUPLICATE(false),
    /** The same image is in the other part of the split. */
    IMAGE_IN_TRAIN_AND_TEST(false);

    private final boolean unsound;

    Problem(boolean unsound) {
      this.unsound = unsound;
    }

    /** Whether such an item cannot be asked, answered rightly or told from others. */
    public boolean isUnsound() {
      return unsound;
    }

    /** Whether it is about an image rather than the question. */
    boolean isOfImage() {
      return this == MISSING_IMAGE || this == UNREADABLE_IMAGE;
    }

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
