package ai.medr1.eval;

import ai.medr1.data.AnswerKind;
import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.stats.Calibration;
import ai.medr1.eval.stats.Guessing;
import ai.medr1.eval.stats.Interval;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A report as JSON: {@code summary.json}. Accuracies and probabilities are in [0, 1]; null is what
 * the items do not tell.
 */
final class EvalSummary {
  private final EvalReport report;
  private final EvalStatistics statistics;
  private final ObjectNode root = new ObjectMapper().createObjectNode();

  private EvalSummary(EvalReport report) {
    this.report = report;
    this.statistics = new EvalStatistics(report.items());
  }

  static ObjectNode of(EvalReport report) {
    return new EvalSummary(report).write();
  }

  private ObjectNode write() {
    put(root.putObject("overall"), report.overall());
    groups("byModality", report.byModality(), Modality::fullName);
    groups("byTask", report.byTask(), Task::fullName);
    groups("byDataset", report.byDataset(), Function.identity());
    macro();
    root.put("unparsable", report.unparsable()).put("skipped", report.skipped());
    answers();
    baselines();
    positions();
    leaks();
    statistics.calibration().ifPresentOrElse(this::calibration, () -> root.putNull("calibration"));
    statistics.samples().ifPresent(this::samples);
    statistics.lenient().ifPresent(this::lenient);
    texts();
    return root;
  }

  /** Letters that were read a second time. */
  private void lenient(EvalStatistics.LenientLetters all) {
    ObjectNode lenient = root.putObject("lenient");
    put(lenient.putObject("overall"), all.score());
    lenient.put("unread", all.unread()).put("gained", all.gained()).put("lost", all.lost());
    Writer letters = (some, node) -> some.lenient().ifPresent(l -> put(node.get(), l.score()));
    groups(lenient, "byModality", VqaItem::modality, Modality::fullName, letters);
    groups(lenient, "byTask", VqaItem::task, Task::fullName, letters);
    groups(lenient, "byDataset", VqaItem::dataset, Function.identity(), letters);
  }

  /** Writes some items to a node, which is there as soon as it is asked for. */
  private interface Writer {
    void write(EvalStatistics some, Supplier<ObjectNode> node);
  }

  /** A node for every group that something is written of. */
  private <K extends Comparable<K>> void groups(
      ObjectNode parent,
      String key,
      Function<VqaItem, Optional<K>> group,
      Function<K, String> name,
      Writer writer) {
    ObjectNode groups = parent.putObject(key);
    report
        .grouped(group)
        .forEach(
            (k, items) ->
                writer.write(new EvalStatistics(items), () -> groups.putObject(name.apply(k))));
  }

  /** Answers that are texts, where there are such. */
  private void texts() {
    if (report.byAnswerKind().containsKey(AnswerKind.TEXT)) {
      groups("byAnswerKind", report.byAnswerKind(), EvalSummary::name);
    }
    if (!report.byAnswerType().isEmpty()) {
      groups("byAnswerType", report.byAnswerType(), EvalSummary::name);
    }
    if (statistics.texts().isEmpty()) {
      return;
    }
    ObjectNode texts = root.putObject("texts");
    texts(texts.putObject("overall"), statistics);
    Writer scores =
        (some, node) -> {
          if (!some.texts().isEmpty()) {
            texts(node.get(), some);
          }
        };
    groups(texts, "byModality", VqaItem::modality, Modality::fullName, scores);
    groups(texts, "byTask", VqaItem::task, Task::fullName, scores);
    groups(texts, "byDataset", VqaItem::dataset, Function.identity(), scores);
    groups(texts, "byAnswerType", VqaItem::answerType, EvalSummary::name, scores);
    statistics
        .majorityText()
        .ifPresent(
            most ->
                put(texts.putObject("majorityAnswer").put("answer", most.letter()), most.score()));
  }

