package ai.medr1.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.medr1.core.InputException;
import ai.medr1.core.image.Goldens.Tensors;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** DICOM files against the levels that pydicom's functions give. */
@Tag("parity")
class DicomParityTest {
  /** Decoders of lossy JPEG round otherwise, and the window stretches that. */
  private static final int LOSSY_LEVELS = 3;

  private static final double LOSSY_MEAN_LEVELS = 0.6;

  /** Ways of packing pixels that are not read, by the beginning of the name. */
  private static final Map<String, String> REFUSED =
      Map.of("jpegls_", "JPEG-LS", "jpeg_12_", "12 bits");

  private static final Path DIR = Goldens.DIR.resolve("dicom");

  @TempDir Path temporary;

  private static Stream<JsonNode> all() {
    return Files.exists(DIR.resolve("manifest.json"))
        ? Goldens.stream(Goldens.json("dicom/manifest.json").get("items"))
        : Stream.empty();
  }

  private static Optional<String> refusal(String item) {
    return REFUSED.entrySet().stream()
        .filter(entry -> item.startsWith(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  static Stream<Arguments> items() {
    return all()
        .filter(item -> refusal(item.get("item").asText()).isEmpty())
        .map(item -> Arguments.of(item.get("item").asText(), item.get("lossy").asBoolean()));
  }

  static Stream<String> refused() {
    return all().map(item -> item.get("item").asText()).filter(item -> refusal(item).isPresent());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("items")
  void equalsPydicom(String item, boolean lossy) {
    RgbImage expected = Tensors.read("dicom/decoded.safetensors").image(item);
    RgbImage found = Images.read(DIR.resolve(item));
    assertThat(found.width()).isEqualTo(expected.width());
    assertThat(found.height()).isEqualTo(expected.height());
    if (lossy) {
      assertNear(found.rgb(), expected.rgb());
    } else {
      assertThat(found.rgb()).isEqualTo(expected.rgb());
    }
    assertThat(Images.size(DIR.resolve(item)))
        .isEqualTo(new SmartResize.Size(expected.height(), expected.width()));
  }

  private static void assertNear(byte[] found, byte[] expected) {
    long sum = 0;
    for (int i = 0; i < found.length; i++) {
      int difference = Math.abs((found[i] & 0xFF) - (expected[i] & 0xFF));
      assertThat(difference).isLessThanOrEqualTo(LOSSY_LEVELS);
      sum += difference;
    }
    assertThat((double) sum / found.length).isCloseTo(0, within(LOSSY_MEAN_LEVELS));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void refusesByName(String item) {
    assertThatThrownBy(() -> Images.read(DIR.resolve(item)))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(item, refusal(item).orElseThrow());
  }

  @Test
  void refusesAFrameThatIsNotThere() {
    if (!Files.exists(DIR)) {
      return;
    }
    assertThatThrownBy(() -> Images.read(DIR.resolve("frames.dcm#4")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("3 frames");
    assertThatThrownBy(() -> Images.read(Goldens.image("rgb_120x90.png#2")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("DICOM");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("items")
  void anyDamageGivesAnImageOrAnInputException(String item) throws IOException {
    if (item.contains("#")) {
      return;
    }
    byte[] whole = Files.readAllBytes(DIR.resolve(item));
    Random random = new Random(item.hashCode());
    for (int round = 0; round < 12; round++) {
      byte[] damaged =
          Arrays.copyOf(whole, round % 3 == 0 ? random.nextInt(whole.length) : whole.length);
      for (int i = 0; i < 5 && damaged.length > 0; i++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        Images.read(damaged, item);
      } catch (InputException e) {
        assertThat(e).hasMessageContaining(item);
      }
    }
  }

  @Test
  void refusesAFileCutShort() throws IOException {
    if (!Files.exists(DIR)) {
      return;
    }
    byte[] whole = Files.readAllBytes(DIR.resolve("explicit.dcm"));
    Path cut = Files.write(temporary.resolve("cut.dcm"), Arrays.copyOf(whole, whole.length - 90));
    assertThatThrownBy(() -> Images.read(cut))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("cut.dcm", "ends before the end of its pixels");
  }
}
