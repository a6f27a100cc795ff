package ai.medr1.eval;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvalFilesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path temp;

  @Test
  void everyItemHasARow() throws IOException {
    List<String> lines = Files.readString(written("items.jsonl")).lines().toList();
    assertThat(lines).hasSize(4);
    assertThat(JSON.readTree(lines.get(2)))
        .isEqualTo(
            JSON.readTree(
                """
                {"id": "test.json#2", "image": "img2.png", "imageFile": "%s",
                 "problem": "Which is it, no. 2? A) \\"this\\", B) that", "solution": "<answer> B </answer>",
                 "modality": "Computed Tomography", "task": null, "dataset": null, "prompt": "think",
                 "output": "<think>\\u2028é\\n</think> B",
                 "extracted": null, "gold": "B", "right": false, "parsable": false, "tokens": 20,
                 "answerLogprob": null, "options": [], "letterProbs": null, "leaked": null}
                """
                    .formatted(Path.of("images", "img2.png").toAbsolutePath())));
    assertThat(JSON.readTree(lines.get(0)).get("right").booleanValue()).isTrue();
  }

  @Test
  void resultsHaveMedR1sForm() throws IOException {
    JsonNode results = JSON.readTree(written("results.json").toFile());
    assertThat(results.get("accuracy").doubleValue()).isEqualTo(50);
    assertThat(results.get("results")).hasSize(4);
    assertThat(results.get("results").get(1))
        .isEqualTo(
            JSON.readTree(
                """
                {"question": {"image": "img1.png",
                              "problem": "Which is it, no. 1? A) \\"this\\", B) that",
                              "solution": "<answer> B </answer>"},
                 "ground_truth": "<answer> B </answer>",
                 "model_output": "<answer>A</answer>",
                 "extracted_answer": "A"}
                """));
  }

  @Test
  void theSummaryHasCountsAndIntervals() throws IOException {
    JsonNode summary = JSON.readTree(written("summary.json").toFile());
    Score half = new Score(2, 1);
    assertThat(summary.get("overall").get("accuracy").doubleValue()).isEqualTo(0.5);
    assertThat(summary.get("byModality").fieldNames())
        .toIterable()
        .containsExactly("Computed Tomography", "Optical Coherence Tomography");
    JsonNode task = summary.get("byTask").get("Modality Recognition");
    assertThat(summary.get("byTask")).hasSize(1);
    assertThat(task.fieldNames())
        .toIterable()
        .containsExactly("n", "right", "accuracy", "low", "high");
    assertThat(task.get("n").intValue()).isEqualTo(2);
    assertThat(task.get("low").doubleValue()).isEqualTo(half.low());
    assertThat(task.get("high").doubleValue()).isEqualTo(half.high());
    assertThat(summary.get("unparsable").intValue()).isEqualTo(1);
    assertThat(summary.get("skipped").intValue()).isEqualTo(2);
  }

  @Test
  void filesAreReplacedAndNothingElseIsLeft() throws IOException {
    Path first = written("summary.json");
    Files.writeString(first, "old");
    written("summary.json");
    assertThat(Files.readString(first)).contains("overall");
    try (var files = Files.list(first.getParent())) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("items.jsonl", "results.json", "summary.json");
    }
  }

  private Path written(String name) throws IOException {
    Path directory = temp.resolve("a").resolve("b");
    EvalFiles.write(Items.report(), "think", directory);
    return directory.resolve(name);
  }
}
