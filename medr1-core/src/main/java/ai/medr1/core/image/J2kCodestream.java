package ai.medr1.core.image;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A JPEG 2000 codestream, ISO 15444-1: all progression orders, both wavelets, tiles, precincts,
 * layers. Regions of interest, changes of the progression, packed packet headers and the modes of
 * code blocks that bypass or end the arithmetic coder are refused. Samples that are coded without
 * loss come out as they went in.
 */
final class J2kCodestream {
  private static final int MAX_BLOCKS = 1 << 22;

  private final ByteBuffer bytes;
  private int x0;
  private int y0;
  private int x1;
  private int y1;
  private int tileX0;
  private int tileY0;
  private int tileWidth;
  private int tileHeight;
  private int components;
  private int[] depth = {};
  private boolean[] signed = {};
  private int[][] samples = {};
  private final Map<Integer, Tile> tiles = new HashMap<>();
  private final Coding main = new Coding();

  private J2kCodestream(byte[] file) {
    bytes = ByteBuffer.wrap(file);
  }

  static J2kCodestream decode(byte[] file, int from) throws IOException {
    J2kCodestream stream = new J2kCodestream(file);
    stream.read(from);
    for (Map.Entry<Integer, Tile> tile : stream.tiles.entrySet()) {
      stream.decodeTile(tile.getKey(), tile.getValue());
    }
    return stream;
  }

  int width() {
    return x1 - x0;
  }

  int height() {
    return y1 - y0;
  }

  int components() {
    return components;
  }

  int bits(int component) {
    return depth[component];
  }

  /** A sample, as it was coded. */
  int value(int component, int i) {
    return samples[component][i];
  }

  /** A sample, from 0 on also where it has a sign. */
  int unsigned(int component, int i) {
    return samples[component][i] + (signed[component] ? 1 << (depth[component] - 1) : 0);
  }

  /** Parameters of coding and quantisation, of the main header or of one tile. */
  private static final class Coding {
    int progression;
    int layers;
    boolean mct;
    boolean eph;
    final Map<Integer, Style> styles = new HashMap<>();
    final Map<Integer, Steps> steps = new HashMap<>();

    Coding copy() {
      Coding copy = new Coding();
      copy.progression = progression;
      copy.layers = layers;
      copy.mct = mct;
      copy.eph = eph;
      copy.styles.putAll(styles);
      copy.steps.putAll(steps);
      return copy;
    }

    /** Of a component, else of all. */
    Style style(int component) throws IOException {
      return known(styles, component);
    }

    Steps step(int component) throws IOException {
      return known(steps, component);
    }

    private static <T> T known(Map<Integer, T> values, int component) throws IOException {
      T value = values.containsKey(component) ? values.get(component) : values.get(ALL);
      if (value == null) {
        throw new IOException("its header tells no coding style or quantisation");
      }
      return value;
    }
  }

  private static final int ALL = -1;

  private record Style(
      int levels, int blockX, int blockY, int modes, boolean reversible, int[] precincts) {}

  private record Steps(int kind, int guard, int[] values) {}

  private static final class Tile {
    final Coding coding;
    final ByteArrayOutputStream data = new ByteArrayOutputStream();

    Tile(Coding coding) {
      this.coding = coding;
    }
  }

  // Markers ---------------------------------------------------------------------------------------

  private void read(int from) throws IOException {
    int at = from + 2;
    while (true) {
      if (at + 2 > bytes.limit()) {
        throw new EOFException("it ends before the end of its codestream");
      }
      int marker = bytes.getShort(at) & 0xFFFF;
      if (marker == 0xFFD9) {
        return;
      }
      int length = bytes.getShort(at + 2) & 0xFFFF;
      if (marker == 0xFF90) {
        at = readTilePart(at);
      } else {
        segment(marker, at + 4, length - 2, main);
        at += 2 + length;
      }
    }
  }

