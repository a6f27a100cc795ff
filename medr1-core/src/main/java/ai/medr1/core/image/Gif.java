package ai.medr1.core.image;

import java.awt.image.Raster;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The first frame of a GIF on its canvas. The platform decodes the indices; palette, place and
 * transparency are taken from the file here, since the platform knows neither the canvas nor what
 * lies around a smaller frame.
 */
final class Gif {
  private static final int SCREEN = 13;
  private static final int EXTENSION = '!';
  private static final int IMAGE = ',';
  private static final int PALETTE_BYTES = 3 * 256;
  private static final int GRAPHIC_CONTROL = 0xF9;

  private final ByteBuffer bytes;
  private int[] palette = ramp();
  private int transparent = -1;
  private int left;
  private int top;
  private int width;
  private int height;
  private boolean interlaced;

  /** Where the data of the first frame begin. */
  private int data;

  private Gif(byte[] file) {
    bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
  }

  static SmartResize.Size size(byte[] file) throws IOException {
    Gif gif = parsed(file);
    return new SmartResize.Size(gif.canvasHeight(), gif.canvasWidth());
  }

  static Decoded decode(byte[] file) throws IOException {
    Gif gif = parsed(file);
    Raster frame = Images.withReader(gif.single(), reader -> reader.read(0).getRaster());
    if (frame.getWidth() != gif.width || frame.getHeight() != gif.height) {
      throw new IOException("its first frame is not as large as its header says");
    }
    return new Decoded(gif.picture(frame), 1);
  }

  private static Gif parsed(byte[] file) throws IOException {
    Gif gif = new Gif(file);
    try {
      gif.parse();
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new EOFException("it ends at byte " + file.length + " before its first frame");
    }
    return gif;
  }

  /** Everything up to the data of the first frame. */
  private void parse() throws IOException {
    int at = SCREEN;
    int flags = bytes.get(10);
    if ((flags & 0x80) != 0) {
      at = readPalette(at, flags);
    }
    while (bytes.get(at) != IMAGE) {
      if (bytes.get(at) != EXTENSION) {
        throw new IOException("it has no frame before byte " + at);
      }
      if ((bytes.get(at + 1) & 0xFF) == GRAPHIC_CONTROL && (bytes.get(at + 3) & 1) != 0) {
        transparent = bytes.get(at + 6) & 0xFF;
      }
      at = behindBlocks(at + 2);
    }
    left = bytes.getShort(at + 1) & 0xFFFF;
    top = bytes.getShort(at + 3) & 0xFFFF;
    width = bytes.getShort(at + 5) & 0xFFFF;
    height = bytes.getShort(at + 7) & 0xFFFF;
    int local = bytes.get(at + 9);
    interlaced = (local & 0x40) != 0;
    data = (local & 0x80) == 0 ? at + 10 : readPalette(at + 10, local);
  }

  private int behindBlocks(int from) {
    int at = from;
    while (bytes.get(at) != 0) {
      at += 1 + (bytes.get(at) & 0xFF);
    }
    return at + 1;
  }

  private int readPalette(int at, int flags) {
    byte[] entries = new byte[3 << ((flags & 7) + 1)];
    bytes.get(at, entries);
    palette = Pixels.palette(entries, 3, false);
    return at + entries.length;
  }

  private static int[] ramp() {
    int[] ramp = new int[256];
    Arrays.setAll(ramp, i -> i * 0x10101);
    return ramp;
  }

  /**
   * A file of the first frame alone with a palette of 256 entries, for a decoder that forces
   * indices into the palette.
   */
  private byte[] single() {
    ByteBuffer out =
        ByteBuffer.allocate(SCREEN + PALETTE_BYTES + 10 + bytes.capacity() - data)
            .order(ByteOrder.LITTLE_ENDIAN);
    out.put("GIF89a".getBytes(StandardCharsets.ISO_8859_1));
    out.putShort((short) width).putShort((short) height).put((byte) 0xF7).putShort((short) 0);
    out.position(SCREEN + PALETTE_BYTES);
    out.put((byte) IMAGE).putInt(0).putShort((short) width).putShort((short) height);
    out.put((byte) (interlaced ? 0x40 : 0));
    out.put(bytes.slice(data, bytes.capacity() - data));
    return out.array();
  }

  private int canvasWidth() {
    return Math.max(bytes.getShort(6) & 0xFFFF, left + width);
  }

  private int canvasHeight() {
    return Math.max(bytes.getShort(8) & 0xFFFF, top + height);
  }

  private Picture picture(Raster frame) {
    int across = canvasWidth();
    int down = canvasHeight();
    byte[] indices = new byte[across * down];
    Arrays.fill(indices, (byte) Math.max(0, transparent));
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      frame.getSamples(0, y, width, 1, 0, row);
      for (int x = 0; x < width; x++) {
        indices[(top + y) * across + left + x] = (byte) row[x];
      }
    }
    return coloured(indices, across, down);
  }

  private Picture coloured(byte[] indices, int across, int down) {
    byte[] rgb = new byte[3 * indices.length];
    byte[] alpha = new byte[transparent < 0 ? 0 : indices.length];
    for (int i = 0; i < indices.length; i++) {
      int index = indices[i] & 0xFF;
      rgb[3 * i] = (byte) (palette[index] >> 16);
      rgb[3 * i + 1] = (byte) (palette[index] >> 8);
      rgb[3 * i + 2] = (byte) palette[index];
      if (alpha.length > 0) {
        alpha[i] = (byte) (index == transparent ? 0 : 255);
      }
    }
    Picture picture = Picture.withAlpha(across, down, rgb, alpha);
    return transparent < 0 ? picture : picture.withKey(palette[transparent]);
  }
}
