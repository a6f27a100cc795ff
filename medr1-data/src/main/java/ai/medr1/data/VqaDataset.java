package ai.medr1.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Items in an order. Immutable: every method gives a new data set.
 *
 * @param name for tables and messages
 */
public record VqaDataset(String name, List<VqaItem> items) {
  public VqaDataset {
    items = List.copyOf(items);
  }

  public int size() {
    return items.size();
  }

  public VqaDataset filter(Predicate<VqaItem> wanted) {
    return with(items.stream().filter(wanted).toList());
  }

  /** The items known to be of one of these modalities. */
  public VqaDataset modalities(Set<Modality> wanted) {
    return filter(item -> item.modality().filter(wanted::contains).isPresent());
  }

  /** The items known to be of one of these tasks. */
  public VqaDataset tasks(Set<Task> wanted) {
    return filter(item -> item.task().filter(wanted::contains).isPresent());
  }

  /** All items in an order that the seed alone decides, on every machine. */
  public VqaDataset shuffle(long seed) {
    List<VqaItem> shuffled = new ArrayList<>(items);
    new SeededRandom(seed).shuffle(shuffled);
    return with(shuffled);
  }

  /** The first items, at most this many. */
  public VqaDataset limit(int most) {
    return with(items.subList(0, Math.min(most, items.size())));
  }

  private VqaDataset with(List<VqaItem> chosen) {
    return new VqaDataset(name, chosen);
  }
}
