package ai.medr1.examples.quickstart;

import ai.medr1.core.model.RandomStreams;
import ai.medr1.data.Choices;
import ai.medr1.data.Part;
import ai.medr1.data.Splits;
import ai.medr1.data.VqaItem;
import java.nio.file.Path;
import java.util.List;

/** The phantoms as questions, and the answers that the warm-up teaches. */
final class QuickstartData {
  private QuickstartData() {}

  /** All items of a part with their modality and task. */
  static List<VqaItem> items(Path phantoms, Part part) {
    return Splits.load(phantoms).joined(part).items();
  }

  /** The right option as the reasoning, its letter as the answer. */
  static String answer(VqaItem item) {
    return "<think> " + seen(item) + " </think> <answer> " + item.gold() + " </answer>";
  }

  /**
   * What a careless annotator says: the right description, but in a share of the items, fixed by
   * their ids, the first letter whatever the picture shows.
   */
  static String carelessAnswer(VqaItem item, double share) {
    boolean careless = RandomStreams.uniform(item.id().hashCode(), 0, 0) < share;
    String letter = careless ? item.options().get(0).letter() : item.gold();
    return "<think> " + seen(item) + " </think> <answer> " + letter + " </answer>";
  }

  private static String seen(VqaItem item) {
    return item.goldOption()
        .map(Choices.Option::text)
        .orElseThrow(() -> new IllegalStateException("a phantom has its answer"));
  }
}
