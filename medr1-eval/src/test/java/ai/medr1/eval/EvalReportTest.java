package ai.medr1.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EvalReportTest {
  @Test
  void countsPerGroupInThePapersOrder() {
    EvalReport report = Items.report();
    assertThat(report.overall()).isEqualTo(new Score(4, 2));
    assertThat(report.byModality().toString())
        .isEqualTo("{CT=Score[n=2, right=0], OCT=Score[n=1, right=1]}");
    assertThat(report.byTask()).containsOnlyKeys(Task.MODALITY_RECOGNITION);
    assertThat(report.byTask().get(Task.MODALITY_RECOGNITION)).isEqualTo(new Score(2, 1));
    assertThat(report.unparsable()).isEqualTo(1);
  }

  @Test
  void aRawOutputOfMoreThanAWordIsUnparsable() {
    EvaluatedItem talk = Items.answered(Items.item(0, "A"), "It is A", Optional.of("It is A"));
    EvaluatedItem letter = Items.answered(Items.item(0, "A"), "A", Optional.of("A"));
    assertThat(talk.parsable()).isFalse();
    assertThat(talk.right()).isFalse();
    assertThat(letter.parsable()).isTrue();
    assertThat(letter.right()).isTrue();
  }

  @Test
  void nothingEvaluatedIsAnError() {
    assertThatThrownBy(() -> new EvalReport(List.of(), 5))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("5 skipped");
  }

  @Test
  void theTableIsAlignedAndNarrow() {
    assertThat(EvalTable.of(Items.report()))
        .isEqualTo(
            """
                                               right/n accuracy 95 % interval
            Overall                                2/4   50.0 %   15.0 - 85.0
            By modality
              Computed Tomography                  0/2    0.0 %    0.0 - 65.8
              Optical Coherence Tomography         1/1  100.0 %  20.7 - 100.0
              Mean of these                              50.0 %
            By task
              Modality Recognition                 1/2   50.0 %    9.5 - 90.5
            Unparsable answers                       1
            Skipped items                            2
            Always the majority letter             2/4   50.0 %   15.0 - 85.0
            """);
  }

  @Test
  void twoReportsStandSideBySide() {
    EvalReport other =
        new EvalReport(
            List.of(
                Items.answered(
                    Items.item(0, "A", Optional.of(Modality.MRI), Optional.empty()),
                    "<answer>B</answer>")),
            0);
    String table = EvalTable.of("before", Items.report(), "after", other);
    assertThat(table)
        .isEqualTo(
            """
                                                before                              after
                                               right/n accuracy 95 % interval     right/n accuracy 95 % interval
            Overall                                2/4   50.0 %   15.0 - 85.0         0/1    0.0 %    0.0 - 79.3
            By modality
              Computed Tomography                  0/2    0.0 %    0.0 - 65.8           -
              Magnetic Resonance Imaging             -                                0/1    0.0 %    0.0 - 79.3
              Optical Coherence Tomography         1/1  100.0 %  20.7 - 100.0           -
              Mean of these                              50.0 %                              0.0 %
            By task
              Modality Recognition                 1/2   50.0 %    9.5 - 90.5           -
            Unparsable answers                       1                                  0
            Skipped items                            2                                  0
            Always the majority letter             2/4   50.0 %   15.0 - 85.0         1/1  100.0 %  20.7 - 100.0
            """);
    assertThat(table.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
  }
}
