package ai.medr1.core.image;

/**
 * A decoded picture before its transparency is settled, in the state in which Pillow hands it over.
 *
 * @param rgb [height, width, 3] bytes
 * @param alpha [height, width] bytes, or none where the picture has no alpha
 * @param key the colour 0xRRGGBB that stands for transparent, or {@link #NO_KEY}. Where the file
 *     names an entry of its palette there is both: alpha tells the entry, the key its colour
 */
record Picture(int width, int height, byte[] rgb, byte[] alpha, int key) {
  static final int NO_KEY = -1;
  private static final byte[] NONE = {};

  static Picture opaque(int width, int height, byte[] rgb) {
    return new Picture(width, height, rgb, NONE, NO_KEY);
  }

  static Picture withAlpha(int width, int height, byte[] rgb, byte[] alpha) {
    return new Picture(width, height, rgb, alpha, NO_KEY);
  }

  Picture withKey(int colour) {
    return new Picture(width, height, rgb, alpha, colour);
  }

  RgbImage toRgb(DecodeMode mode) {
    if (mode == DecodeMode.OPEN && alpha.length > 0) {
      overWhite();
    } else if (key != NO_KEY) {
      whitenKey();
    }
    return new RgbImage(width, height, rgb);
  }

  private void overWhite() {
    for (int i = 0, at = 0; i < alpha.length; i++) {
      int opacity = alpha[i] & 0xFF;
      for (int c = 0; c < 3; c++, at++) {
        rgb[at] = (byte) Pixels.overWhite(rgb[at] & 0xFF, opacity);
      }
    }
  }

  private void whitenKey() {
    for (int at = 0; at < rgb.length; at += 3) {
      int colour = (rgb[at] & 0xFF) << 16 | (rgb[at + 1] & 0xFF) << 8 | (rgb[at + 2] & 0xFF);
      if (colour == key) {
        rgb[at] = -1;
        rgb[at + 1] = -1;
        rgb[at + 2] = -1;
      }
    }
  }
}
