package ai.medr1.report;

import ai.medr1.eval.text.TextScore;
import ai.medr1.report.internal.figure.Curve;
import ai.medr1.report.internal.figure.Curves;
import ai.medr1.report.internal.figure.Figure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What happened over the steps of training runs. */
final class TrainingSection {
  private static final Map<String, String> METRICS = new LinkedHashMap<>();

  static {
    METRICS.put("eval/accuracy", "Accuracy on held-out items");
    METRICS.put("reward", "Reward");
    METRICS.put("rewards/accuracy/mean", "Accuracy reward");
    METRICS.put("rewards/format/mean", "Format reward");
    for (TextScore score : TextScore.values()) {
      METRICS.put("rewards/" + score.rewardName() + "/mean", score.title() + " reward");
    }
    METRICS.put("completions/mean_length", "Completion length in tokens");
    METRICS.put("kl", "KL divergence from the reference");
    METRICS.put("loss", "Loss");
  }

  private TrainingSection() {}

  static void write(Page page, List<Training> runs) {
    if (runs.isEmpty()) {
      return;
    }
    page.section("Training");
    runs.forEach(run -> page.paragraph(standing(run)));
    page.figures(curves(page, "training", "", runs));
    page.endSection();
  }

  private static String standing(Training run) {
    return run.lastStep().isEmpty()
        ? run.name() + ": no step is done yet."
        : run.name() + ": step " + run.lastStep().getAsInt() + " is done.";
  }

  /**
   * A figure for every metric that any of the runs has.
   *
   * @param of what the runs have in common, behind the names of metrics; may be empty
   */
  static List<Figure> curves(Page page, String id, String of, List<Training> runs) {
    List<Figure> figures = new ArrayList<>();
    METRICS.forEach(
        (metric, title) -> {
          List<Curve> curves =
              runs.stream().map(run -> run.curve(metric)).filter(Curve::hasValues).toList();
          if (!curves.isEmpty()) {
            figures.add(Curves.of(page.id(id + " " + metric), title + of, curves));
          }
        });
    return figures;
  }
}
