package ai.medr1.data.phantom;

import ai.medr1.core.AtomicFile;
import ai.medr1.core.InputException;
import ai.medr1.data.Modality;
import ai.medr1.data.SeededRandom;
import ai.medr1.data.VqaDataset;
import ai.medr1.data.VqaItem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Draws a phantom in the place of every image that a data set names, so that real questions can run
 * where the images are not at hand. What is drawn has nothing to do with the answers.
 */
public final class StandIns {
  private static final Modality OTHERWISE = Modality.MRI;

  /** Parts of file names that tell the anatomy. */
  private static final Map<String, String> HINTS =
      Map.of("lung", "Chest", "covid", "Chest", "corona", "Chest", "knee", "Knee", "mura", "Hand");

  private StandIns() {}

  /**
   * What was done.
   *
   * @param drawn new images
   * @param kept images that were there already and were left alone
   * @param guessed images of no known modality among the drawn
   */
  public record Result(int drawn, int kept, int guessed) {}

  /** An image to draw. */
  private record Order(Path file, String name, Optional<Modality> modality) {}

  /**
   * Draws what is missing. An image depends on its name and its modality alone.
   *
   * @param root the folder that the images' names are relative to
   * @param size width and height in pixels
   * @throws InputException naming the item, before anything is drawn, if an image would lie outside
   *     of the root
   */
  public static Result draw(VqaDataset data, Path root, int size) {
    Map<Path, Order> orders = new LinkedHashMap<>();
    for (VqaItem item : data.items()) {
      Path file = place(item, root);
      orders.merge(file, new Order(file, item.imageName(), item.modality()), StandIns::better);
    }
    List<Order> missing =
        orders.values().stream()
            .filter(order -> !Files.exists(order.file(), LinkOption.NOFOLLOW_LINKS))
            .toList();
    missing.parallelStream().forEach(order -> draw(order, size));
    long guessed = missing.stream().filter(order -> modality(order).isEmpty()).count();
    return new Result(missing.size(), orders.size() - missing.size(), (int) guessed);
  }

  private static Order better(Order first, Order second) {
    return first.modality().isPresent() ? first : second;
  }

  private static Path place(VqaItem item, Path root) {
    Path base = root.toAbsolutePath().normalize();
    Path name = Path.of(item.imageName());
    Path file = base.resolve(name).normalize();
    if (name.isAbsolute() || !file.startsWith(base) || file.equals(base) || climbs(name)) {
      throw new InputException(
          item.source()
              + ": the image '"
              + item.imageName()
              + "' would lie outside of "
              + root
              + "; names must be relative and without '..'");
    }
    return file;
  }

  private static boolean climbs(Path name) {
    for (Path part : name) {
      if (part.toString().equals("..")) {
        return true;
      }
    }
    return false;
  }

  private static void draw(Order order, int size) {
    Painter painter = Painters.of(modality(order).orElse(OTHERWISE));
    SeededRandom random = new SeededRandom(0).split(order.name());
    String anatomy =
        hinted(painter, order.name()).orElseGet(() -> random.pick(painter.anatomy().values()));
    Scene scene = Phantom.any(painter, anatomy, random);
    Canvas canvas = painter.paint(scene, size, random);
    AtomicFile.write(order.file(), ImageFormat.encode(canvas.image(), order.name()));
  }

  private static Optional<Modality> modality(Order order) {
    return order.modality().or(() -> Modality.of(order.name()));
  }

  private static Optional<String> hinted(Painter painter, String imageName) {
    String name = imageName.toLowerCase(Locale.ROOT);
    return painter.anatomy().values().stream().filter(value -> tells(name, value)).findFirst();
  }

  private static boolean tells(String name, String anatomy) {
    return name.contains(anatomy.toLowerCase(Locale.ROOT))
        || HINTS.entrySet().stream()
            .anyMatch(hint -> name.contains(hint.getKey()) && hint.getValue().equals(anatomy));
  }
}
