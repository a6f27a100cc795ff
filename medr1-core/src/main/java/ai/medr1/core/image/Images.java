package ai.medr1.core.image;

import ai.medr1.core.FileKind;
import ai.medr1.core.InputException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads image files: PNG, JPEG, GIF and WebP (the first frame), TIFF (the first page), BMP, JPEG
 * 2000 and DICOM (the first frame or a chosen one). The content decides about the format, not the
 * name.
 *
 * <p>Levels are those of the file: no colour profile and no gamma is applied, 16-bit gray is
 * clipped at 255 and other 16-bit samples keep their high byte, all as Pillow does. What becomes of
 * the wider range of a DICOM file is told at {@link DicomLevels}. A file that is damaged or cut
 * short is refused rather than filled with gray.
 */
public final class Images {
  /** The most pixels that a file may declare: where Pillow, too, takes it for a bomb. */
  static final long MAX_PIXELS = 178_956_970;

  private static final long MAX_FILE_BYTES = 1L << 30;

  /** Bytes of a file that are read for its size. */
  private static final int HEAD_BYTES = 1 << 18;

  /** The name of a file and, counted from 1, a frame of it. */
  private static final Pattern FRAME = Pattern.compile("(.+)#([1-9][0-9]{0,5})");

  private static final int FIRST = 0;

  /** Levels of one sample, whole numbers and floating-point ones. */
  private static final Set<String> GRAY = Set.of("L", "F");

  /** Pictures that another program has to make an image of. */
  private static final Set<FileKind> CONVERTED =
      EnumSet.of(
          FileKind.TIFF,
          FileKind.JPEG_XL,
          FileKind.HEIF,
          FileKind.PHOTOSHOP,
          FileKind.NETPBM,
          FileKind.ICON,
          FileKind.SVG,
          FileKind.PDF,
          FileKind.NIFTI,
          FileKind.NUMPY,
          FileKind.VIDEO);

  private static final String CONVERT = "convert it to PNG with an image program, or leave it out";

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
  public static RgbImage read(Path image, DecodeMode mode) {
    Path file = file(image);
    return read(bytes(file), image.toString(), mode, frame(image, file));
  }

  /**
   * The file that holds an image. Behind a file's name, {@code #3} asks for the third frame of a
   * DICOM file: {@code cine.dcm#3}; where there is a file of that very name, it is meant.
   */
  public static Path file(Path image) {
    Matcher name = FRAME.matcher(image.toString());
    return name.matches() && !Files.exists(image) ? Path.of(name.group(1)) : image;
  }

  private static int frame(Path image, Path file) {
    if (image.equals(file)) {
      return FIRST;
    }
    Matcher name = FRAME.matcher(image.toString());
    return name.matches() ? Integer.parseInt(name.group(2)) - 1 : FIRST;
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
    return read(file, name, mode, FIRST);
  }

  private static RgbImage read(byte[] file, String name, DecodeMode mode, int frame) {
    ImageFormat format = ImageFormat.of(file).orElseThrow(() -> noImage(file, name));
    try {
      return decode(file, format, mode, frame);
    } catch (IOException | RuntimeException e) {
      // Decoders answer damaged files with any kind of runtime exception.
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new InputException(
          refusal(name, "a " + format.title() + " file that does not decode: " + reason), e);
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
      return Pixels.picture(image).toRgb(DecodeMode.LOAD_IMAGE);
    } catch (IOException e) {
      throw new InputException("cannot read an image in memory: " + e.getMessage(), e);
    }
  }

  /**
   * The size of an image, upright, as its header tells it, without decoding it.
   *
   * @throws InputException when the file cannot be read or is no image
   */
  public static SmartResize.Size size(Path image) {
    Path file = file(image);
    byte[] head = head(file);
    ImageFormat format = ImageFormat.of(head).orElseThrow(() -> noImage(head, image.toString()));
    try {
      return size(head, format);
    } catch (IOException | RuntimeException e) {
      if (head.length < HEAD_BYTES) {
        throw noHeader(image.toString(), e);
      }
      // Some formats keep what tells the size at their end.
      return size(bytes(file), image.toString());
    }
  }

