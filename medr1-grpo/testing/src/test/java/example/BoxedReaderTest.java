package example;

import ai.medr1.data.AnswerKind;
import ai.medr1.data.Labels;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.AnswerReader;
import ai.medr1.testing.AnswerReaderContract;
import java.nio.file.Path;
import java.util.List;

class BoxedReaderTest extends AnswerReaderContract {
  @Override
  protected AnswerReader reader() {
    return new BoxedReader();
  }

  @Override
  protected VqaItem item() {
    return new VqaItem(
        "mine#0",
        List.of(),
        "Which organ is shown? A) liver, B) lung",
        "B",
        List.of(),
        AnswerKind.LETTER,
        Labels.NONE,
        new VqaItem.Source(Path.of("mine"), 0));
  }

  @Override
  protected String right() {
    return "Air is dark, so it is \\boxed{ B }.";
  }

  @Override
  protected String without() {
    return "B";
  }
}
