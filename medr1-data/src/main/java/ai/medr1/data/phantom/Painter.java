package ai.medr1.data.phantom;

import ai.medr1.data.SeededRandom;
import ai.medr1.data.Task;

/** Knows how images of one modality look and what can be asked about them. */
interface Painter {

  /** The name of the modality as an answer. */
  String answer();

  Quiz anatomy();

  Quiz disease();

  /** About images with {@link #lesion}. */
  Quiz grading();

  /** About images with {@link #marked}. */
  Quiz other();

  /** The disease of images that are graded. */
  String lesion();

  /** The disease of images whose other attributes are asked about. */
  default String marked() {
    return lesion();
  }

  Canvas paint(Scene scene, int size, SeededRandom random);

  /** The question of a task. */
  default Quiz quiz(Task task) {
    return switch (task) {
      case ANATOMY_IDENTIFICATION -> anatomy();
      case DISEASE_DIAGNOSIS -> disease();
      case LESION_GRADING -> grading();
      case MODALITY_RECOGNITION -> Painters.modalityQuiz();
      case OTHER_BIOLOGICAL_ATTRIBUTES -> other();
    };
  }
}
