package ai.medr1.report;

import ai.medr1.core.InputException;
import ai.medr1.eval.Comparison;
import ai.medr1.eval.Score;
import ai.medr1.eval.stats.Interval;
import ai.medr1.eval.stats.Paired;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The first screen: did it help, how sure is that, what did it cost. */
final class Summary {
  private static final double SURE = 0.05;

  private Summary() {}

  /** A section where there are evaluations, or trainings that have begun. */
  static void write(Page page, List<EvaluationRun> evaluations, List<Training> trainings) {
    List<String> helped = helped(evaluations.stream().filter(r -> !r.rows().isEmpty()).toList());
    List<String> cost = new ArrayList<>();
    trainings.forEach(run -> cost.add(cost(run)));
    if (helped.isEmpty() && trainings.isEmpty()) {
      return;
    }
    page.section("At a glance");
    page.html().open("dl", "class", "glance");
    if (!helped.isEmpty()) {
      answer(page, evaluations.size() > 1 ? "Did it help?" : "How good is it?", helped);
    }
    if (!trainings.isEmpty()) {
      answer(page, "What was learned?", trainings.stream().map(Summary::learned).toList());
    }
    evaluations.stream().flatMap(run -> time(run).stream()).forEach(cost::add);
    answer(page, "What did it cost?", cost);
    page.html().close("dl");
    page.endSection();
  }

  private static void answer(Page page, String question, List<String> answers) {
    if (!answers.isEmpty()) {
      page.html().leaf("dt", question).open("dd");
      answers.forEach(page::paragraph);
      page.html().close("dd");
    }
  }

  private static List<String> helped(List<EvaluationRun> runs) {
    if (runs.isEmpty()) {
      return List.of();
    }
    EvaluationRun first = runs.get(0);
    return runs.size() == 1
        ? List.of(alone(first))
        : runs.stream().skip(1).map(run -> against(first, run)).toList();
  }

  private static String alone(EvaluationRun run) {
    Score score = run.score(all -> true).orElseThrow();
    return "%s answers %s %% of %d questions rightly; the 95 %% interval is %s %%."
        .formatted(
            run.name(),
            Statistics.percent(score.accuracy()),
            score.n(),
            Statistics.interval(score));
  }

  private static String against(EvaluationRun first, EvaluationRun second) {
    Paired paired;
    try {
      paired = Comparison.ofCommon(first.rows(), second.rows()).overall();
    } catch (InputException otherItems) {
      return "%s and %s cannot be compared: %s"
          .formatted(first.name(), second.name(), otherItems.getMessage());
    }
    Interval interval = paired.differenceInterval();
    return "%s than %s: %s %% against %s %% of %d questions, a difference of %s points; the 95 %% interval is %s to %s. %s"
        .formatted(
            verdict(second.name(), paired),
            first.name(),
            Statistics.percent((double) paired.secondRight() / paired.n()),
            Statistics.percent((double) paired.firstRight() / paired.n()),
            paired.n(),
            signed(paired.difference()),
            signed(interval.low()),
            signed(interval.high()),
            sure(paired.pValue()));
  }

  private static String verdict(String name, Paired paired) {
    if (paired.pValue() >= SURE) {
      return "It is not shown that " + name + " is better";
    }
    return paired.difference() > 0 ? "Yes, " + name + " is better" : "No, " + name + " is worse";
  }

  private static String sure(double p) {
    String text = p < 1e-4 ? "below 0.0001" : String.format(Locale.ROOT, "%.4f", p);
    return p < SURE
        ? "Chance alone would seldom do that (p %s).".formatted(text)
        : "Chance alone may do that (p %s); more questions would tell.".formatted(text);
  }

  private static String signed(double share) {
    return String.format(Locale.ROOT, "%+.1f", 100 * share).replace('-', '−');
  }

  private static String learned(Training run) {
    var reward = run.curve("reward");
    if (!reward.hasValues()) {
      return "%s: %d steps.".formatted(run.name(), run.lastStep().orElse(0));
    }
    return String.format(
        Locale.ROOT,
        "%s: the reward went from %.2f to %.2f in %d steps (means of the first and the last quarter).",
        run.name(),
        reward.mean(0, 0.25),
        reward.mean(0.75, 1),
        run.lastStep().orElse(0));
  }

  private static String cost(Training run) {
    return "%s: training %s".formatted(run.name(), spent(run.settings()));
  }

  private static Optional<String> time(EvaluationRun run) {
    return run.settings()
        .environment()
        .map(found -> "%s: evaluation %s".formatted(run.name(), spent(run.settings())));
  }

  private static String spent(Settings settings) {
    JsonNode machine = settings.environment().orElse(null);
    if (machine == null || !machine.path("seconds").isNumber()) {
      return "took a time that its files do not tell.";
    }
    String threads =
        machine.path("device").asText().equals("cpu")
            ? " with %d threads".formatted(machine.path("threads").asInt())
            : " and " + machine.path("device").asText();
    return "took %s on %s%s."
        .formatted(
            duration(machine.path("seconds").asDouble()), machine.path("cpu").asText(), threads);
  }

  /** In the largest unit that gives two digits. */
  static String duration(double seconds) {
    if (seconds < 120) {
      return Math.round(seconds) + " s";
    }
    return seconds < 7200
        ? Math.round(seconds / 60) + " min"
        : String.format(Locale.ROOT, "%.1f h", seconds / 3600);
  }
}
