package ai.medr1.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Options that are marked otherwise than {@code A)}: {@code (A) Liver (B) Kidney}, {@code A.
 * Liver}, {@code A: Liver}, or with the full-width characters of Chinese and Japanese texts.
 *
 * <p>Letters must run from A without a gap, all marked in one way, with a text behind each. Dots
 * and colons are in running text as well, so such a letter begins a line, or the first follows the
 * end of a sentence.
 */
final class OtherMarks {
  private static final List<Pattern> IN_PARENTHESES =
      List.of(Pattern.compile("(?<![\\p{L}\\p{N}])[(（]\\s*([A-ZＡ-Ｚ])\\s*[)）]"));

  /** Marks that stand in a line of their own or behind blanks. */
  private static final List<Pattern> BARE =
      List.of(
          Pattern.compile("(?<=^|\\s|[,;，；。？?])([A-ZＡ-Ｚ])[.．](?=\\s*\\S)", Pattern.MULTILINE),
          Pattern.compile("(?<=^|\\s|[,;，；。？?])([A-ZＡ-Ｚ])[:：](?=\\s*\\S)", Pattern.MULTILINE),
          Pattern.compile("(?<=^|\\s|[,;，；。？?])([A-ZＡ-Ｚ])、(?=\\s*\\S)", Pattern.MULTILINE),
          Pattern.compile("(?<=^|\\s|[,;，；。？?])([A-ZＡ-Ｚ])[)）](?=\\s*\\S)", Pattern.MULTILINE));

  private static final String MARKS = ")）.．:：、";

  private record Mark(int start, int end) {}

  private OtherMarks() {}

  static Optional<Choices> parse(String problem) {
    if (!mayMark(problem, 'A', 'Ａ') || !mayMark(problem, 'B', 'Ｂ')) {
      return Optional.empty();
    }
    for (Pattern pattern : IN_PARENTHESES) {
      List<Mark> chain = chain(problem, pattern);
      if (chain.size() > 1) {
        return Optional.of(choices(problem, chain)).filter(OtherMarks::isWhole);
      }
    }
    for (Pattern pattern : BARE) {
      List<Mark> chain = chain(problem, pattern);
      if (chain.size() > 1 && (beginLines(problem, chain) || followsSentence(problem, chain))) {
        return Optional.of(choices(problem, chain)).filter(OtherMarks::isWhole);
      }
    }
    return Optional.empty();
  }

  /** Whether a letter stands before a mark. Most questions have none, and patterns are slow. */
  private static boolean mayMark(String problem, char ascii, char wide) {
    for (int i = 0; i < problem.length(); i++) {
      if (problem.charAt(i) == ascii || problem.charAt(i) == wide) {
        int next = i + 1;
        while (next < problem.length() && Character.isWhitespace(problem.charAt(next))) {
          next++;
        }
        if (next < problem.length() && MARKS.indexOf(problem.charAt(next)) >= 0) {
          return true;
        }
      }
    }
    return false;
  }

  /** Marks A, B, C, …, from the last A that begins the longest of such runs. */
  private static List<Mark> chain(String problem, Pattern pattern) {
    List<Mark> best = List.of();
    List<Mark> current = new ArrayList<>();
    Matcher matcher = pattern.matcher(problem);
    while (matcher.find()) {
      char letter = ascii(matcher.group(1).charAt(0));
      if (letter == 'A') {
        current = new ArrayList<>();
      }
      if (letter == 'A' + current.size()) {
        current.add(new Mark(matcher.start(), matcher.end()));
        best = current.size() >= best.size() ? current : best;
      }
    }
    return best;
  }

  private static char ascii(char letter) {
    return letter >= 'Ａ' ? (char) (letter - 'Ａ' + 'A') : letter;
  }

  private static boolean beginLines(String problem, List<Mark> chain) {
    return chain.stream()
        .allMatch(
            mark -> {
              String before = problem.substring(0, mark.start());
              String line = before.substring(before.lastIndexOf('\n') + 1);
              return line.isBlank();
            });
  }

  private static boolean followsSentence(String problem, List<Mark> chain) {
    String before = problem.substring(0, chain.get(0).start()).stripTrailing();
    return before.isEmpty() || "?.:!？。：！".indexOf(before.charAt(before.length() - 1)) >= 0;
  }

  private static Choices choices(String problem, List<Mark> chain) {
    List<Choices.Option> options = new ArrayList<>();
    for (int i = 0; i < chain.size(); i++) {
      int end = i + 1 < chain.size() ? chain.get(i + 1).start() : problem.length();
      String text = problem.substring(chain.get(i).end(), end).strip();
      boolean last = i + 1 == chain.size();
      options.add(
          new Choices.Option(Choices.letter(i), last ? text : text.replaceAll("[,;，；]$", "")));
    }
    return new Choices(problem.substring(0, chain.get(0).start()).strip(), options);
  }

  private static boolean isWhole(Choices choices) {
    return choices.options().stream().noneMatch(option -> option.text().isBlank());
  }
}
