package ai.medr1.eval.text;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds answers that name several things of which one is right, {@code liver or spleen or kidney}:
 * scores of overlap count them as half right, and a model that is rewarded for that learns to
 * hedge.
 */
public final class Alternatives {
  private static final Pattern OR = Pattern.compile("(?iu)\\s+or\\s+|\\s*或\\s*");
  private static final List<Pattern> BETWEEN = List.of(OR, Pattern.compile("[/|\\n]"));
  private static final Pattern COMMA = Pattern.compile("[,;、，；]|\\s+(?i:and)\\s+");

  private Alternatives() {}

  /**
   * Whether an answer offers a choice: it has an "or" that no form of the right answer has, or the
   * right answer is one of its parts between "or", slashes or line ends, or of three and more
   * between commas.
   */
  public static boolean offered(Gold gold, String answer) {
    if (OR.matcher(answer).find()
        && gold.forms().stream().noneMatch(form -> OR.matcher(form).find())) {
      return true;
    }
    Set<String> right =
        gold.forms().stream().map(form -> normal(gold, form)).collect(Collectors.toSet());
    return !right.contains(normal(gold, answer))
        && (BETWEEN.stream().anyMatch(mark -> hasPart(gold, right, mark.split(answer), 2))
            || hasPart(gold, right, COMMA.split(answer), 3));
  }

  private static boolean hasPart(Gold gold, Set<String> right, String[] parts, int least) {
    if (parts.length < least) {
      return false;
    }
    for (String part : parts) {
      if (right.contains(normal(gold, part))) {
        return true;
      }
    }
    return false;
  }

  private static String normal(Gold gold, String text) {
    return String.join(" ", Normal.of(text, gold.english()).tokens());
  }
}
