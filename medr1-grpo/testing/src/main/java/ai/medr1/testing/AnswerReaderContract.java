package ai.medr1.testing;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.medr1.data.VqaItem;
import ai.medr1.eval.AnswerReader;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What evaluation relies on in any {@link AnswerReader}. */
public abstract class AnswerReaderContract {

  /** The reader to be checked; another object in every call. */
  protected abstract AnswerReader reader();

  /** A question whose answers it reads. */
  protected abstract VqaItem item();

  /** An output that holds the right answer, {@link VqaItem#gold}. */
  protected abstract String right();

  /** An output without any answer. */
  protected abstract String without();

  @Test
  void theRightAnswerIsRead() {
    assertEquals(Optional.of(item().gold()), reader().read(right(), item()));
  }

  @Test
  void withoutAnAnswerNothingIsRead() {
    assertEquals(Optional.empty(), reader().read(without(), item()));
  }

  @Test
  void whateverAModelWritesCanBeRead() {
    for (String output : Outputs.ALL) {
      assertDoesNotThrow(() -> reader().read(output, item()), output);
      assertDoesNotThrow(() -> reader().letterAt(output), output);
    }
  }

  /** On any thread and in any order. */
  @Test
  void theSameOutputIsReadTheSame() {
    AnswerReader reader = reader();
    List<Optional<String>> once = outputs().map(o -> reader.read(o, item())).toList();
    assertEquals(once, outputs().parallel().map(o -> reader.read(o, item())).toList());
    assertEquals(once, outputs().map(o -> reader().read(o, item())).toList());
  }

  /** The place of a letter is that of the letter that is read. */
  @Test
  void aLetterStandsWhereItIsRead() {
    outputs()
        .forEach(
            output ->
                reader()
                    .letterAt(output)
                    .ifPresent(
                        place -> {
                          assertTrue(place >= 0 && place < output.length(), output);
                          assertEquals(
                              Optional.of(output.substring(place, place + 1)),
                              reader().read(output, item()),
                              output);
                        }));
  }

  private Stream<String> outputs() {
    return Stream.concat(Outputs.ALL.stream(), Stream.of(right(), without()));
  }
}
