package ai.medr1.eval;

import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import ai.medr1.data.VqaItem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Made-up items and reports. */
final class Items {
  private Items() {}

  static VqaItem item(int index, String gold, Optional<Modality> modality, Optional<Task> task) {
    String image = "img" + index + ".png";
    return new VqaItem(
        "test.json#" + index,
        image,
        Path.of("images", image),
        "Which is it, no. " + index + "? A) \"this\", B) that",
        "<answer> " + gold + " </answer>",
        List.of(),
        modality,
        task,
        Optional.empty(),
        new VqaItem.Source(Path.of("test.json"), index));
  }

  static VqaItem item(int index, String gold) {
    return item(index, gold, Optional.empty(), Optional.empty());
  }

  /** An answer of which every character is a token; the log-probability of token i is -i. */
  static Answer answer(String text) {
    float[] logProbs = new float[text.length()];
    for (int i = 0; i < logProbs.length; i++) {
      logProbs[i] = -i;
    }
    return new Answer(text, text.chars().toArray(), logProbs, true);
  }

  /** The text of tokens that are characters. */
  static String text(int[] tokens) {
    return new String(tokens, 0, tokens.length);
  }

  static EvaluatedItem answered(VqaItem item, String output) {
    return answered(item, output, AnswerExtractor.TAG.extract(output));
  }

  static EvaluatedItem answered(VqaItem item, String output, Optional<String> extracted) {
    return new EvaluatedItem(
        item,
        output,
        extracted,
        output.length(),
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        List.of());
  }

  /** Four items: one without groups, one without an answer. */
  static EvalReport report() {
    Task task = Task.MODALITY_RECOGNITION;
    Optional<Modality> ct = Optional.of(Modality.CT);
    Optional<Modality> oct = Optional.of(Modality.OCT);
    return new EvalReport(
        List.of(
            answered(item(0, "A", oct, Optional.of(task)), "<answer> A </answer>"),
            answered(item(1, "B", ct, Optional.of(task)), "<answer>A</answer>"),
            answered(item(2, "B", ct, Optional.empty()), "<think>\u2028é\n</think> B"),
            answered(item(3, "A"), "<answer>A</answer>")),
        2);
  }
}
