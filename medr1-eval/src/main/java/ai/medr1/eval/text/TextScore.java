package ai.medr1.eval.text;

import java.util.List;
import java.util.OptionalDouble;

/** Ways to compare a text with the right answer. Every score is in [0, 1]; 1 is the best. */
public enum TextScore {
  /** Whether both are equal after normalisation. */
  EXACT_MATCH("exactMatch", "exact-match", "Exact match") {
    @Override
    OptionalDouble of(Gold gold, String form, String answer, double tolerance) {
      return binary(normal(gold, answer).equals(normal(gold, form)));
    }
  },
  /** The F1 score of the tokens. */
  TOKEN_F1("tokenF1", "token-f1", "Token F1") {
    @Override
    OptionalDouble of(Gold gold, String form, String answer, double tolerance) {
      return OptionalDouble.of(Overlap.tokenF1(normal(gold, answer), normal(gold, form)));
    }
  },
  BLEU_1("bleu1", "bleu-1", "BLEU-1") {
    @Override
    OptionalDouble of(Gold gold, String form, String answer, double tolerance) {
      return bleu(1, gold, form, answer);
    }
  },
  BLEU_2("bleu2", "bleu-2", "BLEU-2") {
    @Override
    OptionalDouble of(Gold gold, String form, String answer, double tolerance) {
      return bleu(2, gold, form, answer);
    }
  },
  BLEU_3("bleu3", "bleu-3", "BLEU-3") {
    @Override
    OptionalDouble of(Gold gold, String form, String answer, double tolerance) {
      return bleu(3, gold, form, answer);
    }
  },
  BLEU_4("bleu4", "bleu", "BLEU-4") {
    @Override
    OptionalDouble of(Gold gold, String form, String answer, double tolerance) {
      return bleu(4, gold, form, answer);
    }
  },
  /** The F1 score of the longest common subsequence of tokens. */
  ROUGE_L("rougeL", "rouge-l", "ROUGE-L") {
    @Override
    OptionalDouble of(Gold gold, String form, String answer, double tolerance) {
      return OptionalDouble.of(Overlap.rougeL(normal(gold, answer), normal(gold, form)));
    }
  },
  /** Whether the answer has the right number; of right answers that are a number with its unit. */
  NUMERIC("numeric", "numeric", "Number") {
    @Override
    OptionalDouble of(Gold gold, String form, String answer, double tolerance) {
      return Quantity.exact(form)
          .map(
              right ->
                  binary(
                      Quantity.read(answer)
                          .filter(found -> right.admits(found, tolerance))
                          .isPresent()))
          .orElse(OptionalDouble.empty());
    }
  },
  /** Whether the answer is the right one of yes and no; of right answers that are one of them. */
  YES_NO("yesNo", "yes-no", "Yes or no") {
    @Override
    OptionalDouble of(Gold gold, String form, String answer, double tolerance) {
      return YesNo.exact(Normal.of(form, gold.english()))
          .map(
              right ->
                  binary(
                      YesNo.read(Normal.of(answer, gold.english()))
                          .filter(right::equals)
                          .isPresent()))
          .orElse(OptionalDouble.empty());
    }
  },
  /** The F1 score of the members, in any order; of right answers that are a list. */
  LIST_F1("listF1", "list-f1", "List F1") {
    @Override
    OptionalDouble of(Gold gold, String form, String answer, double tolerance) {
      return ListOf.exact(form, gold.english())
          .map(
              right -> OptionalDouble.of(Overlap.setF1(ListOf.read(answer, gold.english()), right)))
          .orElse(OptionalDouble.empty());
    }
  };

  private final String key;
  private final String rewardName;
  private final String title;

  TextScore(String key, String rewardName, String title) {
    this.key = key;
    this.rewardName = rewardName;
    this.title = title;
  }

  /** A text as exact match compares it. */
  public static String normalized(String text) {
    return Normal.of(text, Normal.looksEnglish(text)).text();
  }

  /** Its name in files. */
  public String key() {
    return key;
  }

  /** Its name in tables. */
  public String title() {
    return title;
  }

  /** Its name among rewards: {@code exact-match}. */
  public String rewardName() {
    return rewardName;
  }

  /** Whether it says anything about answers to a question with this right answer. */
  public boolean appliesTo(Gold gold) {
    return of(gold, "", 0).isPresent();
  }

  /**
   * The score of an answer: the best over the forms of the right one. An answer without any token
   * is equal to none but an empty right one.
   *
   * @param tolerance share of a right number that an answer may be off
   * @return empty where the score does not apply to the right answer
   */
  public OptionalDouble of(Gold gold, String answer, double tolerance) {
    return gold.forms().stream()
        .map(form -> of(gold, form, answer, tolerance))
        .filter(OptionalDouble::isPresent)
        .mapToDouble(OptionalDouble::getAsDouble)
        .max();
  }

  abstract OptionalDouble of(Gold gold, String form, String answer, double tolerance);

  private static OptionalDouble binary(boolean right) {
    return OptionalDouble.of(right ? 1 : 0);
  }

  private static OptionalDouble bleu(int order, Gold gold, String form, String answer) {
    return OptionalDouble.of(Overlap.bleu(normal(gold, answer), normal(gold, form), order));
  }

  private static List<String> normal(Gold gold, String text) {
    return Normal.of(text, gold.english()).tokens();
  }
}