  private static void texts(ObjectNode node, EvalStatistics statistics) {
    statistics
        .texts()
        .forEach(
            (score, mean) ->
                node.putObject(score.key())
                    .put("n", mean.n())
                    .put("mean", mean.mean())
                    .put("low", mean.interval().low())
                    .put("high", mean.interval().high()));
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private <K> void groups(String key, Map<K, Score> scores, Function<K, String> name) {
    ObjectNode node = root.putObject(key);
    scores.forEach((group, score) -> put(node.putObject(name.apply(group)), score));
  }

  private void macro() {
    ObjectNode macro = root.putObject("macro");
    put(macro, "modality", EvalStatistics.macro(report.byModality().values()));
    put(macro, "task", EvalStatistics.macro(report.byTask().values()));
  }

  private static void put(ObjectNode node, String key, OptionalDouble value) {
    value.ifPresentOrElse(v -> node.put(key, v), () -> node.putNull(key));
  }

  private void answers() {
    EvalStatistics.Outcomes outcomes = statistics.outcomes();
    ObjectNode answers =
        root.putObject("answers")
            .put("right", outcomes.right())
            .put("wrong", outcomes.wrong())
            .put("noOption", outcomes.noOption())
            .put("formatFailures", outcomes.formatFailures());
    put(answers, "parsable", outcomes.parsable());
  }

  private void baselines() {
    ObjectNode baselines = root.putObject("baselines");
    statistics
        .guessing()
        .ifPresentOrElse(
            guessing -> put(baselines.putObject("random"), guessing),
            () -> baselines.putNull("random"));
    statistics
        .majorityLetter()
        .ifPresentOrElse(
            most ->
                put(
                    baselines.putObject("majorityLetter").put("letter", most.letter()),
                    most.score()),
            () -> baselines.putNull("majorityLetter"));
  }

  private static void put(ObjectNode node, Guessing guessing) {
    Interval interval = guessing.interval();
    node.put("n", guessing.chances().size())
        .put("accuracy", guessing.accuracy())
        .put("low", interval.low())
        .put("high", interval.high());
  }

  private void positions() {
    ObjectNode positions = root.putObject("positions");
    for (EvalStatistics.Position position : statistics.positions()) {
      ObjectNode node = positions.putObject(position.letter());
      position
          .score()
          .ifPresentOrElse(
              score -> put(node, score),
              () -> node.put("n", 0).put("right", 0).putNull("accuracy"));
      node.put("chosen", position.chosen());
    }
  }

  private void leaks() {
    if (statistics.leakUnknown() == report.items().size()) {
      root.putNull("leaks");
      return;
    }
    ObjectNode leaks = root.putObject("leaks").put("unknown", statistics.leakUnknown());
    put(leaks.putObject("all"), report.overall());
    put(leaks, "withoutLeaked", statistics.leaked(false));
    put(leaks, "leakedOnly", statistics.leaked(true));
  }

  private void calibration(EvalStatistics.LetterCalibration letters) {
    Calibration calibration = letters.calibration();
    ObjectNode node =
        root.putObject("calibration")
            .put("n", calibration.answers().size())
            .put("fromLetterProbs", letters.fromLetterProbs())
            .put("probability", calibration.probability())
            .put("accuracy", calibration.accuracy())
            .put("ece", calibration.expectedError())
            .put("brier", calibration.brier());
    ArrayNode bins = node.putArray("bins");
    calibration.bins().forEach(bin -> put(bins.addObject(), bin));
  }

  private static void put(ObjectNode node, Calibration.Bin bin) {
    node.put("low", bin.low()).put("high", bin.high()).put("n", bin.n());
    if (bin.n() > 0) {
      node.put("probability", bin.probability()).put("accuracy", bin.accuracy());
    } else {
      node.putNull("probability").putNull("accuracy");
    }
  }

  private void samples(EvalStatistics.Samples samples) {
    ObjectNode node = root.putObject("samples").put("k", samples.k());
    for (int k = 1; k <= samples.k(); k++) {
      node.put("pass@" + k, samples.passAtK().get(k - 1));
    }
    put(node.putObject("majorityVote"), samples.majority());
  }

  private static void put(ObjectNode node, String key, Optional<Score> score) {
    score.ifPresentOrElse(s -> put(node.putObject(key), s), () -> node.putNull(key));
  }

  private static void put(ObjectNode node, Score score) {
    node.put("n", score.n())
        .put("right", score.right())
        .put("accuracy", score.accuracy())
        .put("low", score.low())
        .put("high", score.high());
  }
}
