package ai.medr1.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.medr1.data.Finding.Problem;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The real splits, where {@code -Dmedr1.splits=DIR} tells where they are. */
class MedR1SplitsTest {
  private static Splits splits;

  @BeforeAll
  static void load() {
    String folder = System.getProperty("medr1.splits", "");
    assumeThat(folder).as("-Dmedr1.splits=DIR").isNotEmpty();
    splits = Splits.load(Path.of(folder));
  }

  @Test
  void everyItemIsReadAndParsed() {
    Audit audit = Audit.of(splits, Audit.withoutImages());
    assertThat(audit.sections())
        .extracting(Audit.Section::items)
        .containsExactly(45827, 17662, 26748, 17919);
    assertThat(audit.counts())
        .containsAllEntriesOf(
            Map.of(
                Problem.NO_OPTIONS, 0, Problem.ANSWER_NOT_AMONG_OPTIONS, 0, Problem.DUPLICATE, 0));
    assertThat(audit.findings())
        .filteredOn(finding -> finding.problem().isUnsound())
        .as("what a training would refuse by default")
        .isEmpty();
    assertThat(audit.counts().get(Problem.DUPLICATE_OPTIONS)).isEqualTo(88);
    assertThat(splits.joined(Part.TRAIN).size() + splits.joined(Part.TEST).size()).isEqualTo(70888);
  }

  /** Different image names; 1,912 of the 17,662 items show one of them. */
  @Test
  void theLeaksAreCountedByImage() {
    assertThat(Audit.of(splits, Audit.withoutImages()).shared())
        .containsExactly(
            new Audit.Shared("modality", 1836, 17352, 1912, 17662),
            new Audit.Shared("question_type", 1286, 17637, 1324, 17919));
  }

  @Test
  void modalitiesAndTasksAreJoined() {
    VqaDataset test = splits.byModality(Part.TEST);
    assertThat(test.items()).allMatch(item -> item.modality().isPresent());
    assertThat(test.filter(item -> item.task().isPresent()).size()).isEqualTo(8760);
    assertThat(splits.byModality(Part.TRAIN).filter(item -> item.modality().isEmpty()).size())
        .isEqualTo(1);
  }
}
