package ai.medr1.core.image;

import ai.medr1.core.InputException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads image files: PNG, JPEG (baseline, progressive, gray, CMYK), TIFF (its first page), BMP. The
 * content decides about the format, not the name.
 *
 * <p>Levels are those of the file: no colour profile and no gamma is applied, 16-bit gray is
 * clipped at 255 and other 16-bit samples keep their high byte, all as Pillow does. A file that is
 * damaged or cut short is refused rather than filled with gray.
 */
public final class Images {
  /** The most pixels that a file may declare: where Pillow, too, takes it for a bomb. */
  static final long MAX_PIXELS = 178_956_970;

  private static final long MAX_FILE_BYTES = 1L << 30;

  private Images() {}

  /**
   * Reads an image upright, the way chat pipelines do: {@link DecodeMode#LOAD_IMAGE}. A photograph
   * that its camera marked as turned is shown to the model as a person sees it.
   *
   * @throws InputException when the file cannot be read, is no image, is damaged or too large
   */
  public static RgbImage read(Path file) {
    return read(file, DecodeMode.LOAD_IMAGE);
  }

  /**
   * Reads an image.
   *
   * @throws InputException when the file cannot be read, is no image, is damaged or too large
   */
  public static RgbImage read(Path file, DecodeMode mode) {
    return read(bytes(file), file.toString(), mode);
  }

  /**
   * Reads an image that is in memory, upright, as {@link #read(Path)} reads a file.
   *
   * @param file the bytes that a file would have
   * @param name what messages call the image
   * @throws InputException when it is no image, is damaged or too large
   */
  public static RgbImage read(byte[] file, String name) {
    return read(file, name, DecodeMode.LOAD_IMAGE);
  }

  /**
   * Reads an image that is in memory.
   *
   * @param file the bytes that a file would have
   * @param name what messages call the image
   * @throws InputException when it is no image, is damaged or too large
   */
  public static RgbImage read(byte[] file, String name, DecodeMode mode) {
    ImageFormat format =
        ImageFormat.of(file)
            .orElseThrow(() -> new InputException(refusal(name, "another kind of file")));
    try {
      return decode(file, format, mode);
    } catch (IOException | RuntimeException e) {
      // Decoders answer damaged files with any kind of runtime exception.
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new InputException(
          refusal(name, "a " + format + " file that does not decode: " + reason), e);
    }
  }

  /**
   * The levels of a picture that a program holds in memory. An alpha channel is dropped; of a
   * picture with more than 8 bits a sample, the same becomes as of such a file.
   *
   * @throws InputException when its samples are of a kind that is not read from files either
   */
  public static RgbImage of(BufferedImage image) {
    try {
      return Pixels.rgb(image, true);
    } catch (IOException e) {
      throw new InputException("cannot read an image in memory: " + e.getMessage(), e);
    }
  }

  /**
   * The size of an image as its header tells it, upright or not, without decoding it.
   *
   * @throws InputException when the file cannot be read or is no image
   */
  public static SmartResize.Size size(Path file) {
    try (ImageInputStream input = new FileImageInputStream(file.toFile())) {
      return size(input);
    } catch (IOException | RuntimeException e) {
      throw new InputException(refusal(file.toString(), "no image with a header (" + e + ")"), e);
    }
  }

  /**
   * The size of an image that is in memory, as {@link #size(Path)} tells it of a file.
   *
   * @param file the bytes that a file would have
   * @param name what messages call the image
   * @throws InputException when it is no image
   */
  public static SmartResize.Size size(byte[] file, String name) {
    try (ImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      return size(input);
    } catch (IOException | RuntimeException e) {
      throw new InputException(refusal(name, "no image with a header (" + e + ")"), e);
    }
  }

  private static SmartResize.Size size(ImageInputStream input) throws IOException {
    ImageReader reader = reader(input);
    try {
      reader.setInput(input, true, true);
      checkSize(reader.getWidth(0), reader.getHeight(0));
      return new SmartResize.Size(reader.getHeight(0), reader.getWidth(0));
    } finally {
      reader.dispose();
    }
  }

  private static String refusal(String file, String found) {
    return "cannot read image "
        + file
        + ": expected a complete PNG, JPEG, TIFF or BMP image of at most "
        + MAX_PIXELS
        + " pixels, found "
        + found
        + "; copy the file again, convert it with an image program, or leave it out";
  }

  private static byte[] bytes(Path file) {
    try {
      long size = Files.size(file);
      if (size > MAX_FILE_BYTES) {
        throw new InputException(
            refusal(file.toString(), size + " bytes, which is more than " + MAX_FILE_BYTES));
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new InputException(refusal(file.toString(), "no readable file (" + e + ")"), e);
    }
  }

  private static RgbImage decode(byte[] bytes, ImageFormat format, DecodeMode mode)
      throws IOException {
    boolean upright = mode == DecodeMode.LOAD_IMAGE;
    return switch (format) {
      case JPEG -> {
        JpegHeader header = JpegHeader.of(bytes);
        RgbImage image = read(bytes, reader -> Jpeg.decode(reader, header));
        yield upright ? Orientation.turn(image, header.orientation()) : image;
      }
      case PNG -> {
        PngHeader header = PngHeader.of(bytes);
        boolean dropAlpha = upright && !header.colorKey();
        RgbImage image = read(bytes, reader -> Pixels.rgb(reader.read(0), dropAlpha));
        yield upright ? Orientation.turn(image, header.orientation()) : image;
      }
      case TIFF -> {
        // Pillow applies the orientation of a TIFF when it loads it, so it counts in both modes.
        RgbImage image = read(bytes, reader -> Pixels.rgb(reader.read(0), upright));
        yield Orientation.turn(image, Orientation.ofTiff(bytes, 0, bytes.length));
      }
      case BMP -> read(bytes, reader -> Pixels.rgb(reader.read(0), true));
    };
  }

  private interface Decoding {
    RgbImage decode(ImageReader reader) throws IOException;
  }

  private static RgbImage read(byte[] bytes, Decoding decoding) throws IOException {
    try (ImageInputStream input =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      ImageReader reader = reader(input);
      try {
        reader.setInput(input, true, true);
        checkSize(reader.getWidth(0), reader.getHeight(0));
        return decoding.decode(reader);
      } finally {
        reader.dispose();
      }
    }
  }

  private static ImageReader reader(ImageInputStream input) throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReaders(input);
    if (!readers.hasNext()) {
      throw new IOException("no decoder knows this variant");
    }
    return readers.next();
  }

  /** The header's word, checked before the pixels take memory. */
  private static void checkSize(long width, long height) throws IOException {
    if (width < 1 || height < 1 || width * height > MAX_PIXELS) {
      throw new IOException("its header declares " + width + "x" + height + " pixels");
    }
  }
}
