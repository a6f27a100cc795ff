package example;

import ai.medr1.data.VqaItem;
import ai.medr1.eval.AnswerReader;
import java.util.Optional;

/** Reads the answer in the last box: {@code \boxed{B}}. */
public final class BoxedReader implements AnswerReader {
  private static final String BOX = "\\boxed{";

  @Override
  public Optional<String> read(String output, VqaItem item) {
    int box = output.lastIndexOf(BOX);
    int end = output.indexOf('}', Math.max(box, 0));
    return box < 0 || end < 0
        ? Optional.empty()
        : Optional.of(output.substring(box + BOX.length(), end).strip());
  }
}
