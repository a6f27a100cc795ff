package ai.medr1.examples.shell;

import ai.medr1.data.VqaItem;
import java.nio.file.Path;
import java.util.List;

/**
 * Questions to train on, and others to test on.
 *
 * @param path where they lie
 */
public record Data(Path path, List<VqaItem> train, List<VqaItem> test) {
  public Data {
    train = List.copyOf(train);
    test = List.copyOf(test);
  }

  @Override
  public String toString() {
    return "%d items to train on, %d to test on, in %s".formatted(train.size(), test.size(), path);
  }
}
