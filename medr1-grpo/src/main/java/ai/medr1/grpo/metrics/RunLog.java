package ai.medr1.grpo.metrics;

import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import ai.medr1.eval.Score;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files of a run: {@code metrics.jsonl} with a row per step, {@code completions.jsonl} with
 * sample completions of every step, {@code evaluations.jsonl} with a row per evaluation on held-out
 * items, and {@code events.out.tfevents.medr1} with the same metrics for TensorBoard.
 *
 * <p>Every row is on disk before the next step begins. A metric that is no number (a loss that is
 * not finite) is null in the rows and missing in the events.
 */
public final class RunLog implements TrainingListener, AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String EVALUATIONS = "evaluations.jsonl";

  private final StepRows metrics;
  private final StepRows completions;
  private final Path held;
  private Optional<StepRows> evaluations;
  private final EventFile events;

  private RunLog(StepRows metrics, StepRows completions, Path held, EventFile events) {
    this.metrics = metrics;
    this.completions = completions;
    this.held = held;
    this.evaluations = Optional.empty();
    this.events = events;
  }

  /**
   * Opens the log of a run.
   *
   * @param directory is made where it is missing
   * @param lastStep the step that the run goes on from, 0 for a new run; what is there of later
   *     steps is dropped first, so that no step appears twice
   * @param lastEvaluation the same for evaluations on held-out items, -1 before the first
   */
  public static RunLog open(Path directory, long lastStep, long lastEvaluation) {
    Path rows = directory.resolve("metrics.jsonl");
    Path held = directory.resolve(EVALUATIONS);
    try {
      Files.createDirectories(directory);
      StepRows metrics = StepRows.open(rows, lastStep);
      EventFile events = new EventFile(directory.resolve("events.out.tfevents.medr1"), now());
      if (Files.exists(held)) {
        StepRows.open(held, lastEvaluation).close();
      }
      for (Path known : List.of(rows, held)) {
        StepRows.read(known, lastStep)
            .forEach(
                row ->
                    events.append(
                        row.path("time").asDouble(), row.path("step").asLong(), scalars(row)));
      }
      return new RunLog(
          metrics, StepRows.open(directory.resolve("completions.jsonl"), lastStep), held, events);
    } catch (IOException e) {
      throw new InputException(
          "cannot write the log of the run to " + directory + ": " + IoReason.of(e), e);
    }
  }

  /** Whether a directory has the log of at least one step. */
  public static boolean hasSteps(Path directory) {
    Path rows = directory.resolve("metrics.jsonl");
    try {
      return Files.exists(rows) && Files.size(rows) > 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void onStep(StepReport report) {
    for (CompletionSample sample : report.samples()) {
      ObjectNode row = JSON.createObjectNode().put("step", report.step());
      completions.append(row.setAll((ObjectNode) JSON.valueToTree(sample)));
    }
    ObjectNode row = JSON.createObjectNode().put("step", report.step()).put("time", now());
    report.metrics().forEach((name, value) -> put(row, name, value));
    metrics.append(row);
    events.append(row.get("time").asDouble(), report.step(), scalars(row));
  }

  @Override
  public void onEvaluation(HeldOutReport told) {
    Score score = told.report().overall();
    ObjectNode row = JSON.createObjectNode().put("step", told.step()).put("time", now());
    told.values().forEach((name, value) -> put(row, "eval/" + name, value));
    row.put("low", score.low()).put("high", score.high());
    row.put("items", score.n()).put("skipped", told.report().skipped()).put("best", told.best());
    told.report()
        .byModality()
        .forEach(
            (modality, one) ->
                put(row, "eval/accuracy/" + modality.abbreviation(), one.accuracy()));
    if (evaluations.isEmpty()) {
      evaluations = Optional.of(StepRows.open(held, told.step()));
    }
    evaluations.orElseThrow().append(row);
    events.append(row.get("time").asDouble(), told.step(), scalars(row));
  }

  @Override
  public void close() {
    metrics.close();
    completions.close();
    evaluations.ifPresent(StepRows::close);
    events.close();
  }

  private static void put(ObjectNode row, String name, double value) {
    if (Double.isFinite(value)) {
      row.put(name, value);
    } else {
      row.putNull(name);
    }
  }

  private static Map<String, Double> scalars(JsonNode row) {
    Map<String, Double> scalars = new LinkedHashMap<>();
    row.properties()
        .forEach(
            field -> {
              if (field.getValue().isDouble() && !field.getKey().equals("time")) {
                scalars.put(field.getKey(), field.getValue().asDouble());
              }
            });
    return scalars;
  }

  private static double now() {
    return System.currentTimeMillis() / 1e3;
  }
}
