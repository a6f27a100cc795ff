package ai.medr1.eval;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import ai.medr1.core.InputException;
import ai.medr1.data.AnswerKind;
import ai.medr1.data.AnswerType;
import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import ai.medr1.data.VqaItem;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What an evaluation found.
 *
 * @param items at least one, in the order of the data
 * @param skipped items that could not be asked, for example because their prompt is too long
 * @param left items that were not asked yet when the evaluation was cancelled
 */
public record EvalReport(List<EvaluatedItem> items, int skipped, int left) {
  public EvalReport {
    items = List.copyOf(items);
    if (items.isEmpty()) {
      throw new InputException(
          "No item was evaluated (%d skipped): check the data's filters and limits, and the longest prompt allowed."
              .formatted(skipped));
    }
  }

  /** Of an evaluation that was not cancelled. */
  public EvalReport(List<EvaluatedItem> items, int skipped) {
    this(items, skipped, 0);
  }

  /** Whether it ended before all items were asked, so that its scores are those of some of them. */
  public boolean cancelled() {
    return left > 0;
  }

  public Score overall() {
    return score(items);
  }

  /** The score of every modality that there are items of, in the paper's order. */
  public Map<Modality, Score> byModality() {
    return by(VqaItem::modality);
  }

  /** The score of every task that there are items of, in the paper's order. */
  public Map<Task, Score> byTask() {
    return by(VqaItem::task);
  }

  /** The score of every data set that there are items of, by name. */
  public Map<String, Score> byDataset() {
    return by(VqaItem::dataset);
  }

  /** The score of the closed and of the open questions, where the data set tells them apart. */
  public Map<AnswerType, Score> byAnswerType() {
    return by(VqaItem::answerType);
  }

  /** The score of the items whose right answer is a letter, and of those whose is a text. */
  public Map<AnswerKind, Score> byAnswerKind() {
    return by(item -> Optional.of(item.answerKind()));
  }

  /** The items by what a key tells, where it tells anything, in the order of its values. */
  <K extends Comparable<K>> Map<K, List<EvaluatedItem>> grouped(
      Function<VqaItem, Optional<K>> key) {
    return items.stream()
        .filter(i -> key.apply(i.item()).isPresent())
        .collect(groupingBy(i -> key.apply(i.item()).orElseThrow(), TreeMap::new, toList()));
  }

  /** Items whose output holds no answer that could be right or wrong; they count as wrong. */
  public int unparsable() {
    return (int) items.stream().filter(i -> !i.parsable()).count();
  }

  private <K extends Comparable<K>> Map<K, Score> by(Function<VqaItem, Optional<K>> key) {
    Map<K, Score> scores = new TreeMap<>();
    grouped(key).forEach((group, some) -> scores.put(group, score(some)));
    return scores;
  }

  private static Score score(List<EvaluatedItem> some) {
    return new Score(some.size(), (int) some.stream().filter(EvaluatedItem::right).count());
  }
}
