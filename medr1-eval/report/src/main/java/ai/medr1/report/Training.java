package ai.medr1.report;

import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import ai.medr1.report.Example.Reply;
import ai.medr1.report.internal.figure.Curve;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What a training run wrote to its directory.
 *
 * @param metrics a row per step
 * @param evaluations a row per evaluation on held-out items
 * @param examples groups of completions, newest first
 */
record Training(
    String name,
    List<ObjectNode> metrics,
    List<ObjectNode> evaluations,
    List<Example> examples,
    Settings settings)
    implements RunInput {
  static final String ROWS = "metrics.jsonl";
  private static final String EVALUATIONS = "evaluations.jsonl";

  static Training read(String name, Path directory) {
    return new Training(
        name,
        JsonFiles.rows(directory.resolve(ROWS)),
        JsonFiles.rows(directory.resolve(EVALUATIONS)),
        examples(name, JsonFiles.rows(directory.resolve("completions.jsonl"))),
        Settings.of(directory));
  }

  /** The metrics alone. */
  static Training log(String name, Path directory) {
    return new Training(
        name,
        JsonFiles.rows(directory.resolve(ROWS)),
        JsonFiles.rows(directory.resolve(EVALUATIONS)),
        List.of(),
        Settings.of(directory));
  }

  /** A metric over the steps; those of evaluations have rows of their own. */
  Curve curve(String metric) {
    List<ObjectNode> rows = metric.startsWith("eval/") ? evaluations : metrics;
    return new Curve(
        name,
        rows.stream().mapToDouble(row -> row.path("step").asDouble()).toArray(),
        rows.stream().mapToDouble(row -> row.path(metric).asDouble(Double.NaN)).toArray());
  }

  /** The number of the last step, empty before the first. */
  OptionalInt lastStep() {
    return metrics.stream().mapToInt(row -> row.path("step").asInt()).max();
  }

  private static List<Example> examples(String name, List<ObjectNode> rows) {
    Map<String, Example> groups = new LinkedHashMap<>();
    for (JsonNode row : rows) {
      Example example = example(name, row);
      groups.merge(example.key(), example, Example::with);
    }
    List<Example> newestFirst = new ArrayList<>(groups.values());
    Collections.reverse(newestFirst);
    return newestFirst;
  }

  private static Example example(String name, JsonNode row) {
    String id = row.path("id").asText();
    return new Example(
        name + " step " + row.path("step").asInt() + " " + id,
        JsonFiles.text(row, "imageFile").filter(file -> !file.isEmpty()).map(Path::of),
        row.path("image").asText(),
        row.path("prompt").asText(),
        row.path("gold").asText(),
        JsonFiles.text(row, "modality").or(() -> Modality.of(id).map(Modality::fullName)),
        JsonFiles.text(row, "task").or(() -> Task.of(id).map(Task::fullName)),
        List.of(reply(name, row)));
  }

  private static Reply reply(String name, JsonNode row) {
    JsonNode rewards = row.path("rewards");
    List<String> parts = new ArrayList<>();
    rewards
        .properties()
        .forEach(part -> parts.add(part.getKey() + " " + number(part.getValue().asDouble())));
    String note =
        "reward %s (%s), advantage %s, %d tokens%s"
            .formatted(
                number(row.path("reward").asDouble()),
                String.join(", ", parts),
                number(row.path("advantage").asDouble()),
                row.path("tokens").asInt(),
                row.path("finished").asBoolean(true) ? "" : ", cut at the limit");
    return new Reply(
        name + ", step " + row.path("step").asInt(),
        row.path("completion").asText(),
        rewards.path("accuracy").asDouble() > 0 || rewards.path("exact-match").asDouble() > 0,
        note);
  }

  private static String number(double value) {
    String text = String.format(Locale.ROOT, "%.2f", value);
    return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
  }
}
