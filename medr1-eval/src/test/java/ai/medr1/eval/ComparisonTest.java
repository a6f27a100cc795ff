package ai.medr1.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.medr1.core.InputException;
import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.stats.Paired;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
  /** CT: B gains 8 items; MRI: each gains 2; of no modality: both right. */
  private static final String A = "000000001111" + "1100" + "1";

  private static final String B = "111111111111" + "0011" + "1";

  @TempDir private Path dir;

  private static List<EvaluatedItem> run(String right) {
    List<EvaluatedItem> items = new ArrayList<>();
    for (int i = 0; i < right.length(); i++) {
      Optional<Modality> modality =
          i < 12 ? Optional.of(Modality.CT) : i < 16 ? Optional.of(Modality.MRI) : Optional.empty();
      VqaItem item = Items.item(i, "A", modality, Optional.of(Task.LESION_GRADING));
      String answer = right.charAt(i) == '1' ? "A" : "B";
      items.add(Items.answered(item, answer, Optional.of(answer)));
    }
    return items;
  }

  @Test
  void countsPairsOverallAndByGroup() {
    Comparison comparison = Comparison.of(run(A), run(B));
    assertThat(comparison.overall()).isEqualTo(new Paired(5, 2, 10, 0));
    // McNemar, exact: 2 (C(12,0) + C(12,1) + C(12,2)) / 2^12.
    assertThat(comparison.overall().pValue()).isCloseTo(2 * 79 / 4096.0, within(1e-12));
    assertThat(comparison.byModality()).containsOnlyKeys(Modality.CT, Modality.MRI);
    Comparison.Group ct = comparison.byModality().get(Modality.CT);
    assertThat(ct.paired()).isEqualTo(new Paired(4, 0, 8, 0));
    assertThat(ct.paired().pValue()).isCloseTo(2 / 256.0, within(1e-12));
    assertThat(ct.holm()).as("twice, the smaller of two").isCloseTo(4 / 256.0, within(1e-12));
    Comparison.Group mri = comparison.byModality().get(Modality.MRI);
    assertThat(mri.paired()).isEqualTo(new Paired(0, 2, 2, 0));
    assertThat(mri.holm()).isEqualTo(1);
    assertThat(comparison.byTask().get(Task.LESION_GRADING).holm())
        .as("one task needs no correction")
        .isEqualTo(comparison.overall().pValue());
  }

  @Test
  void manyDiscordantItemsAreTestedByChiSquare() {
    Paired paired =
        Comparison.of(run("0".repeat(30) + "1".repeat(10)), run("1".repeat(40))).overall();
    assertThat(paired.exact()).isFalse();
    // (|30 - 0| - 1)² / 30 = 28.033; the tail of one degree of freedom.
    assertThat(paired.pValue()).isCloseTo(1.19e-7, within(1e-9));
  }

  @Test
  void theOrderOfTheSecondDoesNotMatter() {
    List<EvaluatedItem> reversed = new ArrayList<>(run(B));
    Collections.reverse(reversed);
    assertThat(Comparison.of(run(A), reversed)).isEqualTo(Comparison.of(run(A), run(B)));
  }

  @Test
  void itemsThatOneAloneHasAreAnErrorUnlessTheyAreLeftOut() {
    List<EvaluatedItem> less = run(B).subList(1, 17);
    assertThatThrownBy(() -> Comparison.of(run(A), less))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("16 are in both")
        .hasMessageContaining("1 in the first alone (such as 'test.json#0')")
        .hasMessageContaining("0 in the second alone")
        .hasMessageContaining("--common");
    Comparison common = Comparison.ofCommon(run(A), less);
    assertThat(common.pairs()).hasSize(16);
    assertThat(common.onlyFirst()).containsExactly("test.json#0");
    assertThat(ComparisonFiles.text(common, "a", "b"))
        .contains("Left out: 1 items that A alone has, 0 that B alone has");
    assertThatThrownBy(() -> Comparison.ofCommon(run(A).subList(0, 1), less))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no item in common");
  }

  @Test
  void anotherQuestionUnderTheSameIdIsNamed() {
    EvaluatedItem other = Items.answered(Items.item(0, "B"), "B", Optional.of("B"));
    List<EvaluatedItem> second = new ArrayList<>(run(B));
    second.set(0, other);
    assertThatThrownBy(() -> Comparison.ofCommon(run(A), second))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("'test.json#0' is not the same item")
        .hasMessageContaining("its gold is 'A'")
        .hasMessageContaining("but 'B'");
    second.set(0, second.get(1));
    assertThatThrownBy(() -> Comparison.ofCommon(run(A), second))
        .hasMessageContaining("'test.json#1' is there twice");
  }

  @Test
  void theTableIsAlignedAndNarrow() {
    String table = ComparisonFiles.text(Comparison.of(run(A), run(B)), "before", "after");
    assertThat(table)
        .isEqualTo(
            """
            A: before
            B: after

                                               n   A %   B %  B - A  95 % interval only A only B       p    Holm
            Overall                           17  41.2  88.2  +47.1    +8.6..+71.5      2     10  0.0386
            By modality
              Computed Tomography             12  33.3 100.0  +66.7   +29.9..+86.2      0      8  0.0078  0.0156
              Magnetic Resonance Imaging       4  50.0  50.0   +0.0   -70.0..+70.0      2      2  1.0000  1.0000
            By task
              Lesion Grading                  17  41.2  88.2  +47.1    +8.6..+71.5      2     10  0.0386  0.0386

            p: McNemar's test, exact where one alone is right on fewer than 25 items, else chi-square
            Holm: p corrected for the number of modalities, or of tasks
            """);
    assertThat(table.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
  }

  @Test
  void jsonSaysTheSame() throws IOException {
    JsonNode json =
        new ObjectMapper()
            .readTree(ComparisonFiles.json(Comparison.of(run(A), run(B)), "before", "after"));
    JsonNode overall = json.get("overall");
    assertThat(overall.get("n").intValue()).isEqualTo(17);
    assertThat(overall.get("firstOnly").intValue()).isEqualTo(2);
    assertThat(overall.get("secondOnly").intValue()).isEqualTo(10);
    assertThat(overall.get("difference").doubleValue()).isEqualTo(8 / 17.0);
    assertThat(overall.get("test").textValue()).isEqualTo("exact");
    assertThat(json.at("/byModality/Computed Tomography/pHolm").doubleValue())
        .isCloseTo(4 / 256.0, within(1e-12));
    assertThat(json.at("/byTask/Lesion Grading/neitherRight").intValue()).isZero();
  }

  @Test
  void readsTheRowsOfADirectory() throws IOException {
    Files.writeString(dir.resolve("items.jsonl"), EvalFiles.rows(run(A), "think"));
    assertThat(Comparison.of(ComparisonFiles.read(dir), run(B)).overall())
        .isEqualTo(new Paired(5, 2, 10, 0));
    assertThatThrownBy(() -> ComparisonFiles.read(dir.resolve("nowhere")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("nowhere has no items.jsonl");
  }
}
