package ai.medr1.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.medr1.core.InputException;
import ai.medr1.core.image.Goldens.Tensors;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Formats, their variants and orientations against what Pillow makes of the same files. */
@Tag("parity")
class FormatsParityTest {
  /** As in {@link PreprocessParityTest}. */
  private static final int LOSSY_LEVELS = 2;

  private static final double LOSSY_MEAN_LEVELS = 0.05;

  /** What Pillow reads and this project does not, by the beginning of the name. */
  private static final Map<String, String> REFUSED =
      Map.ofEntries(
          Map.entry("tiff_lab", "CIELAB"),
          Map.entry("tiff_ycbcr.tif", "YCbCr"),
          Map.entry("tiff_rgb16_planar_none", "separate planes"),
          Map.entry("tiff_o_signed16_be_lzw", "big-endian"),
          Map.entry("tiff_o_int32_be_lzw", "big-endian"),
          Map.entry("tiff_o_float_be_lzw", "big-endian"),
          Map.entry("other.", "; "));

  private static final Path DIR = Goldens.DIR.resolve("formats");
  private static final Optional<JsonNode> FILES =
      Files.exists(DIR.resolve("manifest.json"))
          ? Optional.of(Goldens.json("formats/manifest.json").get("files"))
          : Optional.empty();

  private static Stream<Arguments> files(boolean read) {
    return FILES.stream()
        .flatMap(files -> files.properties().stream())
        .filter(file -> read == (!file.getValue().has("error") && refusal(file.getKey()).isEmpty()))
        .flatMap(
            file ->
                Arrays.stream(DecodeMode.values())
                    .map(mode -> Arguments.of(file.getKey(), mode, file.getValue())));
  }

  static Stream<Arguments> read() {
    return files(true);
  }

  static Stream<Arguments> refused() {
    return files(false);
  }

  private static Optional<String> refusal(String name) {
    if (name.startsWith("tiff_") && name.matches(".*_(zstd|lzma)[_.].*")) {
      return Optional.of(name.contains("zstd") ? "Zstandard" : "LZMA");
    }
    return REFUSED.entrySet().stream()
        .filter(entry -> name.startsWith(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("read")
  void equalsPillow(String name, DecodeMode mode, JsonNode golden) throws Exception {
    String way = mode == DecodeMode.OPEN ? "open" : "load_image";
    JsonNode expected = golden.get(way);
    RgbImage image = Images.read(DIR.resolve(name), mode);
    assertThat(image.height()).isEqualTo(expected.get("size_hw").get(0).asInt());
    assertThat(image.width()).isEqualTo(expected.get("size_hw").get(1).asInt());
    if (golden.get("lossy").asBoolean()) {
      assertNear(image.rgb(), Tensors.read("formats/decoded.safetensors").bytes(name + "." + way));
    } else {
      assertThat(sha256(image.rgb())).isEqualTo(expected.get("sha256_rgb").asText());
    }
    if (mode == DecodeMode.LOAD_IMAGE) {
      assertThat(Images.size(DIR.resolve(name)))
          .isEqualTo(new SmartResize.Size(image.height(), image.width()));
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("refused")
  void refusesByName(String name, DecodeMode mode, JsonNode golden) {
    if (golden.has("error") && readsMore(name)) {
      return;
    }
    assertThatThrownBy(() -> Images.read(DIR.resolve(name), mode))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(refusal(name).orElse("expected"));
  }

  /** Two bitmaps that Pillow stumbles over are read. */
  private static boolean readsMore(String name) {
    return name.equals("bmp_4_gray.bmp") || name.equals("bmp_rle8_delta.bmp");
  }

  private static void assertNear(byte[] found, byte[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    long sum = 0;
    int largest = 0;
    for (int i = 0; i < found.length; i++) {
      int difference = Math.abs((found[i] & 0xFF) - (expected[i] & 0xFF));
      sum += difference;
      largest = Math.max(largest, difference);
    }
    assertThat(largest).isLessThanOrEqualTo(LOSSY_LEVELS);
    assertThat((double) sum / found.length).isCloseTo(0, within(LOSSY_MEAN_LEVELS));
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
