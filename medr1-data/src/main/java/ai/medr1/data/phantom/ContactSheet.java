package ai.medr1.data.phantom;

import ai.medr1.core.AtomicFile;
import ai.medr1.core.image.RgbImage;
import ai.medr1.data.Modality;
import ai.medr1.data.SeededRandom;
import ai.medr1.data.Task;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Phantoms side by side, to be looked at: a row for each modality. */
public final class ContactSheet {
  private static final int GAP = 4;

  private ContactSheet() {}

  /**
   * Writes a sheet: rows in the order of {@link Modality}, and in each row this many images of
   * every task, in the order of {@link Task}.
   *
   * @param file its ending says the format
   * @param imageSize the side of each image in pixels
   */
  public static void write(Path file, long seed, int imageSize, int perTask) {
    List<Modality> modalities = List.of(Modality.values());
    List<Task> tasks = List.of(Task.values());
    int columns = tasks.size() * perTask;
    int step = imageSize + GAP;
    int width = columns * step + GAP;
    int height = modalities.size() * step + GAP;
    byte[] rgb = new byte[Math.multiplyExact(3 * width, height)];
    Arrays.fill(rgb, (byte) 0xFF);
    for (int row = 0; row < modalities.size(); row++) {
      Modality modality = modalities.get(row);
      for (int column = 0; column < columns; column++) {
        Task task = tasks.get(column / perTask);
        SeededRandom random = new SeededRandom(seed).split(modality.name()).split(column);
        RgbImage image = Phantom.draw(modality, task, imageSize, random).image();
        int at = (GAP + row * step) * width + GAP + column * step;
        paste(image, rgb, at, width);
      }
    }
    AtomicFile.write(file, ImageFormat.encode(new RgbImage(width, height, rgb), file.toString()));
  }

  private static void paste(RgbImage image, byte[] rgb, int at, int width) {
    for (int y = 0; y < image.height(); y++) {
      System.arraycopy(
          image.rgb(), 3 * y * image.width(), rgb, 3 * (at + y * width), 3 * image.width());
    }
  }
}
