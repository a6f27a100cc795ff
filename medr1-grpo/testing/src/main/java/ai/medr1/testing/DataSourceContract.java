package ai.medr1.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.medr1.core.InputException;
import ai.medr1.data.DataSource;
import ai.medr1.data.Part;
import ai.medr1.data.VqaDataset;
import ai.medr1.data.VqaImage;
import ai.medr1.data.VqaItem;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What training and evaluation rely on in any {@link DataSource}. */
public abstract class DataSourceContract {

  /** The source to be checked, with items; another object in every call. */
  protected abstract DataSource source();

  /** A source that cannot be read, such as one of a file that is not there. */
  protected abstract DataSource broken();

  /** What the error about the broken source names: the file, the table, the address. */
  protected abstract String brokenPlace();

  @Test
  void everyPartHasItems() {
    for (Part part : Part.values()) {
      assertFalse(source().items(part).items().isEmpty(), part + " has items");
    }
  }

  /** The order of a run follows from the order of its items, so a resumed run needs the same. */
  @Test
  void itemsAreTheSameInEveryCall() {
    for (Part part : Part.values()) {
      DataSource source = source();
      List<String> once = shown(source.items(part));
      assertEquals(once, shown(source.items(part)), "the same source");
      assertEquals(once, shown(source().items(part)), "another source of the same data");
    }
  }

  @Test
  void idsAreUnique() {
    Set<String> ids = new HashSet<>();
    for (VqaItem item : source().all().items()) {
      assertTrue(ids.add(item.id()), item.id() + " is there once");
    }
  }

  @Test
  void allItemsAreThoseOfTheParts() {
    Set<String> all = ids(source().all());
    for (Part part : Part.values()) {
      assertTrue(all.containsAll(ids(source().items(part))), part + " is among all items");
    }
  }

  @Test
  void itemsCanBeAskedAndAnswered() {
    for (VqaItem item : source().all().items()) {
      assertFalse(item.problem().isBlank(), item.id() + " has a question");
      assertFalse(item.gold().isBlank(), item.id() + " has a right answer");
    }
  }

  @Test
  void anErrorIsForThePersonWhoGaveTheData() {
    InputException error =
        assertThrows(InputException.class, () -> broken().items(Part.TRAIN).items());
    assertTrue(
        String.valueOf(error.getMessage()).contains(brokenPlace()),
        "names " + brokenPlace() + ", found: " + error.getMessage());
  }

  private static Set<String> ids(VqaDataset items) {
    Set<String> ids = new HashSet<>();
    items.items().forEach(item -> ids.add(item.id()));
    return ids;
  }

  /** What counts of items; images in memory need not be the same objects. */
  private static List<String> shown(VqaDataset items) {
    return items.items().stream()
        .map(
            item ->
                List.of(
                        item.id(),
                        item.images().stream().map(VqaImage::name).toList(),
                        item.problem(),
                        item.solution(),
                        item.options(),
                        item.answerKind(),
                        item.labels())
                    .toString())
        .toList();
  }
}
