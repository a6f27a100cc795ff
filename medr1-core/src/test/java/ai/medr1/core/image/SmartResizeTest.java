package ai.medr1.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SmartResizeTest {
  static Stream<JsonNode> table() {
    return Goldens.stream(Goldens.json("preprocess/smart_resize.json"));
  }

  private static SmartResize.Size resize(JsonNode row) {
    return SmartResize.of(
        row.get("height").asInt(),
        row.get("width").asInt(),
        row.get("factor").asInt(),
        row.get("min_pixels").asLong(),
        row.get("max_pixels").asLong());
  }

  @Tag("parity")
  @ParameterizedTest
  @MethodSource("table")
  void agreesWithTheReference(JsonNode row) {
    if (row.has("error")) {
      assertThatThrownBy(() -> resize(row)).isInstanceOf(InputException.class);
    } else {
      assertThat(resize(row))
          .isEqualTo(
              new SmartResize.Size(row.get("out_height").asInt(), row.get("out_width").asInt()));
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 10", "10, 0", "-1, 10", "1, 201", "401, 2"})
  void refusesWithShapeAndRemedy(int height, int width) {
    assertThatThrownBy(() -> SmartResize.of(height, width, 28, 3136, 1_003_520))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(width + "x" + height)
        .hasMessageContaining("200")
        .hasMessageContaining("crop or pad");
  }

  @Test
  void refusesToEnlargeBeyondAnyImage() {
    assertThatThrownBy(() -> SmartResize.of(70, 98, 28, 178_956_971, 1L << 40))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("minPixels 178956971", "at most 178956970");
  }

  @Test
  void roundsHalvesToEven() {
    assertThat(SmartResize.of(70, 98, 28, 1, 1_000_000)).isEqualTo(new SmartResize.Size(56, 112));
  }

  @Test
  void liftsASideThatRoundsToNothing() {
    assertThat(SmartResize.of(13, 300, 28, 3136, 1_003_520))
        .isEqualTo(new SmartResize.Size(28, 280));
  }
}
