package ai.medr1.grpo.reward;

import ai.medr1.core.image.SmartResize;
import ai.medr1.data.AnswerKind;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.AnswerTags;
import ai.medr1.eval.text.Alternatives;
import ai.medr1.eval.text.Gold;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;

/**
 * How well a box overlaps with the right one, from 0 to 1: the area of their intersection over that
 * of their union. It applies to questions about one image whose right answer is one box, {@code
 * [x1, y1, x2, y2]} in pixels of the image as it is.
 *
 * <p>Of an answer, the first four numbers in brackets count, {@code [10, 20, 30, 40]} or {@code
 * (10,20),(30,40)}; an answer with more than one box earns nothing. Where the model sees pixels of
 * the resized image, which is what Qwen2.5-VL writes, the right box is brought there: a box earns
 * the same in either system.
 *
 * @param size from that of an image to that of what the answer counts pixels of
 */
public record BoxReward(UnaryOperator<SmartResize.Size> size) implements Reward {
  private static final String NUMBER = "\\s*(-?\\d{1,6}(?:\\.\\d{1,20})?)\\s*";
  private static final Pattern BOX =
      Pattern.compile(
          "[\\[(]"
              + String.join(",", NUMBER, NUMBER)
              + "(?:[\\])]\\s*,\\s*[\\[(]|,)"
              + String.join(",", NUMBER, NUMBER)
              + "[\\])]");

  /** Corners in pixels: left, top, right, bottom. */
  private record Box(double x1, double y1, double x2, double y2) {
    /** The one box in a text; empty where there is none, several, or one without an area. */
    static Optional<Box> in(String text) {
      List<Box> found = BOX.matcher(text).results().limit(2).map(Box::of).toList();
      return found.size() == 1 && found.get(0).area() > 0
          ? Optional.of(found.get(0))
          : Optional.empty();
    }

    private static Box of(MatchResult m) {
      double[] at =
          DoubleStream.of(1, 2, 3, 4).map(i -> Double.parseDouble(m.group((int) i))).toArray();
      return new Box(at[0], at[1], at[2], at[3]);
    }

    double area() {
      return Math.max(0, x2 - x1) * Math.max(0, y2 - y1);
    }

    Box scaled(double x, double y) {
      return new Box(x1 * x, y1 * y, x2 * x, y2 * y);
    }

    double iou(Box other) {
      Box both =
          new Box(
              Math.max(x1, other.x1),
              Math.max(y1, other.y1),
              Math.min(x2, other.x2),
              Math.min(y2, other.y2));
      return both.area() / (area() + other.area() - both.area());
    }
  }

  @Override
  public String name() {
    return "box-iou";
  }

  @Override
  public boolean appliesTo(VqaItem item) {
    return item.answerKind() == AnswerKind.TEXT
        && item.images().size() == 1
        && Box.in(item.gold()).isPresent();
  }

  @Override
  public double score(VqaItem item, String completion, int[] tokenIds) {
    String answer = AnswerTags.text(completion).orElse(completion);
    if (Alternatives.offered(Gold.of(item), answer)) {
      return 0;
    }
    Box right = right(item);
    return Box.in(answer).map(right::iou).orElse(0.0);
  }

  @Override
  public String rightAnswer(VqaItem item) {
    Box right = right(item);
    return String.format(
        Locale.ROOT, "[%.2f, %.2f, %.2f, %.2f]", right.x1, right.y1, right.x2, right.y2);
  }

  private Box right(VqaItem item) {
    SmartResize.Size was = item.images().get(0).size();
    SmartResize.Size is = size.apply(was);
    return Box.in(item.gold())
        .orElseThrow(() -> new IllegalStateException(item.source() + " has no box"))
        .scaled((double) is.width() / was.width(), (double) is.height() / was.height());
  }
}
