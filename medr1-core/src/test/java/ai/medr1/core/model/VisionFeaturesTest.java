package ai.medr1.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.medr1.core.image.GridThw;
import ai.medr1.core.image.PixelValues;
import ai.medr1.core.text.Prompt;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("parity")
class VisionFeaturesTest {
  /** More patches than one run of the tower takes: the last image has a run of its own. */
  @ParameterizedTest
  @MethodSource("ai.medr1.core.model.Golden#models")
  void manyImagesHaveTheFeaturesThatTheyHaveAlone(String name) {
    Random random = new Random(7);
    try (QwenVl model = QwenVl.load(Golden.directory(name), LoadOptions.inference())) {
      int square = model.config().vision().spatialMergeSize();
      List<PixelValues> images =
          Stream.of(
                  new GridThw(1, 16 * square, 16 * square),
                  new GridThw(1, 16 * square, 20 * square))
              .flatMap(grid -> Stream.of(grid, grid))
              .map(grid -> image(grid, model.config().vision().patchValues(), random))
              .toList();
      float[] together = features(model, images);
      FloatBuffer alone = FloatBuffer.allocate(together.length);
      images.forEach(image -> alone.put(features(model, List.of(image))));
      assertThat(Numbers.largestDifference(together, alone.array())).isLessThan(1e-4);
    }
  }

  private static PixelValues image(GridThw grid, int values, Random random) {
    float[] pixels = new float[grid.patches() * values];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat(-2, 2);
    }
    return new PixelValues(pixels, grid);
  }

  private static float[] features(QwenVl model, List<PixelValues> images) {
    try (NDManager owner = NDManager.newBaseManager();
        NDArray features =
            model.network().features(List.of(new Prompt(new int[0], images, "")), owner)) {
      return features.toFloatArray();
    }
  }
}
