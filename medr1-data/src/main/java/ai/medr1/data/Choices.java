package ai.medr1.data;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A problem taken apart: {@code Which organ? A)Liver, B)Kidney (left), C)Lung}.
 *
 * @param question what stands before the options; the whole problem where there are none
 * @param options in order, lettered from A without a gap; empty where fewer than two were found
 */
public record Choices(String question, List<Option> options) {

  /** One option: its letter and its text, without the comma that follows. */
  public record Option(String letter, String text) {}

  public Choices {
    options = List.copyOf(options);
  }

  /**
   * Finds the options. A letter that closes a parenthesis, {@code (type B)}, is part of an option's
   * text, unless more options are found by taking one after a comma for a letter of its own: some
   * texts forget to close a parenthesis. Where there are no such letters, options that are marked
   * otherwise are found, as far as that is safe.
   */
  public static Choices parse(String problem) {
    List<Integer> strict = longestChain(problem, markers(problem, false));
    List<Integer> lenient = longestChain(problem, markers(problem, true));
    List<Integer> starts = lenient.size() > strict.size() ? lenient : strict;
    return starts.size() < 2
        ? OtherMarks.parse(problem).orElse(new Choices(problem.strip(), List.of()))
        : new Choices(problem.substring(0, starts.get(0)).strip(), options(problem, starts));
  }

  /** A letter that stands where the next option would begin, but not the next letter. */
  private static final Pattern STRAY = Pattern.compile("[,;]\\s*([A-Z])\\)\\s*\\S");

  /** Whether a letter is missing between A and the last; also one that the last text swallowed. */
  static boolean hasGap(List<Option> options) {
    for (int i = 0; i < options.size(); i++) {
      if (!options.get(i).letter().equals(letter(i))) {
        return true;
      }
    }
    Matcher stray = STRAY.matcher(options.isEmpty() ? "" : options.get(options.size() - 1).text());
    return stray.find() && stray.group(1).charAt(0) > 'A' + options.size();
  }

  /** The problem in the split form. */
  public static String compose(String question, List<Option> options) {
    return options.stream()
        .map(option -> option.letter() + ")" + option.text())
        .collect(Collectors.joining(", ", question.strip() + " ", ""));
  }

  /** The letter of the option at this index. */
  public static String letter(int index) {
    return String.valueOf((char) ('A' + index));
  }

  /** Where letters with a closing parenthesis begin; by hand, as regular expressions take long. */
  private static List<Integer> markers(String problem, boolean afterComma) {
    List<Integer> found = new ArrayList<>();
    int depth = 0;
    for (int i = 0; i < problem.length(); i++) {
      char c = problem.charAt(i);
      if (c == '(') {
        depth++;
      } else if (c == ')') {
        boolean marker = i > 0 && isLone(problem, i - 1);
        if (marker && (depth == 0 || (afterComma && followsComma(problem, i - 1)))) {
          found.add(i - 1);
        } else {
          depth = Math.max(0, depth - 1);
        }
      }
    }
    return found;
  }

  /** Whether there is a capital letter that is no part of a word. */
  private static boolean isLone(String text, int index) {
    char c = text.charAt(index);
    return c >= 'A'
        && c <= 'Z'
        && (index == 0 || !Character.isLetterOrDigit(text.charAt(index - 1)));
  }

  private static boolean followsComma(String text, int index) {
    String before = text.substring(0, index).stripTrailing();
    return before.endsWith(",") || before.endsWith(";");
  }

  /** The longest run A, B, C, … among the markers; of equally long ones the last. */
  private static List<Integer> longestChain(String problem, List<Integer> markers) {
    List<Integer> best = List.of();
    for (int i = 0; i < markers.size(); i++) {
      List<Integer> chain = chain(problem, markers.subList(i, markers.size()));
      best = chain.size() >= best.size() ? chain : best;
    }
    return best;
  }

  private static List<Integer> chain(String problem, List<Integer> markers) {
    List<Integer> chain = new ArrayList<>();
    for (int marker : markers) {
      if (problem.charAt(marker) == 'A' + chain.size()) {
        chain.add(marker);
      }
    }
    return chain;
  }

  private static List<Option> options(String problem, List<Integer> starts) {
    List<Option> options = new ArrayList<>();
    for (int i = 0; i < starts.size(); i++) {
      int end = i + 1 < starts.size() ? starts.get(i + 1) : problem.length();
      String text = problem.substring(starts.get(i) + 2, end).strip();
      boolean last = i + 1 == starts.size();
      options.add(new Option(letter(i), last ? text : withoutSeparator(text)));
    }
    return options;
  }

  private static String withoutSeparator(String text) {
    boolean separated = text.endsWith(",") || text.endsWith(";");
    return separated ? text.substring(0, text.length() - 1).strip() : text;
  }
}
