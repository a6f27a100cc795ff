package ai.medr1.data.phantom;

import ai.medr1.core.image.RgbImage;
import ai.medr1.data.SeededRandom;

/**
 * A square picture [size, size, 3] in the unit square, whatever its size in pixels.
 *
 * <p>Every pixel is computed with operations that IEEE 754 rounds exactly: a font or a rasteriser
 * of the platform would draw other pixels elsewhere.
 */
final class Canvas {
  private final int size;
  private final float[] rgb;

  /** A value at every point. */
  interface Texture {
    double at(double x, double y);
  }

  Canvas(int size, int background) {
    this.size = size;
    this.rgb = new float[3 * size * size];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = channel(background, i % 3);
    }
  }

  /** A level of gray in [0, 1] as a colour 0xRRGGBB. */
  static int gray(double level) {
    return 0x010101 * (int) Math.round(255 * Math.max(0, Math.min(1, level)));
  }

  /** Fills a shape; its edge is as sharp as pixels allow. */
  Canvas fill(Shape shape, int color) {
    return fill(shape, color, 1, 0);
  }

  /**
   * Fills a shape.
   *
   * @param color 0xRRGGBB
   * @param opacity in [0, 1]
   * @param soft the width of the edge, in the unit square
   */
  Canvas fill(Shape shape, int color, double opacity, double soft) {
    double width = Math.max(soft, 1.0 / size);
    each(
        shape.box(),
        width,
        (x, y, at) -> {
          double cover = Math.max(0, Math.min(1, 0.5 - shape.field().at(x, y) / width));
          float alpha = (float) (opacity * cover);
          for (int c = 0; alpha > 0 && c < 3; c++) {
            rgb[at + c] += alpha * (channel(color, c) - rgb[at + c]);
          }
        });
    return this;
  }

  /** Multiplies every pixel by a texture. */
  Canvas shade(Texture texture) {
    each(
        Shape.Box.ALL,
        0,
        (x, y, at) -> {
          float factor = (float) texture.at(x, y);
          for (int c = 0; c < 3; c++) {
            rgb[at + c] *= factor;
          }
        });
    return this;
  }

  /** Multiplies grain into the picture: 1 ± amount, in cells of this width. */
  Canvas grain(SeededRandom random, double cell, double amount) {
    Texture noise = noise(random, cell);
    return shade((x, y) -> 1 + amount * (2 * noise.at(x, y) - 1));
  }

  /** Smooth noise in [0, 1]: random values on a grid, interpolated. */
  static Texture noise(SeededRandom random, double cell) {
    long seed = random.nextLong();
    return (x, y) -> {
      double u = x / cell;
      double v = y / cell;
      long i = (long) Math.floor(u);
      long j = (long) Math.floor(v);
      double s = u - i;
      double t = v - j;
      double top = value(seed, i, j) * (1 - s) + value(seed, i + 1, j) * s;
      double bottom = value(seed, i, j + 1) * (1 - s) + value(seed, i + 1, j + 1) * s;
      return top * (1 - t) + bottom * t;
    };
  }

  private static double value(long seed, long i, long j) {
    return (SeededRandom.mix(seed + i * 0x9E3779B97F4A7C15L + j * 0xC2B2AE3D27D4EB4FL) >>> 11)
        * 0x1.0p-53;
  }

  RgbImage image() {
    byte[] bytes = new byte[rgb.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Math.round(255 * Math.max(0, Math.min(1, rgb[i])));
    }
    return new RgbImage(size, size, bytes);
  }

  private interface Visitor {
    void visit(double x, double y, int at);
  }

  private void each(Shape.Box box, double margin, Visitor visitor) {
    int x0 = Math.max(0, (int) ((box.x0() - margin) * size));
    int x1 = Math.min(size, (int) Math.ceil((box.x1() + margin) * size));
    int y0 = Math.max(0, (int) ((box.y0() - margin) * size));
    int y1 = Math.min(size, (int) Math.ceil((box.y1() + margin) * size));
    for (int y = y0; y < y1; y++) {
      for (int x = x0; x < x1; x++) {
        visitor.visit((x + 0.5) / size, (y + 0.5) / size, 3 * (y * size + x));
      }
    }
  }

  private static float channel(int color, int c) {
    return ((color >> (16 - 8 * c)) & 0xFF) / 255f;
  }
}