  private int readTilePart(int at) throws IOException {
    int index = bytes.getShort(at + 4) & 0xFFFF;
    long told = bytes.getInt(at + 6) & 0xFFFFFFFFL;
    long end = told == 0 ? bytes.limit() - 2L : at + told;
    if (end > bytes.limit() || end < at + 14) {
      throw new EOFException("it ends before the end of its tiles");
    }
    Tile tile = tiles.computeIfAbsent(index, i -> new Tile(main.copy()));
    int from = at + 12;
    while ((bytes.getShort(from) & 0xFFFF) != 0xFF93) {
      int length = bytes.getShort(from + 2) & 0xFFFF;
      segment(bytes.getShort(from) & 0xFFFF, from + 4, length - 2, tile.coding);
      from += 2 + length;
    }
    byte[] body = new byte[(int) end - from - 2];
    bytes.get(from + 2, body);
    tile.data.writeBytes(body);
    return (int) end;
  }

  private void segment(int marker, int at, int length, Coding coding) throws IOException {
    switch (marker) {
      case 0xFF51 -> size(at);
      case 0xFF52 -> {
        int flags = bytes.get(at);
        coding.eph = (flags & 4) != 0;
        coding.progression = bytes.get(at + 1);
        coding.layers = bytes.getShort(at + 2) & 0xFFFF;
        coding.mct = bytes.get(at + 4) != 0;
        coding.styles.put(ALL, style(at + 5, (flags & 1) != 0));
      }
      case 0xFF53 -> {
        int wide = components < 257 ? 1 : 2;
        coding.styles.put(component(at), style(at + wide + 1, (bytes.get(at + wide) & 1) != 0));
      }
      case 0xFF5C -> coding.steps.put(ALL, steps(at, length));
      case 0xFF5D -> {
        int wide = components < 257 ? 1 : 2;
        coding.steps.put(component(at), steps(at + wide, length - wide));
      }
      case 0xFF5E -> throw new IOException("it has a region of interest");
      case 0xFF5F -> throw new IOException("it changes its order of progression");
      case 0xFF60, 0xFF61 -> throw new IOException("its packet headers are packed");
      default -> {}
    }
  }

  private int component(int at) {
    return components < 257 ? bytes.get(at) & 0xFF : bytes.getShort(at) & 0xFFFF;
  }

  private void size(int at) throws IOException {
    x1 = bytes.getInt(at + 2);
    y1 = bytes.getInt(at + 6);
    x0 = bytes.getInt(at + 10);
    y0 = bytes.getInt(at + 14);
    tileWidth = bytes.getInt(at + 18);
    tileHeight = bytes.getInt(at + 22);
    tileX0 = bytes.getInt(at + 26);
    tileY0 = bytes.getInt(at + 30);
    components = bytes.getShort(at + 34) & 0xFFFF;
    boolean sound = x0 >= 0 && y0 >= 0 && x1 > x0 && y1 > y0 && tileWidth > 0 && tileHeight > 0;
    if (!sound || tileX0 < 0 || tileY0 < 0 || tileX0 > x0 || tileY0 > y0) {
      throw new IOException("its sizes are not sound");
    }
    if (components > 4 || (long) width() * height() > Images.MAX_PIXELS) {
      throw new IOException("it has " + components + " components of " + width() + "x" + height());
    }
    depth = new int[components];
    signed = new boolean[components];
    samples = new int[components][width() * height()];
    for (int c = 0; c < components; c++) {
      depth[c] = (bytes.get(at + 36 + 3 * c) & 0x7F) + 1;
      signed[c] = bytes.get(at + 36 + 3 * c) < 0;
      if (bytes.get(at + 37 + 3 * c) != 1 || bytes.get(at + 38 + 3 * c) != 1 || depth[c] > 24) {
        throw new IOException("its components are subsampled or deeper than 24 bits");
      }
    }
  }

  private Style style(int at, boolean precincts) throws IOException {
    int levels = bytes.get(at);
    int modes = bytes.get(at + 3);
    int blockX = bytes.get(at + 1) + 2;
    int blockY = bytes.get(at + 2) + 2;
    if (levels < 0 || levels > 32 || blockX > 10 || blockY > 10 || blockX + blockY > 12) {
      throw new IOException("its coding style is not sound");
    }
    if ((modes & 0b1101) != 0) {
      throw new IOException("its code blocks are coded in mode " + modes);
    }
    int[] sizes = new int[levels + 1];
    for (int r = 0; r <= levels; r++) {
      sizes[r] = precincts ? bytes.get(at + 5 + r) & 0xFF : 0xFF;
    }
    return new Style(levels, blockX, blockY, modes, bytes.get(at + 4) == 1, sizes);
  }

