package ai.medr1.eval.text;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads a yes or no. */
final class YesNo {
  private static final Set<String> YES =
      Set.of(
          "yes", "yeah", "yep", "true", "correct", "oui", "ja", "sí", "si", "sì", "sim", "да",
          "نعم", "हाँ", "네", "예");
  private static final Set<String> NO =
      Set.of(
          "no",
          "nope",
          "false",
          "incorrect",
          "non",
          "nein",
          "não",
          "nao",
          "нет",
          "لا",
          "नहीं",
          "아니요",
          "아니오");

  /** Beginnings of answers in scripts without blanks; a denial may begin with a consent's word. */
  private static final List<String> DENIALS =
      List.of("不", "没", "沒", "否", "无", "無", "非", "いいえ", "ない", "ไม่");

  private static final List<String> CONSENTS = List.of("是", "有", "对", "對", "正确", "正確", "はい", "ใช่");

  private YesNo() {}

  /** The yes or no that a right answer is, and nothing else; empty where it is another text. */
  static Optional<Boolean> exact(Normal text) {
    if (text.tokens().size() == 1 && (isYes(text, 0) || isNo(text, 0))) {
      return Optional.of(isYes(text, 0));
    }
    return switch (String.join("", text.tokens())) {
      case "是", "是的", "有", "对", "對", "对的", "正确", "正確", "はい", "ใช่" -> Optional.of(true);
      case "否", "不", "不是", "不是的", "没有", "沒有", "无", "無", "不对", "不對", "不正确", "いいえ", "ไม่", "ไม่ใช่" ->
          Optional.of(false);
      default -> Optional.empty();
    };
  }

  /**
   * The yes or no that an answer gives: its first word, or the only one of both that is among its
   * words. Empty where it gives none or both.
   */
  static Optional<Boolean> read(Normal text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (isYes(text, 0) || isNo(text, 0)) {
      return Optional.of(isYes(text, 0));
    }
    String joined = String.join("", text.tokens());
    if (DENIALS.stream().anyMatch(joined::startsWith)) {
      return Optional.of(false);
    }
    if (CONSENTS.stream().anyMatch(joined::startsWith)) {
      return joined.startsWith("是否") || joined.startsWith("有没有")
          ? Optional.empty()
          : Optional.of(true);
    }
    boolean yes = text.tokens().stream().anyMatch(YES::contains);
    boolean no = text.tokens().stream().anyMatch(NO::contains);
    return yes == no ? Optional.empty() : Optional.of(yes);
  }

  private static boolean isYes(Normal text, int index) {
    return YES.contains(text.tokens().get(index));
  }

  private static boolean isNo(Normal text, int index) {
    return NO.contains(text.tokens().get(index));
  }
}
