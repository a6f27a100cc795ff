package ai.medr1.data.phantom;

import ai.medr1.core.image.RgbImage;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes pictures in the format that a file name asks for; gray ones with one channel. */
final class ImageFormat {
  private ImageFormat() {}

  /** The bytes of a file of this name; PNG where the ending says nothing. */
  static byte[] encode(RgbImage image, String fileName) {
    String format = format(fileName);
    Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName(format);
    if (!writers.hasNext()) {
      throw new IllegalStateException("this Java has no writer for " + format + " images");
    }
    ImageWriter writer = writers.next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(buffered(image), null, null), settings(writer, format));
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does not fail", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** PNG with little compression: grain hardly shrinks, and large sets are drawn at once. */
  private static ImageWriteParam settings(ImageWriter writer, String format) {
    ImageWriteParam settings = writer.getDefaultWriteParam();
    if (format.equals("png")) {
      settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      settings.setCompressionQuality(0.9f);
    }
    return settings;
  }

  private static String format(String fileName) {
    String ending = fileName.substring(fileName.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return switch (ending) {
      case "jpg", "jpeg" -> "jpeg";
      case "tif", "tiff" -> "tiff";
      case "bmp" -> "bmp";
      default -> "png";
    };
  }

  private static BufferedImage buffered(RgbImage image) {
    byte[] rgb = image.rgb();
    boolean gray = isGray(rgb);
    int type = gray ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR;
    BufferedImage buffered = new BufferedImage(image.width(), image.height(), type);
    byte[] out = ((DataBufferByte) buffered.getRaster().getDataBuffer()).getData();
    for (int i = 0; i < out.length; i++) {
      out[i] = gray ? rgb[3 * i] : rgb[i - i % 3 + 2 - i % 3];
    }
    return buffered;
  }

  private static boolean isGray(byte[] rgb) {
    for (int i = 0; i < rgb.length; i += 3) {
      if (rgb[i] != rgb[i + 1] || rgb[i] != rgb[i + 2]) {
        return false;
      }
    }
    return true;
  }
}
