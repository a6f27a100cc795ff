package ai.medr1.eval;

import static org.assertj.core.api.Assertions.assertThat;

import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrainingImagesTest {
  private static final Optional<Modality> CT = Optional.of(Modality.CT);
  private static final Optional<Task> GRADING = Optional.of(Task.LESION_GRADING);

  @Test
  void namesDecide() {
    TrainingImages trained = TrainingImages.all(List.of(Items.item(1, "A")));
    assertThat(trained.contain(Items.item(1, "B", CT, GRADING))).contains(true);
    assertThat(trained.contain(Items.item(2, "A", CT, GRADING))).contains(false);
  }

  @Test
  void whereSplitsAreMissingNothingIsSaid() {
    TrainingImages trained = TrainingImages.found(List.of(Items.item(1, "A", CT, GRADING)));
    assertThat(trained.contain(Items.item(1, "A", Optional.of(Modality.MRI), GRADING)))
        .contains(true);
    assertThat(trained.contain(Items.item(2, "A", CT, GRADING))).contains(false);
    assertThat(trained.contain(Items.item(2, "A", Optional.of(Modality.MRI), GRADING))).isEmpty();
    assertThat(trained.contain(Items.item(2, "A", CT, Optional.of(Task.ANATOMY_IDENTIFICATION))))
        .isEmpty();
  }

  @Test
  void nothingIsKnownWithoutTrainingData() {
    assertThat(TrainingImages.UNKNOWN.contain(Items.item(1, "A"))).isEmpty();
    assertThat(TrainingImages.found(List.of()).contain(Items.item(1, "A", CT, GRADING))).isEmpty();
  }
}
