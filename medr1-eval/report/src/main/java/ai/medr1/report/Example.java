package ai.medr1.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A question and what was answered to it.
 *
 * @param key tells it from all others of the page
 * @param image where it lies, empty where the run did not write that down
 * @param imageName as in the data
 * @param modality full name
 * @param task full name
 * @param replies at least one
 */
record Example(
    String key,
    Optional<Path> image,
    String imageName,
    String question,
    String gold,
    Optional<String> modality,
    Optional<String> task,
    List<Reply> replies) {

  /** How the replies are together. */
  enum Outcome {
    RIGHT,
    MIXED,
    WRONG
  }

  /**
   * One answer.
   *
   * @param from the run
   * @param text the whole output
   * @param note reward, tokens and the like
   */
  record Reply(String from, String text, boolean right, String note) {}

  Example {
    replies = List.copyOf(replies);
  }

  Outcome outcome() {
    if (replies.stream().allMatch(Reply::right)) {
      return Outcome.RIGHT;
    }
    return replies.stream().anyMatch(Reply::right) ? Outcome.MIXED : Outcome.WRONG;
  }

  /** With the name of a study before those of its runs. */
  Example from(String study) {
    List<Reply> named =
        replies.stream()
            .map(r -> new Reply(study + ", " + r.from(), r.text(), r.right(), r.note()))
            .toList();
    return new Example(key, image, imageName, question, gold, modality, task, named);
  }

  /** With the replies of the same question in another run behind its own. */
  Example with(Example other) {
    List<Reply> all = new ArrayList<>(replies);
    all.addAll(other.replies);
    return new Example(key, image.or(other::image), imageName, question, gold, modality, task, all);
  }
}
