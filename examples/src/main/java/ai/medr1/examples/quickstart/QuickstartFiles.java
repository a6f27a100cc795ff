package ai.medr1.examples.quickstart;

import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import ai.medr1.eval.EvalReport;
import ai.medr1.eval.Score;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;

/** Writes summary.json: seconds, and accuracies in [0, 1] before and after. */
final class QuickstartFiles {
  private static final ObjectMapper JSON = new ObjectMapper();

  private QuickstartFiles() {}

  static void writeSummary(Path file, double seconds, EvalReport before, EvalReport after)
      throws IOException {
    ObjectNode root = JSON.createObjectNode().put("seconds", seconds);
    accuracies(root.putObject("before"), before);
    accuracies(root.putObject("after"), after);
    Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
  }

  private static void accuracies(ObjectNode node, EvalReport report) {
    node.put("overall", report.overall().accuracy());
    group(node.putObject("byModality"), report.byModality(), Modality::fullName);
    group(node.putObject("byTask"), report.byTask(), Task::fullName);
  }

  private static <K> void group(ObjectNode node, Map<K, Score> scores, Function<K, String> name) {
    scores.forEach((key, score) -> node.put(name.apply(key), score.accuracy()));
  }
}