  private Steps steps(int at, int length) {
    int kind = bytes.get(at) & 0x1F;
    int guard = (bytes.get(at) & 0xFF) >> 5;
    int[] values = new int[kind == 0 ? length - 1 : (length - 1) / 2];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          kind == 0
              ? (bytes.get(at + 1 + i) & 0xFF) >> 3 << 11
              : bytes.getShort(at + 1 + 2 * i) & 0xFFFF;
    }
    return new Steps(kind, guard, values);
  }

  // Tiles -----------------------------------------------------------------------------------------

  private static int up(int value, int shift) {
    return (int) ((value + (1L << shift) - 1) >> shift);
  }

  /** A rectangle of samples of a resolution. */
  private static final class Resolution {
    int left;
    int top;
    int right;
    int bottom;
    final List<Band> bands = new ArrayList<>();
    final List<List<Precinct>> precincts = new ArrayList<>();
  }

  private static final class Band {
    int left;
    int top;
    int right;
    int bottom;
    int kind;
    int planes;
    float step;
    int[] values = {};
  }

  /** The code blocks of one band that lie in one precinct. */
  private static final class Precinct {
    final Band band;
    final Block[] blocks;
    final J2kTagTree inclusion;
    final J2kTagTree zeroPlanes;

    Precinct(Band band, int wide, int high) {
      this.band = band;
      blocks = new Block[wide * high];
      inclusion = new J2kTagTree(wide, high);
      zeroPlanes = new J2kTagTree(wide, high);
    }
  }

  private static final class Block {
    int left;
    int top;
    int right;
    int bottom;
    boolean included;
    int zeroPlanes;
    int lengthBits = 3;
    int passes;
    final ByteArrayOutputStream data = new ByteArrayOutputStream();
  }

  private record Packet(int layer, int resolution, int component, int precinct, long x, long y) {}

  private int blocks;

  private void decodeTile(int index, Tile tile) throws IOException {
    int across = (int) (((long) x1 - tileX0 + tileWidth - 1) / tileWidth);
    int left = (int) Math.max(x0, tileX0 + (long) (index % across) * tileWidth);
    int top = (int) Math.max(y0, tileY0 + (long) (index / across) * tileHeight);
    int right = (int) Math.min(x1, tileX0 + (index % across + 1L) * tileWidth);
    int bottom = (int) Math.min(y1, tileY0 + (index / across + 1L) * tileHeight);
    if (left >= right || top >= bottom) {
      throw new IOException("it has a tile outside of the image");
    }
    Resolution[][] parts = new Resolution[components][];
    for (int c = 0; c < components; c++) {
      parts[c] = resolutions(tile.coding, c, left, top, right, bottom);
    }
    readPackets(tile, parts, left, top);
    float[][] planes = new float[components][];
    int[][] whole = new int[components][];
    for (int c = 0; c < components; c++) {
      boolean reversible = tile.coding.style(c).reversible;
      decodeBlocks(parts[c], tile.coding.style(c), reversible);
      if (reversible) {
        whole[c] = J2kWavelet.whole(rectangles(parts[c]));
      } else {
        planes[c] = J2kWavelet.real(rectangles(parts[c]));
      }
    }
    join(tile.coding, whole, planes);
    for (int c = 0; c < components; c++) {
      put(whole[c], c, left, top, right, bottom);
    }
  }

  private static List<J2kWavelet.Level> rectangles(Resolution[] resolutions) {
    List<J2kWavelet.Level> levels = new ArrayList<>();
    for (Resolution r : resolutions) {
      levels.add(
          new J2kWavelet.Level(
              r.left,
              r.top,
              r.right,
              r.bottom,
              r.bands.stream().map(b -> b.values).toList(),
              r.bands.stream().map(b -> b.step).toList()));
    }
    return levels;
  }

  private Resolution[] resolutions(Coding coding, int c, int left, int top, int right, int bottom)
      throws IOException {
    Style style = coding.style(c);
    Steps steps = coding.step(c);
    Resolution[] resolutions = new Resolution[style.levels + 1];
    for (int r = 0; r <= style.levels; r++) {
      int shift = style.levels - r;
      Resolution resolution = new Resolution();
      resolution.left = up(left, shift);
      resolution.top = up(top, shift);
      resolution.right = up(right, shift);
      resolution.bottom = up(bottom, shift);
      for (int kind = r == 0 ? 0 : 1; kind <= (r == 0 ? 0 : 3); kind++) {
        int level = r == 0 ? style.levels : shift + 1;
        resolution.bands.add(band(steps, style, c, kind, level, r, left, top, right, bottom));
      }
      addPrecincts(resolution, style, r);
      resolutions[r] = resolution;
    }
    return resolutions;
  }

  private Band band(
      Steps steps,
      Style style,
      int c,
      int kind,
      int level,
      int r,
      int left,
      int top,
      int right,
      int bottom)
      throws IOException {
    Band band = new Band();
    band.kind = kind;
    long dx = level == 0 || (kind & 1) == 0 ? 0 : 1L << (level - 1);
    long dy = level == 0 || (kind & 2) == 0 ? 0 : 1L << (level - 1);
    long half = (1L << level) - 1;
    band.left = (int) ((left - dx + half) >> level);
    band.top = (int) ((top - dy + half) >> level);
    band.right = (int) ((right - dx + half) >> level);
    band.bottom = (int) ((bottom - dy + half) >> level);
    int number = r == 0 ? 0 : 3 * (r - 1) + kind;
    if (steps.values.length <= (steps.kind == 1 ? 0 : number)) {
      throw new IOException("its quantisation lacks a band");
    }
    int value = steps.values[steps.kind == 1 ? 0 : number];
    int exponent = (value >> 11) - (steps.kind == 1 && r > 0 ? r - 1 : 0);
    band.planes = exponent + steps.guard - 1;
    band.step =
        style.reversible
            ? 1
            : (float) ((1 + (value & 0x7FF) / 2048.0) * Math.pow(2, depth[c] - exponent));
    band.values =
        new int[Math.max(0, band.right - band.left) * Math.max(0, band.bottom - band.top)];
    return band;
  }

  private void addPrecincts(Resolution resolution, Style style, int r) throws IOException {
    int px = style.precincts[r] & 15;
    int py = style.precincts[r] >> 4;
    if (resolution.left >= resolution.right || resolution.top >= resolution.bottom) {
      return;
    }
    int inner = r == 0 ? 0 : 1;
    if (px < inner || py < inner) {
      throw new IOException("its precincts are too small");
    }
    for (int j = resolution.top >> py; j < up(resolution.bottom, py); j++) {
      for (int i = resolution.left >> px; i < up(resolution.right, px); i++) {
        List<Precinct> parts = new ArrayList<>();
        for (Band band : resolution.bands) {
          parts.add(precinct(band, style, i, j, px - inner, py - inner));
        }
        resolution.precincts.add(parts);
      }
    }
  }

  private Precinct precinct(Band band, Style style, int i, int j, int px, int py)
      throws IOException {
    int left = (int) Math.max(band.left, (long) i << px);
    int top = (int) Math.max(band.top, (long) j << py);
    int right = (int) Math.min(band.right, (i + 1L) << px);
    int bottom = (int) Math.min(band.bottom, (j + 1L) << py);
    if (left >= right || top >= bottom) {
      return new Precinct(band, 0, 0);
    }
    int bx = Math.min(style.blockX, px);
    int by = Math.min(style.blockY, py);
    int wide = up(right, bx) - (left >> bx);
    int high = up(bottom, by) - (top >> by);
    blocks += wide * high;
    if (blocks > MAX_BLOCKS) {
      throw new IOException("it has too many code blocks");
    }
    Precinct precinct = new Precinct(band, wide, high);
    for (int n = 0; n < wide * high; n++) {
      Block block = new Block();
      int column = (left >> bx) + n % wide;
      int row = (top >> by) + n / wide;
      block.left = Math.max(left, column << bx);
      block.top = Math.max(top, row << by);
      block.right = Math.min(right, (column + 1) << bx);
      block.bottom = Math.min(bottom, (row + 1) << by);
      precinct.blocks[n] = block;
    }
    return precinct;
  }

  // Packets ---------------------------------------------------------------------------------------

  private void readPackets(Tile tile, Resolution[][] parts, int left, int top) throws IOException {
    List<Packet> packets = packets(tile.coding, parts, left, top);
    J2kBits bits = new J2kBits(tile.data.toByteArray());
    for (Packet packet : packets) {
      if (bits.atEnd()) {
        throw new EOFException("a tile ends before its last packet");
      }
      List<Precinct> bands =
          parts[packet.component][packet.resolution].precincts.get(packet.precinct);
      readPacket(bits, tile.coding, bands, packet.layer);
    }
  }

  private List<Packet> packets(Coding coding, Resolution[][] parts, int left, int top)
      throws IOException {
    List<Packet> packets = new ArrayList<>();
    for (int c = 0; c < parts.length; c++) {
      Style style = coding.style(c);
      for (int r = 0; r < parts[c].length; r++) {
        Resolution resolution = parts[c][r];
        int px = style.precincts[r] & 15;
        int py = style.precincts[r] >> 4;
        int across = up(resolution.right, px) - (resolution.left >> px);
        int shift = style.levels - r;
        if (packets.size() + (long) coding.layers * resolution.precincts.size() > MAX_BLOCKS) {
          throw new IOException("it has too many packets");
        }
        for (int p = 0; p < resolution.precincts.size(); p++) {
          long x = Math.max(left, ((long) (resolution.left >> px) + p % across) << px << shift);
          long y = Math.max(top, ((long) (resolution.top >> py) + p / across) << py << shift);
          for (int layer = 0; layer < coding.layers; layer++) {
            packets.add(new Packet(layer, r, c, p, x, y));
          }
        }
      }
    }
    packets.sort(order(coding.progression));
    return packets;
  }

  private static Comparator<Packet> order(int progression) throws IOException {
    Comparator<Packet> layer = Comparator.comparingInt(Packet::layer);
    Comparator<Packet> resolution = Comparator.comparingInt(Packet::resolution);
    Comparator<Packet> component = Comparator.comparingInt(Packet::component);
    Comparator<Packet> precinct = Comparator.comparingInt(Packet::precinct);
    Comparator<Packet> place = Comparator.comparingLong(Packet::y).thenComparingLong(Packet::x);
    return switch (progression) {
      case 0 -> layer.thenComparing(resolution).thenComparing(component).thenComparing(precinct);
      case 1 -> resolution.thenComparing(layer).thenComparing(component).thenComparing(precinct);
      case 2 ->
          resolution
              .thenComparing(place)
              .thenComparing(component)
              .thenComparing(precinct)
              .thenComparing(layer);
      case 3 ->
          place
              .thenComparing(component)
              .thenComparing(resolution)
              .thenComparing(precinct)
              .thenComparing(layer);
      case 4 ->
          component
              .thenComparing(place)
              .thenComparing(resolution)
              .thenComparing(precinct)
              .thenComparing(layer);
      default -> throw new IOException("its order of progression is number " + progression);
    };
  }

  private static void readPacket(J2kBits bits, Coding coding, List<Precinct> bands, int layer)
      throws IOException {
    bits.skipMarker(0xFF91, 6);
    bits.begin();
    List<Block> blocks = new ArrayList<>();
    List<Integer> lengths = new ArrayList<>();
    if (bits.bit() == 1) {
      for (Precinct precinct : bands) {
        for (int n = 0; n < precinct.blocks.length; n++) {
          readBlockHeader(bits, precinct, n, layer, blocks, lengths);
        }
      }
    }
    bits.end();
    if (coding.eph) {
      bits.skipMarker(0xFF92, 2);
    }
    for (int i = 0; i < blocks.size(); i++) {
      blocks.get(i).data.writeBytes(bits.take(lengths.get(i)));
    }
  }

  private static void readBlockHeader(
      J2kBits bits, Precinct precinct, int n, int layer, List<Block> blocks, List<Integer> lengths)
      throws IOException {
    Block block = precinct.blocks[n];
    boolean in = block.included ? bits.bit() == 1 : precinct.inclusion.below(bits, n, layer + 1);
    if (!in) {
      return;
    }
    if (!block.included) {
      block.included = true;
      block.zeroPlanes = precinct.zeroPlanes.value(bits, n);
    }
    int passes = bits.passes();
    while (bits.bit() == 1) {
      block.lengthBits++;
    }
    int length = bits.bits(block.lengthBits + 31 - Integer.numberOfLeadingZeros(passes));
    block.passes += passes;
    blocks.add(block);
    lengths.add(length);
  }

  // Samples ---------------------------------------------------------------------------------------

  private static void decodeBlocks(Resolution[] resolutions, Style style, boolean reversible)
      throws IOException {
    for (Resolution resolution : resolutions) {
      for (List<Precinct> bands : resolution.precincts) {
        for (Precinct precinct : bands) {
          for (Block block : precinct.blocks) {
            decodeBlock(precinct.band, block, style, reversible);
          }
        }
      }
    }
  }

  private static void decodeBlock(Band band, Block block, Style style, boolean reversible)
      throws IOException {
    int planes = band.planes - block.zeroPlanes;
    if (block.passes == 0) {
      return;
    }
    if (planes < 1 || planes > 30 || block.passes > 3 * planes - 2) {
      throw new IOException(
          "a code block has " + block.passes + " passes in " + planes + " planes");
    }
    int wide = block.right - block.left;
    int high = block.bottom - block.top;
    int[] doubled =
        new J2kBlock(wide, high, band.kind, style.modes)
            .decode(block.data.toByteArray(), planes, block.passes);
    int stride = band.right - band.left;
    for (int y = 0; y < high; y++) {
      for (int x = 0; x < wide; x++) {
        int value = doubled[y * wide + x];
        band.values[(block.top - band.top + y) * stride + block.left - band.left + x] =
            reversible ? value / 2 : value;
      }
    }
  }

  private void join(Coding coding, int[][] whole, float[][] planes) throws IOException {
    boolean joined = coding.mct && components >= 3;
    boolean reversible = whole[0] != null;
    for (int c = 1; joined && c < 3; c++) {
      if ((whole[c] != null) != reversible || sizes(whole, planes, c) != sizes(whole, planes, 0)) {
        throw new IOException("its first three components do not fit together");
      }
    }
    if (joined && reversible) {
      for (int i = 0; i < whole[0].length; i++) {
        int green = whole[0][i] - ((whole[1][i] + whole[2][i]) >> 2);
        int blue = whole[1][i] + green;
        whole[0][i] = whole[2][i] + green;
        whole[1][i] = green;
        whole[2][i] = blue;
      }
    } else if (joined) {
      for (int i = 0; i < planes[0].length; i++) {
        float y = planes[0][i];
        float cb = planes[1][i];
        float cr = planes[2][i];
        planes[0][i] = y + cr * 1.402f;
        planes[1][i] = y - cb * 0.34413f - cr * 0.71414f;
        planes[2][i] = y + cb * 1.772f;
      }
    }
    for (int c = 0; c < components; c++) {
      if (whole[c] == null) {
        whole[c] = new int[planes[c].length];
        for (int i = 0; i < whole[c].length; i++) {
          whole[c][i] = (int) Math.rint(planes[c][i]);
        }
      }
    }
  }

  private static int sizes(int[][] whole, float[][] planes, int c) {
    return whole[c] != null ? whole[c].length : planes[c].length;
  }

  private void put(int[] values, int c, int left, int top, int right, int bottom) {
    int shift = signed[c] ? 0 : 1 << (depth[c] - 1);
    int low = signed[c] ? -(1 << (depth[c] - 1)) : 0;
    int high = low + (1 << depth[c]) - 1;
    int from = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        int value = values[from++] + shift;
        samples[c][(y - y0) * width() + x - x0] = Math.max(low, Math.min(high, value));
      }
    }
  }
}
