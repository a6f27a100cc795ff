package ai.medr1.report;

import ai.medr1.core.InputException;
import ai.medr1.core.image.Images;
import ai.medr1.core.image.RgbImage;
import java.awt.Graphics2D;
import java.awt.Image;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.imageio.ImageIO;

/** Small copies of images that a page holds within itself. */
final class Thumbnails {
  private static final int SIDE = 224;
  private static final int LARGEST_PNG = 30_000;

  private Thumbnails() {}

  /** A data URI; empty where the image cannot be read. */
  static Optional<String> dataUri(Path image) {
    try {
      return Optional.of(encoded(shrunk(Images.read(image))));
    } catch (InputException e) {
      return Optional.empty();
    }
  }

  private static String encoded(BufferedImage image) {
    byte[] png = bytes(image, "png");
    boolean small = png.length <= LARGEST_PNG;
    byte[] chosen = small ? png : bytes(image, "jpeg");
    return "data:image/%s;base64,%s"
        .formatted(small ? "png" : "jpeg", Base64.getEncoder().encodeToString(chosen));
  }

  private static BufferedImage shrunk(RgbImage image) {
    double scale = Math.min(1, SIDE / (double) Math.max(image.width(), image.height()));
    int width = Math.max(1, (int) Math.round(scale * image.width()));
    int height = Math.max(1, (int) Math.round(scale * image.height()));
    BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = small.createGraphics();
    canvas.drawImage(
        buffered(image).getScaledInstance(width, height, Image.SCALE_AREA_AVERAGING), 0, 0, null);
    canvas.dispose();
    return small;
  }

  private static BufferedImage buffered(RgbImage image) {
    BufferedImage all =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    int[] samples = new int[image.rgb().length];
    Arrays.setAll(samples, i -> image.rgb()[i] & 0xFF);
    all.getRaster().setPixels(0, 0, image.width(), image.height(), samples);
    return all;
  }

  private static byte[] bytes(BufferedImage image, String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, format, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
