package ai.medr1.examples.quickstart;

import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import ai.medr1.eval.EvalReport;
import ai.medr1.eval.EvaluatedItem;
import ai.medr1.eval.Score;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.metrics.StepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** The quickstart's result as one HTML page that needs nothing beside it: no network, no files. */
final class ReportPage {
  private static final int EXAMPLES = 24;
  private static final String STYLE =
      """
      :root { color-scheme: light dark; --line: #8885; --good: #1a7f37; --bad: #b3261e; }
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
      h1, h2 { line-height: 1.2; }
      .big { font-size: 1.6rem; }
      .curves { display: flex; flex-wrap: wrap; gap: 1rem; }
      .curves svg { max-width: 100%; height: auto; background: white; border: 1px solid var(--line); }
      table { border-collapse: collapse; }
      th, td { padding: .25rem .75rem; border-bottom: 1px solid var(--line); text-align: right; }
      th:first-child, td:first-child { text-align: left; }
      .scroll { overflow-x: auto; }
      .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 1rem; }
      figure { margin: 0; padding: .75rem; border: 1px solid var(--line); border-radius: .5rem; }
      figure img { width: 100%; max-width: 12rem; image-rendering: pixelated; display: block; }
      figcaption { overflow-wrap: anywhere; }
      .right { color: var(--good); } .wrong { color: var(--bad); }
      @media (prefers-color-scheme: dark) { :root { --good: #4cc36a; --bad: #ff8a80; } }
      @media print { figure { break-inside: avoid; } }
      """;

  private final GrpoConfig config;
  private final List<StepReport> steps;
  private final EvalReport before;
  private final EvalReport after;
  private final double seconds;
  private final StringBuilder page = new StringBuilder();

  ReportPage(
      GrpoConfig config,
      List<StepReport> steps,
      EvalReport before,
      EvalReport after,
      double seconds) {
    this.config = config;
    this.steps = steps;
    this.before = before;
    this.after = after;
    this.seconds = seconds;
  }

  void write(Path file) throws IOException {
    page.append("<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
        .append("<title>medr1 quickstart</title>\n<style>")
        .append(STYLE)
        .append("</style></head>\n<body>\n");
    summary();
    curves();
    tables();
    examples();
    configuration();
    page.append("</body>\n</html>\n");
    Files.writeString(file, page);
  }

  private void summary() {
    page.append("<h1>medr1 quickstart</h1>\n<p class=\"big\">Held-out accuracy ")
        .append(percent(before.overall().accuracy()))
        .append(" → <strong>")
        .append(percent(after.overall().accuracy()))
        .append("</strong></p>\n<p>")
        .append(
            "A small Qwen2-VL answered %d held-out questions about phantoms of 8 modalities and 5 tasks, before and after %d steps of GRPO with seed %d. All of it took %.0f seconds."
                .formatted(after.overall().n(), steps.size(), config.seed(), seconds))
        .append("</p>\n");
  }

  private void curves() throws IOException {
    page.append("<h2>Training</h2>\n<div class=\"curves\">\n");
    curve("Reward (at most 2)", "reward");
    curve("Accuracy of the sampled answers", "rewards/accuracy/mean");
    curve("Tokens of a completion", "completions/mean_length");
    curve("Divergence from the reference (KL)", "kl");
    page.append("</div>\n");
  }

  private void curve(String title, String metric) throws IOException {
    page.append("<div role=\"img\" aria-label=\"")
        .append(escape(title))
        .append("\">")
        .append(Curves.svg(title, metric, steps))
        .append("</div>\n");
  }

  private void tables() {
    page.append("<h2>Accuracy</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th></th>")
        .append("<th>items</th><th>warm start</th><th>after GRPO</th><th>95 % interval</th></tr>")
        .append("</thead>\n<tbody>\n");
    row("Overall", before.overall(), after.overall());
    rows(before.byModality(), after.byModality(), Modality::fullName);
    rows(before.byTask(), after.byTask(), Task::fullName);
    page.append("</tbody></table></div>\n<p>Unparsable answers: ")
        .append(before.unparsable())
        .append(" before, ")
        .append(after.unparsable())
        .append(" after.</p>\n");
  }

  private <K> void rows(Map<K, Score> first, Map<K, Score> second, Function<K, String> name) {
    second.forEach(
        (key, score) -> row(name.apply(key), Objects.requireNonNull(first.get(key)), score));
  }

  private void row(String name, Score first, Score second) {
    page.append(
        "<tr><td>%s</td><td>%d</td><td>%s</td><td>%s</td><td>%s to %s</td></tr>\n"
            .formatted(
                escape(name),
                second.n(),
                percent(first.accuracy()),
                percent(second.accuracy()),
                percent(second.low()),
                percent(second.high())));
  }

  private void examples() throws IOException {
    page.append("<h2>Held-out examples</h2>\n<div class=\"cards\">\n");
    int stride = Math.max(1, after.items().size() / EXAMPLES);
    for (int i = 0; i < after.items().size(); i += stride) {
      example(before.items().get(i), after.items().get(i));
    }
    page.append("</div>\n");
  }

  private void example(EvaluatedItem first, EvaluatedItem second) throws IOException {
    String image = Base64.getEncoder().encodeToString(Files.readAllBytes(second.item().image()));
    page.append("<figure><img alt=\"")
        .append(escape(second.item().modality().map(Modality::fullName).orElse("image")))
        .append(" phantom\" src=\"data:image/png;base64,")
        .append(image)
        .append("\">\n<figcaption><p>")
        .append(escape(second.item().problem()))
        .append("</p><p>Right answer: <strong>")
        .append(escape(second.item().gold()))
        .append("</strong></p>\n");
    answer("Before", first);
    answer("After", second);
    page.append("</figcaption></figure>\n");
  }

  private void answer(String name, EvaluatedItem item) {
    page.append(
        "<p class=\"%s\">%s %s: <code>%s</code></p>\n"
            .formatted(
                item.right() ? "right" : "wrong",
                name,
                item.right() ? "✓" : "✗",
                escape(item.output())));
  }

  private void configuration() {
    page.append("<h2>Configuration</h2>\n<pre>")
        .append(escape(config.toString().replace(", ", ",\n  ")))
        .append("</pre>\n<p>Java ")
        .append(escape(System.getProperty("java.version")))
        .append(", ")
        .append(escape(System.getProperty("os.name")))
        .append(", ")
        .append(Runtime.getRuntime().availableProcessors())
        .append(" processors</p>\n");
  }

  private static String percent(double share) {
    return "%.1f %%".formatted(100 * share);
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
