package ai.medr1.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Where items come from. {@link DataFiles} reads files; programs may bring their own, with items
 * from a database and images from memory ({@link VqaImage#of(String, byte[])}); {@code
 * DataSourceContract} of medr1-testing checks one.
 */
public interface DataSource {

  /**
   * The items to train or to test on, the same in every call. A source that has no parts gives all
   * its items for either.
   *
   * @throws ai.medr1.core.InputException if they cannot be read
   */
  VqaDataset items(Part part);

  /** Whether there are items to train on and others to test on. */
  default boolean hasParts() {
    return !items(Part.TRAIN).items().equals(items(Part.TEST).items());
  }

  /** Every item once. */
  default VqaDataset all() {
    VqaDataset train = items(Part.TRAIN);
    VqaDataset test = items(Part.TEST);
    if (train.items().equals(test.items())) {
      return train;
    }
    List<VqaItem> items = new ArrayList<>(train.items());
    items.addAll(test.items());
    return new VqaDataset(train.name(), items);
  }
}
