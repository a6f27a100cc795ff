package ai.medr1.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BicubicTest {
  /** Half a level from each rounding, the first spread by weights of up to 1.3 in absolute sum. */
  private static final double LEVELS = 1.2;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void agreesWithConvolutionInDoubles(long seed) {
    Random random = new Random(seed);
    RgbImage image = noise(random, 1 + random.nextInt(90), 1 + random.nextInt(90), 100);
    int width = 1 + random.nextInt(120);
    int height = 1 + random.nextInt(120);
    RgbImage found = Bicubic.resize(image, width, height);
    assertThat(found.width()).isEqualTo(width);
    assertThat(found.height()).isEqualTo(height);
    for (int i = 0; i < found.rgb().length; i++) {
      int pixel = i / 3;
      double expected = convolve(image, width, height, pixel % width, pixel / width, i % 3);
      assertThat((double) (found.rgb()[i] & 0xFF))
          .as("seed %s, byte %s", seed, i)
          .isBetween(expected - LEVELS, expected + LEVELS);
    }
  }

  /** Every pixel under the two-dimensional kernel, nothing separated and nothing rounded. */
  private static double convolve(RgbImage image, int width, int height, int x, int y, int channel) {
    double sum = 0;
    double weights = 0;
    for (int v = 0; v < image.height(); v++) {
      double rowWeight = weight(image.height(), height, v, y);
      for (int u = 0; u < image.width(); u++) {
        double weight = rowWeight * weight(image.width(), width, u, x);
        weights += weight;
        sum += weight * (image.rgb()[3 * (v * image.width() + u) + channel] & 0xFF);
      }
    }
    return Math.max(0, Math.min(255, sum / weights));
  }

  private static double weight(int in, int out, int from, int to) {
    double scale = (double) in / out;
    double x = Math.abs(from + 0.5 - (to + 0.5) * scale) / Math.max(1, scale);
    if (x < 1) {
      return 1.5 * x * x * x - 2.5 * x * x + 1;
    }
    return x < 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 : 0;
  }

  @ParameterizedTest(name = "level {0}")
  @ValueSource(ints = {0, 1, 127, 254, 255})
  void keepsAFlatPictureFlat(int level) {
    byte[] flat = new byte[3 * 31 * 17];
    Arrays.fill(flat, (byte) level);
    assertThat(Bicubic.resize(new RgbImage(31, 17, flat), 13, 40).rgb()).containsOnly(level);
  }

  @Test
  void clipsOvershootsAtHardEdges() {
    byte[] edge = new byte[3 * 8];
    Arrays.fill(edge, 12, 24, (byte) 255);
    byte[] levels = Bicubic.resize(new RgbImage(8, 1, edge), 32, 1).rgb();
    int last = 0;
    for (int i = 0; i < levels.length; i += 3) {
      assertThat(levels[i] & 0xFF).isGreaterThanOrEqualTo(last);
      last = levels[i] & 0xFF;
    }
    assertThat(last).isEqualTo(255);
  }

  @Test
  void leavesTheSameSizeAlone() {
    RgbImage image = noise(new Random(7), 20, 30, 255);
    assertThat(Bicubic.resize(image, 20, 30)).isSameAs(image);
  }

  /** Levels around the middle, so that no overshoot is clipped between the passes. */
  private static RgbImage noise(Random random, int width, int height, int range) {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (128 - range / 2 + random.nextInt(range));
    }
    return new RgbImage(width, height, rgb);
  }
}
