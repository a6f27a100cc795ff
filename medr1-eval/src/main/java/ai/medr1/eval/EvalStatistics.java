package ai.medr1.eval;

import ai.medr1.data.Choices;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.stats.Calibration;
import ai.medr1.eval.stats.Guessing;
import ai.medr1.eval.stats.Interval;
import ai.medr1.eval.stats.Mean;
import ai.medr1.eval.stats.PassAtK;
import ai.medr1.eval.stats.Wilson;
import ai.medr1.eval.text.TextScore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What the items of a report tell beyond the scores of its groups. None of it depends on their
 * order.
 *
 * @param items at least one
 */
public record EvalStatistics(List<EvaluatedItem> items) {

  /**
   * How the answers are; every item is counted in one of these.
   *
   * @param right the right answer
   * @param wrong another of the item's options, or any wrong word where it has none
   * @param noOption a word that is none of the item's options
   * @param formatFailures no single word, so that nothing could be compared
   */
  public record Outcomes(int right, int wrong, int noOption, int formatFailures) {
    /** The score of the answers that could be compared; empty where there are none. */
    public Optional<Score> parsable() {
      int n = right + wrong + noOption;
      return n == 0 ? Optional.empty() : Optional.of(new Score(n, right));
    }
  }

  /** Who always gives the answer that is right most often among these items. */
  public record MajorityLetter(String letter, Score score) {}

  /**
   * A place among the options.
   *
   * @param score of the items whose right answer stands there; empty where there are none
   * @param chosen items that were answered with this letter
   */
  public record Position(String letter, Optional<Score> score, int chosen) {}

  /**
   * Calibration of the answers that are a letter with a known probability.
   *
   * @param fromLetterProbs answers whose probability is that among the options; of the others it is
   *     that of the token
   */
  public record LetterCalibration(Calibration calibration, int fromLetterProbs) {}

  /**
   * Several answers to every item.
   *
   * @param passAtK the probability that one of 1, 2, …, k answers is right
   * @param majority the score of the most frequent answers
   */
  public record Samples(List<Double> passAtK, Score majority) {
    /** Answers per item. */
    public int k() {
      return passAtK.size();
    }
  }

  public EvalStatistics {
    items = List.copyOf(items);
  }

  /** The mean accuracy of groups, each with the same weight; empty without groups. */
  public static OptionalDouble macro(Collection<Score> groups) {
    return groups.stream().mapToDouble(Score::accuracy).average();
  }

  // ---- answers

  public Outcomes outcomes() {
    int right = count(EvaluatedItem::right);
    int formatFailures = count(item -> !item.right() && !item.parsable());
    int noOption = count(EvalStatistics::missesOptions);
    return new Outcomes(
        right, items.size() - right - noOption - formatFailures, noOption, formatFailures);
  }

  private static boolean missesOptions(EvaluatedItem item) {
    return item.parsable()
        && !item.right()
        && !item.item().options().isEmpty()
        && item.item().options().stream().noneMatch(option -> chose(item, option.letter()));
  }

  private static boolean chose(EvaluatedItem item, String letter) {
    return item.extracted().filter(letter::equals).isPresent();
  }

  // ---- baselines

  /**
   * Of answers that are right equally often the first of the alphabet; empty where no right answer
   * is a letter.
   */
  public Optional<MajorityLetter> majorityLetter() {
    return majority(items.stream().filter(item -> !item.isText()).toList(), VqaItem::gold);
  }

  /** The same of items whose right answer is a text; normalised. */
  public Optional<MajorityLetter> majorityText() {
    return majority(
        items.stream().filter(EvaluatedItem::isText).toList(),
        item -> TextScore.normalized(item.gold()));
  }

