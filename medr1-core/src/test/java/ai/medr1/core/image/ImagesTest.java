package ai.medr1.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BandedSampleModel;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Formats, orientations and broken files, made here; levels against the reference are elsewhere.
 */
class ImagesTest {
  @TempDir Path dir;

  private static BufferedImage noise(int width, int height) {
    Random random = new Random(11);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, random.nextInt());
      }
    }
    return image;
  }

  private static byte[] encode(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, bytes)).isTrue();
    return bytes.toByteArray();
  }

  private Path write(byte[] bytes, String name) throws IOException {
    return Files.write(dir.resolve(name), bytes);
  }

  private static byte[] rgb(BufferedImage image) {
    byte[] rgb = new byte[3 * image.getWidth() * image.getHeight()];
    for (int i = 0; i < rgb.length; i++) {
      int pixel = image.getRGB(i / 3 % image.getWidth(), i / 3 / image.getWidth());
      rgb[i] = (byte) (pixel >> (16 - i % 3 * 8));
    }
    return rgb;
  }

  private void assertRefused(byte[] bytes, String name, String found) throws IOException {
    Path file = write(bytes, name);
    assertThatThrownBy(() -> Images.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(name)
        .hasMessageContaining("expected")
        .hasMessageContaining(found)
        .hasMessageContaining("copy the file again");
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "tiff"})
  void readsLosslessFormatsWhateverTheName(String format) throws IOException {
    BufferedImage image = noise(23, 17);
    for (DecodeMode mode : DecodeMode.values()) {
      RgbImage read = Images.read(write(encode(image, format), "picture.dat"), mode);
      assertThat(read.width()).isEqualTo(23);
      assertThat(read.height()).isEqualTo(17);
      assertThat(read.rgb()).isEqualTo(rgb(image));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "bmp", "tiff"})
  void tellsTheSizeByTheHeader(String format) throws IOException {
    Path file = write(encode(noise(23, 17), format), "picture.dat");
    assertThat(Images.size(file)).isEqualTo(new SmartResize.Size(17, 23));
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "bmp", "tiff"})
  void readsFromMemoryWhatItReadsFromAFile(String format) throws IOException {
    byte[] bytes = encode(noise(23, 17), format);
    Path file = write(bytes, "picture.dat");
    assertThat(Images.size(bytes, "row 3")).isEqualTo(Images.size(file));
    assertThat(Images.read(bytes, "row 3").rgb()).isEqualTo(Images.read(file).rgb());
    byte[] cut = Arrays.copyOf(bytes, bytes.length / 2);
    assertThatThrownBy(() -> Images.read(cut, "row 3"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("row 3");
    assertThatThrownBy(() -> Images.size(new byte[7], "row 3"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("row 3");
  }

  @Test
  void takesAPictureOfAProgram() {
    BufferedImage image = noise(23, 17);
    assertThat(Images.of(image).rgb()).isEqualTo(rgb(image));
  }

  @Test
  void aFileWithoutAHeaderHasNoSize() throws IOException {
    for (byte[] bytes : new byte[][] {{}, {1, 2, 3}, {-1, -40, -1}}) {
      Path file = write(bytes, "empty.png");
      assertThatThrownBy(() -> Images.size(file))
          .isInstanceOf(InputException.class)
          .hasMessageContainingAll("empty.png", "found ");
    }
    assertThatThrownBy(() -> Images.size(dir.resolve("nowhere.png")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("nowhere.png");
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "bmp", "tiff"})
  void refusesFilesCutShort(String format) throws IOException {
    byte[] whole = encode(noise(64, 48), format);
    for (double share : new double[] {0.02, 0.3, 0.6, 0.95}) {
      byte[] cut = Arrays.copyOf(whole, (int) (whole.length * share));
      assertRefused(cut, "cut-at-" + share + "." + format, "found");
    }
  }

  @Test
  void refusesAProgressiveJpegCutShort() throws IOException {
    var writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    var settings = writer.getDefaultWriteParam();
    settings.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (var output = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(output);
      writer.write(null, new IIOImage(noise(64, 48), null, null), settings);
    } finally {
      writer.dispose();
    }
    byte[] whole = bytes.toByteArray();
    assertThat(Images.read(write(whole, "whole.jpg")).width()).isEqualTo(64);
    assertRefused(Arrays.copyOf(whole, whole.length * 2 / 3), "cut.jpg", "JPEG");
  }

  @Test
  void refusesAJpegWithoutItsEnd() throws IOException {
    byte[] whole = encode(noise(64, 48), "jpg");
    assertRefused(Arrays.copyOf(whole, whole.length - 2), "no-eoi.jpg", "JPEG");
  }

  @Test
  void ignoresBytesAfterTheEndOfAJpeg() throws IOException {
    byte[] whole = encode(noise(64, 48), "jpg");
    RgbImage expected = Images.read(write(whole, "whole.jpg"));
    RgbImage found = Images.read(write(Arrays.copyOf(whole, whole.length + 9), "tail.jpg"));
    assertThat(found.rgb()).isEqualTo(expected.rgb());
  }

  @Test
  void refusesFloatingPointSamples() {
    var layout = new BandedSampleModel(DataBuffer.TYPE_FLOAT, 4, 4, 1);
    var gray = ColorSpace.getInstance(ColorSpace.CS_GRAY);
    var model =
        new ComponentColorModel(gray, false, false, Transparency.OPAQUE, DataBuffer.TYPE_FLOAT);
    var raster = Raster.createWritableRaster(layout, null);
    assertThatThrownBy(() -> Pixels.picture(new BufferedImage(model, raster, false, null)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("floating-point");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "200, 200", "255, 255", "256, 255", "65535, 255"})
  void clipsGrayOf16Bits(int level, int expected) throws IOException {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
    image.getRaster().setSample(1, 0, 0, level);
    byte[] rgb = Images.read(write(encode(image, "png"), "gray16.png")).rgb();
    assertThat(rgb).containsExactly(0, 0, 0, expected, expected, expected);
  }

  @ParameterizedTest
  @CsvSource({"OPEN, 0, 255", "OPEN, 255, 40", "OPEN, 128, 147", "LOAD_IMAGE, 0, 40"})
  void compositesOrDropsAlpha(DecodeMode mode, int alpha, int expected) throws IOException {
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_4BYTE_ABGR);
    image.setRGB(0, 0, (alpha << 24) | 0x282828);
    byte[] rgb = Images.read(write(encode(image, "png"), "alpha.png"), mode).rgb();
    assertThat(rgb).containsExactly(expected, expected, expected);
  }

  @Test
  void refusesAFlippedBitInAPng() throws IOException {
    byte[] png = encode(noise(20, 20), "png");
    png[png.length / 2] ^= 4;
    assertRefused(png, "flipped.png", "checksum");
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private void assertNoImage(byte[] bytes, String found, String remedy) throws IOException {
    Path file = write(bytes, "picture.png");
    assertThatThrownBy(() -> Images.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("picture.png", "found " + found + "; ", remedy);
    assertThatThrownBy(() -> Images.size(file))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("picture.png", "found " + found + "; ", remedy);
  }

  @Test
  void refusesWhatIsNoImage() throws IOException {
    String pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n";
    assertNoImage(new byte[0], "an empty file", "download or copy the file again");
    assertNoImage(text("<html>not found</html>"), "an HTML page", "copy the file again");
    assertNoImage(text(pointer), "a Git LFS pointer", "git lfs pull");
    assertNoImage(text("<svg xmlns='x'/>"), "an SVG drawing", "convert it");
    assertNoImage(text("%PDF-1.7"), "a PDF document", "convert it");
    assertNoImage(text("8BPS\0\1"), "a Photoshop document", "convert it");
    assertNoImage(text("PK\u0003\u0004zip"), "a zip archive", "unpack it");
    assertNoImage(text("\0\0\0\u0018ftypheic"), "a HEIF or AVIF image", "convert it");
    byte[] nifti = new byte[400];
    System.arraycopy(text("n+1\0"), 0, nifti, 344, 4);
    nifti[0] = 92;
    assertNoImage(nifti, "a NIfTI volume", "convert it");
    assertThatThrownBy(() -> Images.read(dir.resolve("absent.png")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("absent.png");
    assertThatThrownBy(() -> Images.read(dir)).isInstanceOf(InputException.class);
  }

  @Test
  void refusesABombByItsHeader() throws IOException {
    byte[] png = encode(noise(2, 2), "png");
    ByteBuffer.wrap(png).putInt(16, 1_000_000).putInt(20, 1_000_000);
    CRC32 crc = new CRC32();
    crc.update(png, 12, 17);
    ByteBuffer.wrap(png).putInt(29, (int) crc.getValue());
    assertRefused(png, "bomb.png", "1000000x1000000");
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void anyDamageGivesAnImageOrAnInputException(long seed) throws IOException {
    Random random = new Random(seed);
    for (String format : new String[] {"png", "jpg", "bmp", "tiff"}) {
      byte[] whole = encode(noise(16, 12), format);
      for (int round = 0; round < 60; round++) {
        byte[] damaged = whole.clone();
        for (int i = 0; i < 4; i++) {
          damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
        }
        Path file = write(damaged, "damaged." + format);
        try {
          RgbImage image = Images.read(file);
          assertThat((long) image.width() * image.height()).isLessThanOrEqualTo(Images.MAX_PIXELS);
        } catch (InputException e) {
          assertThat(e).as("seed %s", seed).hasMessageContaining("damaged." + format);
        }
      }
    }
  }

  /** A picture of 2 rows and 3 columns, [[0 1 2] [3 4 5]], in every orientation. */
  @ParameterizedTest(name = "orientation {0}")
  @CsvSource({
    "1, 3, 012345",
    "2, 3, 210543",
    "3, 3, 543210",
    "4, 3, 345012",
    "5, 2, 031425",
    "6, 2, 304152",
    "7, 2, 524130",
    "8, 2, 251403"
  })
  void turnsUpright(int orientation, int width, String expected) {
    byte[] rgb = new byte[18];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i / 3);
    }
    RgbImage turned = Orientation.turn(new RgbImage(3, 2, rgb), orientation);
    assertThat(turned.width()).isEqualTo(width);
    StringBuilder found = new StringBuilder();
    for (int i = 0; i < rgb.length; i += 3) {
      found.append(turned.rgb()[i]);
    }
    assertThat(found).hasToString(expected);
  }

  @ParameterizedTest
  @CsvSource({"png, LOAD_IMAGE, 10", "png, OPEN, 20", "jpg, LOAD_IMAGE, 10", "jpg, OPEN, 20"})
  void appliesTheExifOrientationByDefaultOnly(String format, DecodeMode mode, int width)
      throws IOException {
    byte[] plain = encode(noise(20, 10), format);
    byte[] turned =
        format.equals("png") ? withExif(plain, 33, pngExif()) : withExif(plain, 2, jpegExif());
    Path file = write(turned, "turned." + format);
    assertThat(Images.read(file, mode).width()).isEqualTo(width);
    assertThat(Images.read(file).width()).isEqualTo(10);
  }

  private static byte[] withExif(byte[] file, int at, byte[] segment) {
    return ByteBuffer.allocate(file.length + segment.length)
        .put(file, 0, at)
        .put(segment)
        .put(file, at, file.length - at)
        .array();
  }

  /** A TIFF directory whose only entry is the orientation 6. */
  private static byte[] exif() {
    return new byte[] {
      'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0
    };
  }

  private static byte[] pngExif() {
    byte[] body =
        ByteBuffer.allocate(30).put("eXIf".getBytes(StandardCharsets.US_ASCII)).put(exif()).array();
    CRC32 crc = new CRC32();
    crc.update(body);
    return ByteBuffer.allocate(38).putInt(26).put(body).putInt((int) crc.getValue()).array();
  }

  private static byte[] jpegExif() {
    return ByteBuffer.allocate(36)
        .put(new byte[] {-1, (byte) 0xE1, 0, 34, 'E', 'x', 'i', 'f', 0, 0})
        .put(exif())
        .array();
  }

  @ParameterizedTest
  @CsvSource({"300, true", "3e5, true", "120, false", "0.7, false"})
  void floatsBeyondWhiteAreClipped(float level, boolean clipped) {
    assertThat(Images.isClipped(floatTiff(level), "f")).isEqualTo(clipped);
  }

  /** 6 by 5 pixels of one level, uncompressed: header, directory, levels. */
  private static byte[] floatTiff(float level) {
    int[][] entries = {
      {256, 6},
      {257, 5},
      {258, 32},
      {259, 1},
      {262, 1},
      {273, 134},
      {277, 1},
      {278, 5},
      {279, 120},
      {339, 3},
    };
    ByteBuffer file = ByteBuffer.allocate(134 + 120).order(ByteOrder.LITTLE_ENDIAN);
    file.putShort((short) 0x4949).putShort((short) 42).putInt(8).putShort((short) entries.length);
    for (int[] entry : entries) {
      file.putShort((short) entry[0]).putShort((short) 3).putInt(1).putInt(entry[1]);
    }
    file.putInt(0);
    for (int i = 0; i < 30; i++) {
      file.putFloat(level);
    }
    return file.array();
  }

  @Test
  void coloursKeepTheirHighBitsAndAreNotClipped() throws IOException {
    ColorModel rgb =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false, 1, DataBuffer.TYPE_USHORT);
    WritableRaster levels = rgb.createCompatibleWritableRaster(6, 5);
    for (int i = 0; i < 90; i++) {
      levels.setSample(i / 3 % 6, i / 18, i % 3, 65535);
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(rgb, levels, false, null), "png", file);
    assertThat(Images.isClipped(file.toByteArray(), "f")).isFalse();
  }
}
