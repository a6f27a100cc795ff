package ai.medr1.grpo.reward;

import ai.medr1.data.VqaItem;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

final class Items {
  private Items() {}

  static VqaItem withSolution(String solution) {
    return new VqaItem(
        "test.json#0",
        "a.png",
        Path.of("images", "a.png"),
        "What is it? A) CT, B) MRI",
        solution,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        new VqaItem.Source(Path.of("test.json"), 0));
  }
}
