package ai.medr1.eval;

import ai.medr1.data.Choices;
import ai.medr1.data.VqaItem;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** The golden models that are complete, and questions of different lengths to ask them. */
final class Goldens {
  private Goldens() {}

  static Stream<Path> models() throws IOException {
    try (var all = Files.list(Path.of(System.getProperty("medr1.parity"), "models"))) {
      return all
          .filter(m -> Files.exists(m.resolve("preprocessor_config.json")))
          .filter(m -> Files.exists(m.resolve("model.safetensors")))
          .sorted()
          .toList()
          .stream();
    }
  }

  static List<VqaItem> items(Path folder, int count) throws IOException {
    List<VqaItem> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Path image = folder.resolve(i + ".png");
      int side = 40 + 30 * i;
      ImageIO.write(
          new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB), "png", image.toFile());
      items.add(item(i, image, "What is it?" + " Look again.".repeat(count - i)));
    }
    return items;
  }

  static VqaItem item(int i, Path image, String question) {
    String problem = question + " A)CT, B)MRI, C)OCT";
    return new VqaItem(
        String.valueOf(i),
        i + ".png",
        image,
        problem,
        "<answer> A </answer>",
        Choices.parse(problem).options(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        new VqaItem.Source(Path.of("test.json"), i));
  }
}
