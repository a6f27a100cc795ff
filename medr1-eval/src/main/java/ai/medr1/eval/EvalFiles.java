package ai.medr1.eval;

import ai.medr1.core.AtomicFile;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.stream.Collectors;

/** Writes a report as files; each is replaced as a whole or not at all. */
public final class EvalFiles {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RESULTS = "results.json";
  private static final String SUMMARY = "summary.json";

  private EvalFiles() {}

  /**
   * Writes {@code items.jsonl}, {@code results.json} and {@code summary.json} to a directory, which
   * is created where it is missing.
   *
   * @param prompt name of the wording, for the rows
   */
  public static void write(EvalReport report, String prompt, Path directory) throws IOException {
    Files.createDirectories(directory);
    replace(directory.resolve("items.jsonl"), rows(report.items(), prompt));
    replace(directory.resolve(RESULTS), pretty(results(report)));
    replace(directory.resolve(SUMMARY), pretty(EvalSummary.of(report)));
  }

  /** Removes what would be about other rows while an evaluation goes on. */
  static void removeResults(Path directory) throws IOException {
    Files.deleteIfExists(directory.resolve(RESULTS));
    Files.deleteIfExists(directory.resolve(SUMMARY));
  }

  static String rows(Collection<EvaluatedItem> items, String prompt) {
    return items.stream().map(i -> ItemRows.write(i, prompt)).collect(Collectors.joining());
  }

  /** The form of Med-R1's evaluation scripts, in which the accuracy is in per cent. */
  private static ObjectNode results(EvalReport report) {
    ObjectNode root = JSON.createObjectNode().put("accuracy", 100 * report.overall().accuracy());
    var rows = root.putArray("results");
    report.items().forEach(i -> result(rows.addObject(), i));
    return root;
  }

  private static void result(ObjectNode row, EvaluatedItem evaluated) {
    row.putObject("question")
        .put("image", evaluated.item().imageName())
        .put("problem", evaluated.item().problem())
        .put("solution", evaluated.item().solution());
    row.put("ground_truth", evaluated.item().solution()).put("model_output", evaluated.output());
    ItemRows.putText(row, "extracted_answer", evaluated.extracted());
  }

  private static String pretty(ObjectNode root) {
    return root.toPrettyString() + "\n";
  }

  static void replace(Path file, String content) {
    AtomicFile.write(file, content);
  }
}
