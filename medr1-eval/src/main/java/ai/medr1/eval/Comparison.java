package ai.medr1.eval;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import ai.medr1.core.InputException;
import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.stats.Holm;
import ai.medr1.eval.stats.Paired;
import ai.medr1.eval.stats.PairedMeans;
import ai.medr1.eval.text.TextScore;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Two evaluations of the same items, matched by id: which of them is right more often, and whether
 * that could be chance.
 *
 * @param pairs items that both have, in the order of the first; at least one
 * @param onlyFirst ids that the first alone has
 * @param onlySecond ids that the second alone has
 */
public record Comparison(List<Pair> pairs, List<String> onlyFirst, List<String> onlySecond) {

  /** An item as both answered it. */
  public record Pair(EvaluatedItem first, EvaluatedItem second) {}

  /**
   * The comparison of a group.
   *
   * @param holm the p-value, corrected for the number of groups of its kind
   */
  public record Group(Paired paired, double holm) {}

  public Comparison {
    pairs = List.copyOf(pairs);
    onlyFirst = List.copyOf(onlyFirst);
    onlySecond = List.copyOf(onlySecond);
    if (pairs.isEmpty()) {
      throw new InputException(
          "the two evaluations have no item in common; compare evaluations of the same data");
    }
  }

  /**
   * Matches items; those that one alone has are left out.
   *
   * @throws InputException naming the id if items with the same one are not the same question, or
   *     an evaluation has it twice; or if nothing matches
   */
  public static Comparison ofCommon(List<EvaluatedItem> first, List<EvaluatedItem> second) {
    Map<String, EvaluatedItem> one = byId(first);
    Map<String, EvaluatedItem> rest = byId(second);
    List<Pair> pairs = new ArrayList<>();
    List<String> onlyFirst = new ArrayList<>();
    one.forEach(
        (id, item) ->
            Optional.ofNullable(rest.remove(id))
                .ifPresentOrElse(other -> pairs.add(pair(item, other)), () -> onlyFirst.add(id)));
    return new Comparison(pairs, onlyFirst, List.copyOf(rest.keySet()));
  }

  /**
   * Matches items.
   *
   * @throws InputException as {@link #ofCommon}, and if the one evaluation has an item that the
   *     other one lacks
   */
  public static Comparison of(List<EvaluatedItem> first, List<EvaluatedItem> second) {
    Comparison comparison = ofCommon(first, second);
    int missing = comparison.onlyFirst().size() + comparison.onlySecond().size();
    if (missing > 0) {
      throw new InputException(
          "the evaluations are not of the same items: %d are in both, %s, %s; finish both on the same data, or compare what they have in common with --common"
              .formatted(
                  comparison.pairs().size(),
                  counted(comparison.onlyFirst(), "first"),
                  counted(comparison.onlySecond(), "second")));
    }
    return comparison;
  }

  private static String counted(List<String> ids, String where) {
    String example = ids.isEmpty() ? "" : " (such as '" + ids.get(0) + "')";
    return "%d in the %s alone%s".formatted(ids.size(), where, example);
  }

  private static Map<String, EvaluatedItem> byId(List<EvaluatedItem> items) {
    Map<String, EvaluatedItem> byId = new LinkedHashMap<>();
    for (EvaluatedItem item : items) {
      if (byId.put(item.item().id(), item) != null) {
        throw new InputException(
            "%s: the id '%s' is there twice; evaluate again"
                .formatted(item.item().source().file(), item.item().id()));
      }
    }
    return byId;
  }

  private static Pair pair(EvaluatedItem first, EvaluatedItem second) {
    requireEqual("problem", VqaItem::problem, first, second);
    requireEqual("gold", VqaItem::gold, first, second);
    requireEqual("image", VqaItem::imageName, first, second);
    requireEqual("answerKind", item -> item.answerKind().name(), first, second);
    return new Pair(first, second);
  }

  private static void requireEqual(
      String key, Function<VqaItem, String> part, EvaluatedItem first, EvaluatedItem second) {
    String one = part.apply(first.item());
    String other = part.apply(second.item());
    if (!one.equals(other)) {
      throw new InputException(
          "'%s' is not the same item in both: its %s is '%s' in %s, but '%s' in %s; compare evaluations of the same data"
              .formatted(
                  first.item().id(),
                  key,
                  one,
                  first.item().source().file(),
                  other,
                  second.item().source().file()));
    }
  }

  /** All items. */
  public Paired overall() {
    return paired(pairs);
  }

  /** The letters in their second reading; empty where one of both has none. */
  public Optional<Paired> lenient() {
    List<Pair> both =
        pairs.stream()
            .filter(pair -> pair.first().lenient().isPresent())
            .filter(pair -> pair.second().lenient().isPresent())
            .toList();
    return both.isEmpty()
        ? Optional.empty()
        : Optional.of(paired(both, item -> item.rightLeniently().orElse(false)));
  }

  /** The scores of the answers that are texts, of all that both have. */
  public Map<TextScore, PairedMeans> texts() {
    Map<TextScore, PairedMeans> means = new EnumMap<>(TextScore.class);
    for (TextScore score : TextScore.values()) {
      List<Pair> both =
          pairs.stream()
              .filter(pair -> pair.first().scores().containsKey(score))
              .filter(pair -> pair.second().scores().containsKey(score))
              .toList();
      if (!both.isEmpty()) {
        means.put(
            score,
            PairedMeans.of(values(both, score, Pair::first), values(both, score, Pair::second)));
      }
    }
    return means;
  }

  private static double[] values(
      List<Pair> pairs, TextScore score, Function<Pair, EvaluatedItem> which) {
    return pairs.stream()
        .mapToDouble(pair -> which.apply(pair).scores().getOrDefault(score, 0.0))
        .toArray();
  }

  /** By modality, in the paper's order, corrected for the number of modalities. */
  public Map<Modality, Group> byModality() {
    return by(VqaItem::modality);
  }

  /** By task, in the paper's order, corrected for the number of tasks. */
  public Map<Task, Group> byTask() {
    return by(VqaItem::task);
  }

  private <K extends Enum<K>> Map<K, Group> by(Function<VqaItem, Optional<K>> key) {
    Map<K, List<Pair>> members =
        pairs.stream()
            .filter(pair -> key.apply(pair.first().item()).isPresent())
            .collect(
                groupingBy(
                    pair -> key.apply(pair.first().item()).orElseThrow(), TreeMap::new, toList()));
    List<Paired> tests = members.values().stream().map(Comparison::paired).toList();
    double[] holm = Holm.adjust(tests.stream().mapToDouble(Paired::pValue).toArray());
    Map<K, Group> groups = new LinkedHashMap<>();
    for (K name : members.keySet()) {
      int i = groups.size();
      groups.put(name, new Group(tests.get(i), holm[i]));
    }
    return groups;
  }

  private static Paired paired(List<Pair> some) {
    return paired(some, EvaluatedItem::right);
  }

  private static Paired paired(List<Pair> some, Predicate<EvaluatedItem> right) {
    Map<List<Boolean>, Integer> counts = new HashMap<>();
    some.forEach(
        pair ->
            counts.merge(
                List.of(right.test(pair.first()), right.test(pair.second())), 1, Integer::sum));
    return new Paired(
        counts.getOrDefault(List.of(true, true), 0),
        counts.getOrDefault(List.of(true, false), 0),
        counts.getOrDefault(List.of(false, true), 0),
        counts.getOrDefault(List.of(false, false), 0));
  }
}
