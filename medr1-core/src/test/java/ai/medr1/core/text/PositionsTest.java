package ai.medr1.core.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.core.checkpoint.SafetensorsFile;
import ai.medr1.core.config.ModelConfig.VisionTokens;
import ai.medr1.core.image.GridThw;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PositionsTest {
  private static final int PAD = 5;
  private static final VisionTokens TOKENS = new VisionTokens(3, 4, PAD, 6);

  @Test
  void textCountsOn() {
    Positions positions = Positions.of(new int[] {9, 8, 7}, List.of(), TOKENS, 2);
    assertThat(positions.thw()).isDeepEqualTo(new int[][] {{0, 1, 2}, {0, 1, 2}, {0, 1, 2}});
    assertThat(positions.next()).isEqualTo(3);
  }

  @Test
  void anEmptyPromptHasNoPositions() {
    assertThat(Positions.of(new int[0], List.of(), TOKENS, 2).next()).isZero();
  }

  @Test
  void imageTokensAreARectangleAndTextGoesOnBehindItsLongerSide() {
    int[] ids = {9, 3, PAD, PAD, PAD, PAD, PAD, PAD, 4, 9};
    Positions positions = Positions.of(ids, List.of(new GridThw(1, 4, 6)), TOKENS, 2);
    assertThat(positions.thw())
        .isDeepEqualTo(
            new int[][] {
              {0, 1, 2, 2, 2, 2, 2, 2, 5, 6},
              {0, 1, 2, 2, 2, 3, 3, 3, 5, 6},
              {0, 1, 2, 3, 4, 2, 3, 4, 5, 6}
            });
    assertThat(positions.next()).isEqualTo(7);
  }

  @Test
  void adjacentImagesAreToldApartByTheirGrids() {
    List<GridThw> grids = List.of(new GridThw(1, 2, 4), new GridThw(1, 4, 2));
    Positions positions = Positions.of(new int[] {PAD, PAD, PAD, PAD}, grids, TOKENS, 2);
    assertThat(positions.thw())
        .isDeepEqualTo(new int[][] {{0, 0, 2, 2}, {0, 0, 2, 3}, {0, 1, 2, 2}});
    assertThat(positions.next()).isEqualTo(4);
  }

  @Test
  void tokensThatDoNotFitTheGridsAreRefused() {
    GridThw two = new GridThw(1, 2, 4);
    assertRefused(new int[] {PAD, 9}, List.of(two), "needs 2 in a row from index 0, found 1");
    assertRefused(new int[] {9, PAD}, List.of(two), "needs 2 in a row from index 1, found 1");
    assertRefused(
        new int[] {PAD, PAD, PAD}, List.of(two), "no grid is left for the one at index 2");
    assertRefused(new int[] {9}, List.of(two), "used before the last grid");
    assertRefused(new int[] {9, 6}, List.of(), "video token at index 1");
    assertRefused(new int[] {PAD}, List.of(new GridThw(1, 3, 2)), "multiples");
  }

  private static void assertRefused(int[] ids, List<GridThw> grids, String reason) {
    assertThatThrownBy(() -> Positions.of(ids, grids, TOKENS, 2))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(reason);
  }

  static Stream<Path> manifests() throws IOException {
    try (Stream<Path> files = Files.list(Parity.ROOT.resolve("forward"))) {
      return files
          .filter(file -> file.toString().endsWith(".manifest.json"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @Tag("parity")
  @ParameterizedTest
  @MethodSource("manifests")
  void equalsTheReference(Path manifestFile) throws IOException {
    JsonNode manifest = Parity.json("forward/" + manifestFile.getFileName());
    JsonNode config = Parity.json("models/" + manifest.get("model").asText() + "/config.json");
    assertThat(manifest.get("cases")).isNotEmpty();
    for (JsonNode golden : manifest.get("cases")) {
      new GoldenCase(config, golden).check();
    }
  }

  /** One batch of left-padded prompts. */
  private static final class GoldenCase {
    private final String name;
    private final VisionTokens tokens;
    private final int mergeSize;
    private final SafetensorsFile inputs;
    private final SafetensorsFile outputs;
    private final int rows;
    private final int columns;

    GoldenCase(JsonNode config, JsonNode golden) throws IOException {
      name = golden.get("file").asText();
      tokens =
          new VisionTokens(
              config.get("vision_start_token_id").asInt(),
              config.get("vision_end_token_id").asInt(),
              config.get("image_token_id").asInt(),
              config.get("video_token_id").asInt());
      mergeSize = config.get("vision_config").get("spatial_merge_size").asInt();
      Path forward = Parity.ROOT.resolve("forward");
      inputs = SafetensorsFile.read(forward.resolve(golden.get("inputs").asText()));
      outputs = SafetensorsFile.read(forward.resolve(name));
      List<Long> shape = inputs.tensors().get("input_ids").shape();
      rows = shape.get(0).intValue();
      columns = shape.get(1).intValue();
    }

    void check() {
      boolean pictures = inputs.tensors().containsKey("image_grid_thw");
      List<GridThw> grids = pictures ? grids() : List.of();
      for (int row = 0; row < rows; row++) {
        int padding = padding(row);
        int[] ids = slice(ints(inputs, "input_ids"), row, padding);
        List<GridThw> own = grids.subList(0, imagesIn(ids, grids));
        // Without any image the reference counts over the padding, too.
        checkRow(row, padding, Positions.of(ids, own, tokens, mergeSize), pictures ? 0 : padding);
        grids = grids.subList(own.size(), grids.size());
      }
      assertThat(grids).as(name).isEmpty();
    }

    private void checkRow(int row, int padding, Positions found, int shift) {
      for (int dimension = 0; dimension < 3; dimension++) {
        int[] expected = slice(ints(outputs, "position_ids"), dimension * rows + row, padding);
        assertThat(Arrays.stream(found.thw()[dimension]).map(p -> p + shift))
            .as("%s row %d dimension %d", name, row, dimension)
            .containsExactlyElementsOf(Arrays.stream(expected).boxed().toList());
      }
      int length = columns - padding;
      assertThat(found.next() - length)
          .as("rope delta of %s row %d", name, row)
          .isEqualTo(ints(outputs, "rope_deltas")[row]);
    }

    private static int[] ints(SafetensorsFile file, String name) {
      return Arrays.stream(file.longs(name)).mapToInt(Math::toIntExact).toArray();
    }

    private int[] slice(int[] values, int row, int padding) {
      return Arrays.copyOfRange(values, row * columns + padding, (row + 1) * columns);
    }

    private int padding(int row) {
      int[] mask = ints(inputs, "attention_mask");
      int padding = 0;
      while (mask[row * columns + padding] == 0) {
        padding++;
      }
      return padding;
    }

    private List<GridThw> grids() {
      int[] values = ints(inputs, "image_grid_thw");
      List<GridThw> grids = new ArrayList<>();
      for (int i = 0; i < values.length; i += 3) {
        grids.add(new GridThw(values[i], values[i + 1], values[i + 2]));
      }
      return grids;
    }

    /** How many of the next images belong to these ids. */
    private int imagesIn(int[] ids, List<GridThw> grids) {
      long pads = Arrays.stream(ids).filter(id -> id == tokens.imagePad()).count();
      int images = 0;
      while (pads > 0) {
        pads -= grids.get(images++).tokens(mergeSize);
      }
      return images;
    }
  }
}