  /**
   * What the header of an image tells, without decoding it.
   *
   * @throws InputException when the file cannot be read or is no image
   */
  public static ImageInfo info(Path image) {
    Path path = file(image);
    byte[] file = bytes(path);
    SmartResize.Size upright = size(file, path.toString());
    try {
      ImageFormat format =
          ImageFormat.of(file).orElseThrow(() -> new IOException("another kind of file"));
      ImageInfo.Samples samples = samples(file, format);
      return new ImageInfo(
          format.name().replace("_", ""),
          upright.width(),
          upright.height(),
          samples.mode(),
          samples.bits(),
          orientation(file, format));
    } catch (IOException | RuntimeException e) {
      throw noHeader(path.toString(), e);
    }
  }

  private static ImageInfo.Samples samples(byte[] file, ImageFormat format) throws IOException {
    return switch (format) {
      case JPEG -> JpegHeader.of(file).samples();
      case PNG -> Png.samples(file);
      case GIF -> new ImageInfo.Samples("P", 8);
      case WEBP -> WebP.samples(file);
      case TIFF -> Tiff.samples(file);
      case BMP -> Bmp.samples(file);
      case JPEG_2000 -> Jpeg2000.samples(file);
      case DICOM -> Dicom.samples(file);
    };
  }

  /**
   * The size of an image that is in memory, as {@link #size(Path)} tells it of a file.
   *
   * @param file the bytes that a file would have
   * @param name what messages call the image
   * @throws InputException when it is no image
   */
  public static SmartResize.Size size(byte[] file, String name) {
    ImageFormat format = ImageFormat.of(file).orElseThrow(() -> noImage(file, name));
    try {
      return size(file, format);
    } catch (IOException | RuntimeException e) {
      throw noHeader(name, e);
    }
  }

  /**
   * Whether most of what a model sees of an image is white merely because its levels of gray go
   * beyond 255, where they are clipped: the file has more than 8 bits a sample, and more than half
   * of the pixels are white. A file whose header tells 8 bits is not decoded.
   *
   * @throws InputException when the file cannot be read, is no image, is damaged or too large
   */
  public static boolean isClipped(Path image) {
    Path file = file(image);
    byte[] head = head(file);
    ImageFormat format = ImageFormat.of(head).orElseThrow(() -> noImage(head, image.toString()));
    try {
      if (!isDeepGray(head, format)) {
        return false;
      }
    } catch (IOException | RuntimeException e) {
      // Some formats keep what tells the depth at their end.
      return isClipped(bytes(file), image.toString());
    }
    return isMostlyWhite(read(image));
  }

  /**
   * Whether an image that is in memory is clipped, as {@link #isClipped(Path)} tells it of a file.
   *
   * @param file the bytes that a file would have
   * @param name what messages call the image
   * @throws InputException when it is no image, is damaged or too large
   */
  public static boolean isClipped(byte[] file, String name) {
    ImageFormat format = ImageFormat.of(file).orElseThrow(() -> noImage(file, name));
    try {
      return isDeepGray(file, format) && isMostlyWhite(read(file, name));
    } catch (IOException | IndexOutOfBoundsException e) {
      throw noHeader(name, e);
    }
  }

  /**
   * Whether a picture that a program holds in memory is clipped, as {@link #isClipped(Path)} tells
   * it of a file.
   */
  public static boolean isClipped(BufferedImage image) {
    return image.getRaster().getNumBands() == 1
        && image.getColorModel().getComponentSize(0) > 8
        && isMostlyWhite(of(image));
  }

  /** Others keep their high bits, and DICOM's levels are put to a window. */
  private static boolean isDeepGray(byte[] file, ImageFormat format) throws IOException {
    ImageInfo.Samples samples = samples(file, format);
    return format != ImageFormat.DICOM && GRAY.contains(samples.mode()) && samples.bits() > 8;
  }

  private static boolean isMostlyWhite(RgbImage image) {
    byte[] rgb = image.rgb();
    long white = 0;
    for (int at = 0; at < rgb.length; at += 3) {
      if ((rgb[at] & rgb[at + 1] & rgb[at + 2]) == -1) {
        white++;
      }
    }
    return 2 * white > rgb.length / 3;
  }