  private static Optional<MajorityLetter> majority(
      List<EvaluatedItem> some, Function<VqaItem, String> answer) {
    if (some.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Long> letters =
        some.stream()
            .collect(
                Collectors.groupingBy(
                    i -> answer.apply(i.item()), TreeMap::new, Collectors.counting()));
    String most =
        letters.keySet().stream()
            .max(
                Comparator.<String>comparingLong(letter -> letters.getOrDefault(letter, 0L))
                    .thenComparing(Comparator.reverseOrder()))
            .orElseThrow();
    int right = Math.toIntExact(letters.getOrDefault(most, 0L));
    return Optional.of(new MajorityLetter(most, new Score(some.size(), right)));
  }

  private static boolean isGold(EvaluatedItem item, String letter) {
    return item.item().gold().equals(letter);
  }

  /** Who chooses at random among the options; empty where no item has options. */
  public Optional<Guessing> guessing() {
    List<Double> chances =
        items.stream()
            .filter(item -> !item.isText())
            .map(EvaluatedItem::item)
            .filter(item -> !item.options().isEmpty())
            .map(EvalStatistics::chance)
            .sorted()
            .toList();
    return chances.isEmpty() ? Optional.empty() : Optional.of(new Guessing(chances));
  }

  private static double chance(VqaItem item) {
    return item.goldOption().isPresent() ? 1.0 / item.options().size() : 0;
  }

  // ---- groups

  /** The places that any item has an option at, in their order. */
  public List<Position> positions() {
    int most = items.stream().mapToInt(i -> i.item().options().size()).max().orElse(0);
    return IntStream.range(0, most).mapToObj(Choices::letter).map(this::position).toList();
  }

  private Position position(String letter) {
    return new Position(
        letter,
        score(item -> hasOption(item, letter) && isGold(item, letter)),
        count(item -> hasOption(item, letter) && chose(item, letter)));
  }

  private static boolean hasOption(EvaluatedItem item, String letter) {
    return item.item().options().stream().anyMatch(option -> option.letter().equals(letter));
  }

  /**
   * The score of the items whose image is a training image (true) or is none (false); empty where
   * there are none. Items of which it is unknown are in neither.
   */
  public Optional<Score> leaked(boolean leaked) {
    return score(item -> item.leaked().filter(known -> known == leaked).isPresent());
  }

  /** Items of which it is unknown whether their image is a training image. */
  public int leakUnknown() {
    return count(item -> item.leaked().isEmpty());
  }

  // ---- probabilities

  /** Empty where no answer is a letter with a known probability. */
  public Optional<LetterCalibration> calibration() {
    List<Calibration.Answered> answers = new ArrayList<>();
    int fromLetterProbs = 0;
    for (EvaluatedItem item : items) {
      Optional<Double> amongOptions = item.extracted().map(item.letterProbs()::get);
      fromLetterProbs += amongOptions.isPresent() ? 1 : 0;
      amongOptions
          .or(() -> item.answerLogprob().map(Math::exp))
          .map(p -> new Calibration.Answered(Math.min(1, p), item.right()))
          .ifPresent(answers::add);
    }
    answers.sort(Comparator.comparingDouble(Calibration.Answered::probability));
    return answers.isEmpty()
        ? Optional.empty()
        : Optional.of(new LetterCalibration(new Calibration(answers), fromLetterProbs));
  }

  /** Empty where one answer was drawn for each item. */
  public Optional<Samples> samples() {
    int k = items.stream().mapToInt(i -> i.samples().size()).min().orElse(0);
    return k == 0
        ? Optional.empty()
        : Optional.of(
            new Samples(
                IntStream.rangeClosed(1, k).mapToObj(this::passAt).toList(),
                new Score(items.size(), count(EvalStatistics::majorityIsRight))));
  }

  private double passAt(int k) {
    return mean(item -> PassAtK.of(item.samples().size(), rightSamples(item), k));
  }

  private static int rightSamples(EvaluatedItem item) {
    return (int) item.samples().stream().filter(item::right).count();
  }

  private static boolean majorityIsRight(EvaluatedItem item) {
    List<EvaluatedItem.Sample> samples = item.samples();
    List<Optional<String>> answers = samples.stream().map(EvaluatedItem.Sample::extracted).toList();
    int winner =
        item.isText()
            ? Vote.winner(
                answers.stream().map(a -> a.map(TextScore::normalized)).toList(), a -> true)
            : Vote.winner(answers);
    return item.right(samples.get(winner));
  }

  // ---- texts, and letters read a second time

  /** The score of the letters, as Med-R1 reads them; empty where all right answers are texts. */
  public Optional<Score> letters() {
    return score(item -> !item.isText());
  }

  /** The scores of the answers that are texts, of all that apply to any. */
  public Map<TextScore, Mean> texts() {
    Map<TextScore, Mean> means = new EnumMap<>(TextScore.class);
    for (TextScore score : TextScore.values()) {
      double[] values =
          items.stream()
              .flatMap(item -> Optional.ofNullable(item.scores().get(score)).stream())
              .mapToDouble(value -> value)
              .toArray();
      if (values.length > 0) {
        means.put(score, mean(values));
      }
    }
    return means;
  }

  /** Of shares, Wilson's interval: that of the bootstrap vanishes where all values are equal. */
  private static Mean mean(double[] values) {
    if (Arrays.stream(values).anyMatch(value -> value != 0 && value != 1)) {
      return Mean.of(values);
    }
    int right = (int) Arrays.stream(values).filter(value -> value == 1).count();
    Interval interval = Wilson.of(values.length, right);
    return new Mean(values.length, (double) right / values.length, interval);
  }

  /**
   * Letters in their second reading.
   *
   * @param unread items of which it reads no letter
   * @param gained right answers that Med-R1's reading does not find
   * @param lost right answers that it finds alone
   */
  public record LenientLetters(Score score, int unread, int gained, int lost) {}

  /** Empty where no letter was read a second time. */
  public Optional<LenientLetters> lenient() {
    int n = count(item -> item.lenient().isPresent());
    return n == 0
        ? Optional.empty()
        : Optional.of(
            new LenientLetters(
                new Score(n, count(EvalStatistics::rightLeniently)),
                count(item -> item.lenient().filter(l -> l.letter().isEmpty()).isPresent()),
                count(item -> rightLeniently(item) && !item.right()),
                count(item -> item.right() && item.rightLeniently().filter(r -> !r).isPresent())));
  }

  private static boolean rightLeniently(EvaluatedItem item) {
    return item.rightLeniently().orElse(false);
  }

  // ---- counting

  /** Sorted, since sums of floating-point numbers depend on their order. */
  private double mean(ToDoubleFunction<EvaluatedItem> value) {
    return items.stream().mapToDouble(value).sorted().average().orElseThrow();
  }

  private Optional<Score> score(Predicate<EvaluatedItem> meant) {
    int n = count(meant);
    return n == 0
        ? Optional.empty()
        : Optional.of(new Score(n, count(meant.and(EvaluatedItem::right))));
  }

  private int count(Predicate<EvaluatedItem> meant) {
    return (int) items.stream().filter(meant).count();
  }
}
