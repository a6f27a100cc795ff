package ai.medr1.eval;

import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import ai.medr1.data.VqaImage;
import ai.medr1.data.VqaItem;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The images that a model may have been trained on: test items that show one of them are leaked.
 * Files are known by their names, which mean the same image only among data with the same image
 * root; images that are no files by their bytes.
 */
public final class TrainingImages {
  /** Nothing is known about the training. */
  public static final TrainingImages UNKNOWN =
      new TrainingImages(List.of(), EnumSet.noneOf(Modality.class), EnumSet.noneOf(Task.class));

  private final Set<String> known = new HashSet<>();
  private final Set<Modality> modalities;
  private final Set<Task> tasks;

  private TrainingImages(List<VqaItem> items, Set<Modality> modalities, Set<Task> tasks) {
    items.forEach(item -> item.images().forEach(image -> known.add(image.identity())));
    this.modalities = modalities;
    this.tasks = tasks;
  }

  /** All that was trained on. */
  public static TrainingImages all(List<VqaItem> trained) {
    return new TrainingImages(trained, EnumSet.allOf(Modality.class), EnumSet.allOf(Task.class));
  }

  /**
   * Training splits of which some may be missing: an item of a modality or a task that none of them
   * is about cannot be told to be no training image.
   */
  public static TrainingImages found(List<VqaItem> trained) {
    Set<Modality> modalities = EnumSet.noneOf(Modality.class);
    Set<Task> tasks = EnumSet.noneOf(Task.class);
    for (VqaItem item : trained) {
      item.modality().ifPresent(modalities::add);
      item.task().ifPresent(tasks::add);
    }
    return new TrainingImages(trained, modalities, tasks);
  }

  /** Whether an item shows a training image; empty where that is unknown. */
  public Optional<Boolean> contain(VqaItem item) {
    boolean leaked = item.images().stream().map(VqaImage::identity).anyMatch(known::contains);
    return leaked || covers(item) ? Optional.of(leaked) : Optional.empty();
  }

  private boolean covers(VqaItem item) {
    boolean any = !modalities.isEmpty() || !tasks.isEmpty();
    return any
        && item.modality().map(modalities::contains).orElse(true)
        && item.task().map(tasks::contains).orElse(true);
  }
}