  private static InputException noHeader(String name, Exception e) {
    return new InputException(refusal(name, "no image with a header (" + e + ")"), e);
  }

  private static InputException noImage(byte[] file, String name) {
    FileKind kind = FileKind.of(Arrays.copyOf(file, Math.min(file.length, FileKind.HEAD_BYTES)));
    String remedy = CONVERTED.contains(kind) ? CONVERT : kind.remedy();
    return new InputException(expected(name) + kind.title() + "; " + remedy);
  }

  private static SmartResize.Size size(byte[] file, ImageFormat format) throws IOException {
    SmartResize.Size stored = storedSize(file, format);
    checkSize(stored.width(), stored.height());
    return Orientation.swaps(orientation(file, format))
        ? new SmartResize.Size(/* height= */ stored.width(), /* width= */ stored.height())
        : stored;
  }

  private static byte[] head(Path file) {
    try (InputStream input = Files.newInputStream(file)) {
      return input.readNBytes(HEAD_BYTES);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static String refusal(String file, String found) {
    return expected(file)
        + found
        + "; copy the file again, convert it with an image program, or leave it out";
  }

  private static String expected(String file) {
    return "cannot read image "
        + file
        + ": expected a complete PNG, JPEG, GIF, WebP, TIFF, BMP, JPEG 2000 or DICOM image of at"
        + " most "
        + MAX_PIXELS
        + " pixels, found ";
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
      throw unreadable(file, e);
    }
  }

  private static InputException unreadable(Path file, IOException e) {
    return new InputException(refusal(file.toString(), "no readable file (" + e + ")"), e);
  }

  private static RgbImage decode(byte[] file, ImageFormat format, DecodeMode mode, int frame)
      throws IOException {
    if (frame != FIRST && format != ImageFormat.DICOM) {
      throw new IOException("frames can be chosen of DICOM files alone");
    }
    SmartResize.Size size = storedSize(file, format);
    checkSize(size.width(), size.height());
    Decoded decoded =
        switch (format) {
          case JPEG -> Jpeg.decode(file);
          case PNG -> Png.decode(file);
          case GIF -> Gif.decode(file);
          case WEBP -> WebP.decode(file);
          case TIFF -> Tiff.decode(file);
          case BMP -> Bmp.decode(file);
          case JPEG_2000 -> Jpeg2000.decode(file);
          case DICOM -> Dicom.decode(file, frame);
        };
    // Pillow applies the orientation of a TIFF when it loads it, so it counts in both modes.
    boolean upright = mode == DecodeMode.LOAD_IMAGE || format == ImageFormat.TIFF;
    RgbImage image = decoded.picture().toRgb(mode);
    return upright ? Orientation.turn(image, decoded.orientation()) : image;
  }

  private static SmartResize.Size storedSize(byte[] file, ImageFormat format) throws IOException {
    return switch (format) {
      case JPEG -> JpegHeader.of(file).size();
      case PNG -> Png.size(file);
      case GIF -> Gif.size(file);
      case WEBP -> WebP.size(file);
      case TIFF -> Tiff.size(file);
      case BMP -> Bmp.size(file);
      case JPEG_2000 -> Jpeg2000.size(file);
      case DICOM -> Dicom.size(file);
    };
  }

  private static int orientation(byte[] file, ImageFormat format) throws IOException {
    return switch (format) {
      case JPEG -> JpegHeader.of(file).orientation();
      case PNG -> Png.orientation(file);
      case WEBP -> WebP.orientation(file);
      case TIFF -> Tiff.orientation(file);
      case GIF, BMP, JPEG_2000, DICOM -> 1;
    };
  }

  /** What a decoder of the platform makes of a file. */
  interface Decoding<T> {
    T decode(ImageReader reader) throws IOException;
  }

  /** Lends a decoder for the format of {@code file}. */
  static <T> T withReader(byte[] file, Decoding<T> decoding) throws IOException {
    try (ImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
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
