package ai.medr1.eval.text;

import ai.medr1.data.VqaItem;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A right answer that is a text.
 *
 * @param forms in which it may be given; an answer earns what it earns with the best of them
 * @param english whether "a", "an" and "the" are articles in it
 */
public record Gold(List<String> forms, boolean english) {
  public Gold {
    forms = List.copyOf(forms);
    if (forms.isEmpty()) {
      throw new IllegalArgumentException("a right answer has at least one form");
    }
  }

  /** Of an item; {@code chest|thorax} are two forms. */
  public static Gold of(VqaItem item) {
    Gold gold = of(item.gold());
    return item.labels()
        .language()
        .map(language -> new Gold(gold.forms(), language.toLowerCase(Locale.ROOT).startsWith("en")))
        .orElse(gold);
  }

  static Gold of(String gold) {
    List<String> forms =
        Arrays.stream(gold.split("\\|")).map(String::strip).filter(f -> !f.isEmpty()).toList();
    return new Gold(forms.isEmpty() ? List.of(gold) : forms, Normal.looksEnglish(gold));
  }
}
