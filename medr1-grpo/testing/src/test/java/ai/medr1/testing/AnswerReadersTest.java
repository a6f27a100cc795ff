package ai.medr1.testing;

import ai.medr1.data.AnswerKind;
import ai.medr1.data.Labels;
import ai.medr1.data.Modality;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.AnswerExtractor;
import ai.medr1.eval.AnswerReader;
import ai.medr1.eval.text.LenientLetter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** medr1's own readers. */
class AnswerReadersTest {
  abstract static class OfLetters extends AnswerReaderContract {
    @Override
    protected VqaItem item() {
      return Items.letter(0, Modality.CT);
    }

    @Override
    protected String right() {
      return "<think>It is dense.</think> <answer> A </answer>";
    }

    @Override
    protected String without() {
      return "The answer tag is missing.";
    }
  }

  @Nested
  class Tag extends OfLetters {
    @Override
    protected AnswerReader reader() {
      return AnswerExtractor.TAG;
    }
  }

  @Nested
  class TagOrRaw extends OfLetters {
    @Override
    protected AnswerReader reader() {
      return AnswerExtractor.TAG_OR_RAW;
    }
  }

  @Nested
  class Lenient extends OfLetters {
    @Override
    protected AnswerReader reader() {
      return (output, item) -> LenientLetter.read(output, item.options());
    }
  }

  /** A letter of the raw output is always an answer; so is a text that is not blank. */
  @Nested
  class Raw extends AnswerReaderContract {
    @Override
    protected AnswerReader reader() {
      return AnswerExtractor.RAW;
    }

    @Override
    protected VqaItem item() {
      return new VqaItem(
          "t#0",
          List.of(),
          "Which organ is shown?",
          "liver",
          List.of(),
          AnswerKind.TEXT,
          Labels.NONE,
          new VqaItem.Source(Path.of("t.json"), 0));
    }

    @Override
    protected String right() {
      return " liver\n";
    }

    @Override
    protected String without() {
      return " \n";
    }
  }
}
