package ai.medr1.data.phantom;

import ai.medr1.core.InputException;
import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import java.util.EnumSet;
import java.util.Set;

/**
 * What to generate.
 *
 * @param seed decides everything
 * @param trainPerCell training items for each modality and task
 * @param testPerCell test items for each modality and task
 * @param imageSize width and height in pixels
 */
public record PhantomConfig(
    long seed,
    int trainPerCell,
    int testPerCell,
    int imageSize,
    Set<Modality> modalities,
    Set<Task> tasks) {
  private static final int LEAST_SIZE = 28;
  private static final int MOST_SIZE = 4096;

  /**
   * @throws InputException if a number is out of range or nothing is asked for
   */
  public PhantomConfig {
    if (imageSize < LEAST_SIZE || imageSize > MOST_SIZE) {
      throw new InputException("imageSize must be between 28 and 4096 pixels, found " + imageSize);
    }
    if (trainPerCell < 0 || testPerCell < 0 || trainPerCell + (long) testPerCell == 0) {
      throw new InputException(
          "trainPerCell and testPerCell must not be negative, nor both 0, found "
              + trainPerCell
              + " and "
              + testPerCell);
    }
    if (modalities.isEmpty() || tasks.isEmpty()) {
      throw new InputException("phantoms need at least one modality and one task, found none");
    }
    modalities = Set.copyOf(modalities);
    tasks = Set.copyOf(tasks);
  }

  /** All modalities and tasks in 112 × 112 pixels. */
  public static PhantomConfig of(long seed, int trainPerCell, int testPerCell) {
    return new PhantomConfig(
        seed,
        trainPerCell,
        testPerCell,
        112,
        EnumSet.allOf(Modality.class),
        EnumSet.allOf(Task.class));
  }

  public PhantomConfig withImageSize(int pixels) {
    return new PhantomConfig(seed, trainPerCell, testPerCell, pixels, modalities, tasks);
  }

  public PhantomConfig withModalities(Set<Modality> chosen) {
    return new PhantomConfig(seed, trainPerCell, testPerCell, imageSize, chosen, tasks);
  }

  public PhantomConfig withTasks(Set<Task> chosen) {
    return new PhantomConfig(seed, trainPerCell, testPerCell, imageSize, modalities, chosen);
  }
}
