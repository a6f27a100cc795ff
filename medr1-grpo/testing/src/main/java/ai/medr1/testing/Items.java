package ai.medr1.testing;

import ai.medr1.data.AnswerKind;
import ai.medr1.data.Choices;
import ai.medr1.data.Labels;
import ai.medr1.data.Modality;
import ai.medr1.data.VqaItem;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Questions without images. */
final class Items {
  private Items() {}

  /** A question whose right answer is the letter A. */
  static VqaItem letter(int index, Modality modality) {
    String problem = "What is seen? A) a mass, B) nothing";
    return new VqaItem(
        "contract#" + index,
        List.of(),
        problem,
        "<answer> A </answer>",
        Choices.parse(problem).options(),
        AnswerKind.LETTER,
        Labels.of(Optional.of(modality), Optional.empty(), Optional.empty()),
        new VqaItem.Source(Path.of("contract"), index));
  }
}
