package ai.medr1.report;

import ai.medr1.eval.EvaluatedItem;
import ai.medr1.eval.ItemRows;
import ai.medr1.eval.Score;
import ai.medr1.report.Example.Reply;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What {@code medr1 evaluate} wrote to a directory.
 *
 * @param answers an example with one reply for every item, in the order of the file
 * @param rows the same items, for statistics
 * @param summary statistics; empty until the evaluation is done
 */
record EvaluationRun(
    String name,
    List<Example> answers,
    List<EvaluatedItem> rows,
    Optional<JsonNode> summary,
    Settings settings)
    implements RunInput {
  static final String ROWS = "items.jsonl";

  static EvaluationRun read(String name, Path directory) {
    return new EvaluationRun(
        name,
        answers(name, directory, Integer.MAX_VALUE),
        ItemRows.read(directory.resolve(ROWS)),
        JsonFiles.tree(directory.resolve("summary.json")),
        Settings.of(directory));
  }

  /** The first answers of a directory. */
  static List<Example> answers(String name, Path directory, int most) {
    List<Example> answers = new ArrayList<>();
    for (JsonNode row : JsonFiles.rows(directory.resolve(ROWS), most)) {
      answers.add(answer(name, row));
    }
    return answers;
  }

  private static Example answer(String name, JsonNode row) {
    String image = String.join(", ", JsonFiles.texts(row, "image"));
    String question = row.path("problem").asText();
    return new Example(
        image + "\n" + question,
        JsonFiles.texts(row, "imageFile").stream().findFirst().map(Path::of),
        image,
        question,
        row.path("gold").asText(),
        JsonFiles.text(row, "modality"),
        JsonFiles.text(row, "task"),
        List.of(
            new Reply(
                name, row.path("output").asText(), row.path("right").asBoolean(), note(row))));
  }

  private static String note(JsonNode row) {
    List<String> notes = new ArrayList<>();
    notes.add(JsonFiles.text(row, "extracted").map(a -> "answer " + a).orElse("no answer found"));
    if (row.has("rightLeniently")) {
      notes.add(
          JsonFiles.text(row, "lenient")
                  .map(a -> "read leniently " + a)
                  .orElse("no letter read leniently")
              + (row.path("rightLeniently").asBoolean() ? ", which is right" : ""));
    }
    if (row.path("scores").path("tokenF1").isNumber()) {
      notes.add(
          String.format(
              Locale.ROOT, "token F1 %.2f", row.path("scores").path("tokenF1").asDouble()));
    }
    if (row.has("tokens")) {
      notes.add(row.get("tokens").asInt() + " tokens");
    }
    if (row.path("answerLogprob").isNumber()) {
      double probability = Math.exp(row.get("answerLogprob").asDouble());
      notes.add(String.format(Locale.ROOT, "probability of the letter %.2f", probability));
    }
    if (row.path("leaked").asBoolean()) {
      notes.add("image also trained on");
    }
    return String.join(", ", notes);
  }

  /** The score of those answers that are meant; empty where there are none. */
  Optional<Score> score(Predicate<Example> meant) {
    List<Example> chosen = answers.stream().filter(meant).toList();
    int right = (int) chosen.stream().filter(a -> a.outcome() == Example.Outcome.RIGHT).count();
    return chosen.isEmpty() ? Optional.empty() : Optional.of(new Score(chosen.size(), right));
  }

  @Override
  public List<Example> examples() {
    return answers;
  }
}
