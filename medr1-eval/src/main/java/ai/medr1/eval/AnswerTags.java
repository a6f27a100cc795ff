package ai.medr1.eval;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code <answer>…</answer>} and {@code <think>…</think>} out of completions, by the rules of
 * Med-R1's rewards and evaluation scripts.
 *
 * <p>Those rules are Python regular expressions, and white space, words and lines are Python's:
 * white space takes in U+001C to U+001F, U+0085, U+00A0 and U+3000; words take in all letters,
 * numbers and the underscore; only {@code \n} ends a line.
 *
 * <p>Every method takes time linear in the text and constant stack: untrained models fill their
 * whole length with repeated tags.
 */
public final class AnswerTags {
  private static final String THINK = "<think>";
  private static final String OPEN = "<answer>";
  private static final String CLOSE = "</answer>";
  private static final String THOUGHT = "</think>";

  /** What Python's {@code \s} and {@code strip()} take for white space, as a character class. */
  private static final String SPACE =
      "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";

  // Possessive quantifiers do not change what these match, since what follows can't be part of the
  // repeated class, and they never go back.
  private static final String WORDS = "[\\p{L}\\p{N}_]++";
  private static final Pattern ONE_WORD = Pattern.compile(WORDS);
  private static final Pattern TAGGED_WORD =
      Pattern.compile(OPEN + SPACE + "*+(" + WORDS + ")" + SPACE + "*+" + CLOSE);
  private static final Pattern THINK_TO_ANSWER = Pattern.compile("</think>" + SPACE + "*+" + OPEN);
  private static final Pattern ANSWER_TO_THINK = Pattern.compile(CLOSE + SPACE + "*+" + THINK);
  private static final Pattern LEADING_SPACE = Pattern.compile("^" + SPACE + "++");
  private static final Pattern TRAILING_SPACE =
      Pattern.compile("(?<!" + SPACE + ")" + SPACE + "++$");

  private AnswerTags() {}

  /** The single word in the first answer tag that holds nothing but one word and white space. */
  public static Optional<String> word(String text) {
    Matcher match = TAGGED_WORD.matcher(text);
    return match.find() ? Optional.of(match.group(1)) : Optional.empty();
  }

  /** The content of the first answer tag that holds any, whatever it is, stripped. */
  public static Optional<String> text(String output) {
    int open = output.indexOf(OPEN);
    while (open >= 0) {
      int close = output.indexOf(CLOSE, open + OPEN.length());
      if (close < 0) {
        return Optional.empty();
      }
      String content = strip(output.substring(open + OPEN.length(), close));
      if (!content.isEmpty()) {
        return Optional.of(content);
      }
      open = output.indexOf(OPEN, close);
    }
    return Optional.empty();
  }

  /** Where the word of {@link #word} begins. */
  static OptionalInt wordStart(String text) {
    Matcher match = TAGGED_WORD.matcher(text);
    return match.find() ? OptionalInt.of(match.start(1)) : OptionalInt.empty();
  }

  /** Whether the text is one word and nothing else. */
  static boolean isWord(String text) {
    return ONE_WORD.matcher(text).matches();
  }

  /** The content of the first answer tag that opens and closes on one line, not stripped. */
  public static Optional<String> line(String text) {
    int from = 0;
    while (true) {
      int open = text.indexOf(OPEN, from);
      int close = open < 0 ? -1 : text.indexOf(CLOSE, open + OPEN.length());
      if (close < 0) {
        return Optional.empty();
      }
      int newline = text.lastIndexOf('\n', close);
      if (newline < open) {
        return Optional.of(text.substring(open + OPEN.length(), close));
      }
      from = newline; // no tag that opens before this line's end can close on its own line
    }
  }

  /**
   * Whether the whole text is {@code <think>…</think>}, white space, {@code <answer>…</answer>}.
   */
  public static boolean isThinkThenAnswer(String text) {
    int end = text.length() - CLOSE.length();
    return text.startsWith(THINK)
        && text.endsWith(CLOSE)
        && end >= THINK.length()
        && THINK_TO_ANSWER.matcher(text).region(THINK.length(), end).find();
  }

  /**
   * Whether the whole text is {@code <answer>…</answer>}, white space, {@code <think>…</think>}.
   */
  public static boolean isAnswerThenThink(String text) {
    int end = text.length() - THOUGHT.length();
    return text.startsWith(OPEN)
        && text.endsWith(THOUGHT)
        && end >= OPEN.length()
        && ANSWER_TO_THINK.matcher(text).region(OPEN.length(), end).find();
  }

  /** Whether the whole text is white space and {@code <answer>…</answer>}. */
  public static boolean isAnswer(String text) {
    String body = LEADING_SPACE.matcher(text).replaceFirst("");
    return body.length() >= OPEN.length() + CLOSE.length()
        && body.startsWith(OPEN)
        && body.endsWith(CLOSE);
  }

  /** The text without Python's white space at its ends. */
  public static String strip(String text) {
    return TRAILING_SPACE.matcher(LEADING_SPACE.matcher(text).replaceFirst("")).replaceFirst("");
  }
}
