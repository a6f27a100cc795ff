package ai.medr1.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.medr1.core.InputException;
import ai.medr1.core.image.Goldens.Tensors;
import com.fasterxml.jackson.databind.JsonNode;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Decoding, resizing and patches against the reference's results. */
@Tag("parity")
class PreprocessParityTest {
  /**
   * With the platform's libjpeg or libjpeg-turbo the levels are equal; another decoder may round
   * otherwise. An error in chroma upsampling, colours or orientation is far above these bounds.
   */
  private static final int JPEG_LEVELS = 2;

  private static final double JPEG_MEAN_LEVELS = 0.02;

  private static final JsonNode MANIFEST = Goldens.json("preprocess/manifest.json");
  private static final Tensors DECODED = Tensors.read("preprocess/decoded.safetensors");
  private static final Tensors RESIZED = Tensors.read("preprocess/resized.safetensors");
  private static final Tensors PIXELS = Tensors.read("preprocess/pixels.safetensors");

  static Stream<Arguments> images() {
    return MANIFEST.get("images").properties().stream()
        .flatMap(
            image ->
                image.getValue().get("open_modes").properties().stream()
                    .map(mode -> Arguments.of(image.getKey(), mode.getKey(), mode.getValue())));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("images")
  void decodes(String name, String mode, JsonNode golden) throws Exception {
    RgbImage image = Images.read(Goldens.image(name), Goldens.mode(mode));
    assertThat(image.height()).isEqualTo(golden.get("size_hw").get(0).asInt());
    assertThat(image.width()).isEqualTo(golden.get("size_hw").get(1).asInt());
    if (!isJpeg(name)) {
      assertThat(sha256(image.rgb())).isEqualTo(golden.get("sha256_rgb").asText());
    } else if (DECODED.has(name + "." + mode)) {
      assertNear(image.rgb(), DECODED.bytes(name + "." + mode));
    } else {
      assertThat(mean(image.rgb())).isCloseTo(golden.get("mean").asDouble(), within(0.05));
    }
  }

  /** Where only one way of opening is listed, the other gives the same. */
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("images")
  void modesDifferOnlyWhereListed(String name, String mode, JsonNode golden) {
    boolean both = MANIFEST.at("/images").get(name).get("open_modes").size() == 2;
    byte[] open = Images.read(Goldens.image(name), DecodeMode.OPEN).rgb();
    byte[] loaded = Images.read(Goldens.image(name), DecodeMode.LOAD_IMAGE).rgb();
    assertThat(Arrays.equals(open, loaded)).isNotEqualTo(both);
  }

  private static boolean isJpeg(String image) {
    return MANIFEST.get("images").get(image).get("kind").asText().startsWith("jpeg");
  }

  /** Cases with a result whose input is at hand in the reference's bytes. */
  static Stream<Arguments> goodCases() {
    return Goldens.stream(MANIFEST.get("cases"))
        .filter(c -> !c.has("error"))
        .filter(c -> DECODED.has(decodedName(c)) || !isJpeg(c.get("image").asText()))
        .map(c -> Arguments.of(c.get("case").asText(), c));
  }

  private static String decodedName(JsonNode golden) {
    return golden.get("image").asText() + "." + golden.get("open_mode").asText();
  }

  /** The stored bytes; where they were left out for their size, a lossless file gives the same. */
  private static RgbImage decoded(JsonNode golden) {
    return DECODED.has(decodedName(golden))
        ? DECODED.image(decodedName(golden))
        : Images.read(
            Goldens.image(golden.get("image").asText()),
            Goldens.mode(golden.get("open_mode").asText()));
  }

  private static ImageProcessor processor(JsonNode golden) {
    return new ImageProcessor(
        PreprocessorConfig.qwenDefaults()
            .withPixels(golden.get("min_pixels").asLong(), golden.get("max_pixels").asLong()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goodCases")
  void resizesToTheSameBytes(String name, JsonNode golden) throws Exception {
    int height = golden.get("resized_hw").get(0).asInt();
    int width = golden.get("resized_hw").get(1).asInt();
    byte[] planar = planar(Bicubic.resize(decoded(golden), width, height));
    assertThat(sha256(planar)).isEqualTo(golden.get("resized_sha256").asText());
    if (golden.has("resized_stored")) {
      assertThat(planar).isEqualTo(RESIZED.bytes(name));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goodCases")
  void givesTheSamePixelValues(String name, JsonNode golden) {
    PixelValues result = processor(golden).process(decoded(golden));
    JsonNode grid = golden.get("image_grid_thw");
    assertThat(result.grid())
        .isEqualTo(new GridThw(grid.get(0).asInt(), grid.get(1).asInt(), grid.get(2).asInt()));
    int patches = golden.get("pixel_values_shape").get(0).asInt();
    int patchValues = golden.get("pixel_values_shape").get(1).asInt();
    assertThat(result.values()).hasSize(patches * patchValues);
    assertRows(result.values(), patchValues, golden, PIXELS.floats(name));
    assertRowSums(result.values(), patchValues, PIXELS.floats(name + ".row_sums"));
  }

  private static void assertRows(float[] values, int width, JsonNode golden, float[] expected) {
    double tolerance = MANIFEST.at("/tolerance/pixel_values_abs").asDouble();
    JsonNode rows = golden.get("pixel_values_rows");
    assertThat(expected).hasSize(rows.size() * width);
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      float found = values[rows.get(i / width).asInt() * width + i % width];
      largest = Math.max(largest, Math.abs(found - expected[i]));
    }
    assertThat(largest).as("largest difference").isLessThanOrEqualTo(tolerance);
  }

  private static void assertRowSums(float[] values, int width, float[] expected) {
    assertThat(values).hasSize(expected.length * width);
    double largest = 0;
    for (int row = 0; row < expected.length; row++) {
      double sum = 0;
      for (int i = 0; i < width; i++) {
        sum += values[row * width + i];
      }
      largest = Math.max(largest, Math.abs(sum - expected[row]));
    }
    // The sums are stored as float32, some of them above 1000.
    assertThat(largest).as("largest difference of a row's sum").isLessThanOrEqualTo(1e-3);
  }

  @Test
  void refusesExtremeShapes() {
    assertThat(Goldens.stream(MANIFEST.get("cases")).filter(c -> c.has("error")))
        .allSatisfy(
            golden -> {
              String name = golden.get("image").asText();
              DecodeMode mode = Goldens.mode(golden.get("open_mode").asText());
              assertThatThrownBy(() -> processor(golden).process(Goldens.image(name), mode))
                  .isInstanceOf(InputException.class)
                  .hasMessageContaining(name);
            });
  }

  private static byte[] planar(RgbImage image) {
    int plane = image.width() * image.height();
    byte[] planar = new byte[3 * plane];
    for (int i = 0; i < planar.length; i++) {
      planar[i] = image.rgb()[i % plane * 3 + i / plane];
    }
    return planar;
  }

  private static void assertNear(byte[] found, byte[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    long sum = 0;
    int max = 0;
    for (int i = 0; i < found.length; i++) {
      int difference = Math.abs((found[i] & 0xFF) - (expected[i] & 0xFF));
      max = Math.max(max, difference);
      sum += difference;
    }
    assertThat(max).as("largest difference in levels").isLessThanOrEqualTo(JPEG_LEVELS);
    assertThat((double) sum / found.length).as("mean").isLessThanOrEqualTo(JPEG_MEAN_LEVELS);
  }

  private static double mean(byte[] levels) {
    long sum = 0;
    for (byte level : levels) {
      sum += level & 0xFF;
    }
    return (double) sum / levels.length;
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
