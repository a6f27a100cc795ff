package ai.medr1.data;

import java.text.Normalizer;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the option that an answer means. */
final class Gold {
  /** {@code B}, {@code b}, {@code (B)}, {@code B.}, {@code B: Liver}. */
  private static final Pattern LETTER =
      Pattern.compile("\\(?\\s*([A-Za-z])\\s*(?:[).:、,]\\s*(.*))?", Pattern.DOTALL);

  private Gold() {}

  /**
   * The letter of the option that an answer means; the answer itself where it means none.
   *
   * @param textFirst whether the answer is an option's text rather than a letter where it could be
   *     both
   */
  static String letter(String answer, List<Choices.Option> options, boolean textFirst) {
    Optional<String> byText = byText(answer, options);
    Optional<String> byLetter = byLetter(answer, options);
    return (textFirst ? byText.or(() -> byLetter) : byLetter.or(() -> byText))
        .orElse(answer.strip());
  }

  private static Optional<String> byText(String answer, List<Choices.Option> options) {
    return options.stream()
        .filter(option -> plain(option.text()).equalsIgnoreCase(plain(answer)))
        .map(Choices.Option::letter)
        .findFirst();
  }

  /** A letter alone, or one with the text of its option. */
  private static Optional<String> byLetter(String answer, List<Choices.Option> options) {
    Matcher matcher = LETTER.matcher(plain(answer));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String letter = matcher.group(1).toUpperCase(java.util.Locale.ROOT);
    String text = matcher.group(2) == null ? "" : matcher.group(2);
    return options.stream()
        .filter(option -> option.letter().equals(letter))
        .filter(option -> text.isEmpty() || plain(option.text()).equalsIgnoreCase(text.strip()))
        .map(Choices.Option::letter)
        .findFirst();
  }

  /** Blanks made one, full-width characters made usual ones. */
  static String plain(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFKC).strip().replaceAll("\\s+", " ");
  }
}
