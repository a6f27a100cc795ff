package ai.medr1.grpo.config;

import ai.medr1.core.InputException;
import ai.medr1.data.Part;
import ai.medr1.data.SeededRandom;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.text.TextScore;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Evaluation while a run goes on: before its first step, every so many steps and after its last, on
 * items that are not trained on.
 *
 * @param splits where these items are, in the form of the training data; of a folder with parts,
 *     its test part
 * @param share of the training items that is held out in place of that, chosen by the seed; 0 for
 *     none
 * @param limit items at most, 0 for all
 * @param every steps between two evaluations; 0 for the first and the last alone
 * @param maxNewTokens tokens of an answer at most
 * @param batch answers that are written at once
 * @param metric by which checkpoints are compared: {@code accuracy}, or the name of a score of
 *     texts
 * @param patience evaluations in a row without a new best that end the run; 0 for any number
 */
@RecordBuilder
public record HeldOutConfig(
    Path splits,
    double share,
    int limit,
    long every,
    int maxNewTokens,
    int batch,
    String metric,
    int patience)
    implements HeldOutConfigBuilder.With {
  /** The share of right answers. */
  public static final String ACCURACY = "accuracy";

  public HeldOutConfig {
    Check.share("share", share);
    Check.notNegative("limit", limit);
    Check.notNegative("every", every);
    Check.positive("maxNewTokens", maxNewTokens);
    Check.positive("batch", batch);
    Check.notNegative("patience", patience);
    Check.that(
        share == 0 || splits.toString().isEmpty(),
        "share is %s, but splits is %s as well; leave one out".formatted(share, splits));
    Check.that(
        patience == 0 || every > 0,
        "patience is %d, but every is 0, so that there are two evaluations; set every too"
            .formatted(patience));
    List<String> known =
        Stream.concat(
                Stream.of(ACCURACY), Arrays.stream(TextScore.values()).map(TextScore::rewardName))
            .toList();
    Check.that(
        known.contains(metric),
        "metric is one of %s, found %s".formatted(String.join(", ", known), metric));
  }

  /** No evaluation while the run goes on. */
  public static HeldOutConfig defaults() {
    return new HeldOutConfig(Path.of(""), 0, 200, 0, 256, 16, ACCURACY, 0);
  }

  /** Whether there is anything to evaluate on. */
  public boolean isWanted() {
    return share > 0 || !splits.toString().isEmpty();
  }

  /**
   * Items to train on and others to evaluate on.
   *
   * @param train all that are not held out, in their order
   * @param heldOut none where no evaluation is wanted
   */
  public record Apart(List<VqaItem> train, List<VqaItem> heldOut) {}

  /**
   * Takes the items that are held out away from those to train on, or reads them.
   *
   * @throws InputException if they cannot be read
   */
  public Apart apart(List<VqaItem> items, DataConfig data, long seed) {
    if (share == 0) {
      return new Apart(items, isWanted() ? limited(read(data)) : List.of());
    }
    List<VqaItem> shuffled = new ArrayList<>(items);
    new SeededRandom(seed).split("held out").shuffle(shuffled);
    int count = (int) Math.ceil(share * items.size());
    if (count >= items.size()) {
      throw new InputException(
          "heldOut.share %s of %d items leaves none to train on; lower it"
              .formatted(share, items.size()));
    }
    Set<VqaItem> held = new HashSet<>(shuffled.subList(0, count));
    return new Apart(
        items.stream().filter(item -> !held.contains(item)).toList(),
        limited(shuffled.subList(0, count)));
  }

  private List<VqaItem> read(DataConfig data) {
    return data.withSplits(splits).withLimit(0).load(Part.TEST).items();
  }

  private List<VqaItem> limited(List<VqaItem> items) {
    return limit == 0 ? items : items.subList(0, Math.min(limit, items.size()));
  }
}
