package ai.medr1.core.image;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * From stored values of a gray DICOM image to levels of 8 bits.
 *
 * <p>Modality values are {@code stored * slope + intercept}, or what the modality table gives. Of
 * these the share {@code f} of the way from black to white is told by the first of
 *
 * <ul>
 *   <li>the first table of the VOI LUT sequence: its entry over the largest that its bits can hold,
 *   <li>the first window, of centre c and width w, by its function: linear, {@code (x - (c - 0.5))
 *       / (w - 1) + 0.5}; linear exact, {@code (x - c) / w + 0.5}; sigmoid, {@code 1 / (1 + exp(-4
 *       (x - c) / w))},
 *   <li>the range of the frame, padding left out: {@code (x - min) / (max - min)},
 * </ul>
 *
 * <p>which is cut off at 0 and 1. The level is {@code floor(255 f + 0.5)}, and 255 less that where
 * the photometric interpretation is MONOCHROME1. Up to the last step these are the formulas of the
 * DICOM standard, PS3.3 C.11, as pydicom's {@code apply_modality_lut} and {@code apply_voi_lut}
 * have them.
 */
final class DicomLevels {
  private static final int MODALITY_LUT = 0x00283000;
  private static final int VOI_LUT = 0x00283010;
  private static final int LUT_DESCRIPTOR = 0x00283002;
  private static final int LUT_DATA = 0x00283006;
  private static final int INTERCEPT = 0x00281052;
  private static final int SLOPE = 0x00281053;
  private static final int CENTRE = 0x00281050;
  private static final int WIDTH = 0x00281051;
  private static final int FUNCTION = 0x00281056;
  private static final int PADDING = 0x00280120;
  private static final int PADDING_LIMIT = 0x00280121;

  /** Groups of elements that belong to one frame or to all frames. */
  private static final int SHARED_GROUPS = 0x52009229;

  private static final int FRAME_GROUPS = 0x52009230;
  private static final int VALUE_GROUP = 0x00289145;
  private static final int WINDOW_GROUP = 0x00289132;

  private final DicomDataset values;
  private final DicomDataset windows;
  private final DicomDataset image;
  private final boolean signed;

  /**
   * Levels of one frame.
   *
   * @param frame from 0
   * @param signed whether stored values have a sign
   */
  DicomLevels(DicomDataset image, int frame, boolean signed) {
    this.image = image;
    this.signed = signed;
    this.values = group(frame, VALUE_GROUP);
    this.windows = group(frame, WINDOW_GROUP);
  }

  /** The group of the frame, else that of all frames, else the image itself. */
  private DicomDataset group(int frame, int tag) {
    List<DicomDataset> frames = image.items(FRAME_GROUPS);
    if (frame < frames.size() && !frames.get(frame).items(tag).isEmpty()) {
      return frames.get(frame).items(tag).get(0);
    }
    return image.items(SHARED_GROUPS).stream()
        .flatMap(shared -> shared.items(tag).stream())
        .findFirst()
        .orElse(image);
  }

  /** Gray levels of stored values. */
  byte[] levels(int[] stored, boolean inverted) throws IOException {
    double[] x = modality(stored);
    double[] f = shares(stored, x);
    byte[] levels = new byte[f.length];
    for (int i = 0; i < f.length; i++) {
      int level = (int) Math.floor(255 * Math.max(0, Math.min(1, f[i])) + 0.5);
      levels[i] = (byte) (inverted ? 255 - level : level);
    }
    return levels;
  }

  private double[] modality(int[] stored) throws IOException {
    double[] x = new double[stored.length];
    Optional<Table> table = table(image.items(MODALITY_LUT), signed);
    double slope = first(values, SLOPE, 1);
    double intercept = first(values, INTERCEPT, 0);
    for (int i = 0; i < x.length; i++) {
      x[i] = table.isPresent() ? table.get().at(stored[i]) : stored[i] * slope + intercept;
    }
    return x;
  }

  private static double first(DicomDataset set, int tag, double otherwise) {
    List<Double> found = set.decimals(tag);
    return found.isEmpty() ? otherwise : found.get(0);
  }

  private double[] shares(int[] stored, double[] x) throws IOException {
    boolean negative = signed || first(values, INTERCEPT, 0) < 0;
    Optional<Table> table = table(windows.items(VOI_LUT), negative);
    if (table.isPresent()) {
      for (int i = 0; i < x.length; i++) {
        x[i] = table.get().share((int) x[i]);
      }
      return x;
    }
    List<Double> centres = windows.decimals(CENTRE);
    List<Double> widths = windows.decimals(WIDTH);
    String function = windows.text(FUNCTION).isEmpty() ? "LINEAR" : windows.text(FUNCTION);
    boolean usable =
        !centres.isEmpty()
            && !widths.isEmpty()
            && (function.equals("LINEAR") ? widths.get(0) >= 1 : widths.get(0) > 0);
    if (usable) {
      window(x, centres.get(0), widths.get(0), function);
    } else {
      range(stored, x);
    }
    return x;
  }

  private static void window(double[] x, double centre, double width, String function)
      throws IOException {
    switch (function) {
      case "LINEAR" -> line(x, centre - 0.5, width - 1);
      case "LINEAR_EXACT" -> line(x, centre, width);
      case "SIGMOID" -> {
        for (int i = 0; i < x.length; i++) {
          x[i] = 1 / (1 + Math.exp(-4 * (x[i] - centre) / width));
        }
      }
      default -> throw new IOException("its VOI LUT function is " + function);
    }
  }

  private static void line(double[] x, double centre, double width) {
    for (int i = 0; i < x.length; i++) {
      double from = x[i] - centre;
      // A width of nothing is a threshold.
      x[i] = from <= -width / 2 ? 0 : from > width / 2 ? 1 : from / width + 0.5;
    }
  }

  private void range(int[] stored, double[] x) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < x.length; i++) {
      if (!isPadding(stored[i])) {
        min = Math.min(min, x[i]);
        max = Math.max(max, x[i]);
      }
    }
    for (int i = 0; i < x.length; i++) {
      x[i] = max > min ? (x[i] - min) / (max - min) : 0;
    }
  }

  private boolean isPadding(int stored) {
    int[] padding = image.shorts(PADDING);
    if (padding.length == 0) {
      return false;
    }
    int[] limit = image.shorts(PADDING_LIMIT);
    int one = signed ? (short) padding[0] : padding[0];
    int other = limit.length == 0 ? one : signed ? (short) limit[0] : limit[0];
    return stored >= Math.min(one, other) && stored <= Math.max(one, other);
  }

  /**
   * A look-up table.
   *
   * @param first the value that the first entry belongs to
   */
  private record Table(int first, int[] entries, int bits) {
    int at(int value) {
      return entries[Math.max(0, Math.min(entries.length - 1, value - first))];
    }

    double share(int value) {
      return at(value) / (double) ((1 << bits) - 1);
    }
  }

  private static Optional<Table> table(List<DicomDataset> items, boolean signed)
      throws IOException {
    if (items.isEmpty()) {
      return Optional.empty();
    }
    int[] descriptor = items.get(0).shorts(LUT_DESCRIPTOR);
    Optional<DicomDataset.Element> data = items.get(0).element(LUT_DATA);
    if (descriptor.length < 3 || data.isEmpty()) {
      throw new IOException("a look-up table has no descriptor or no data");
    }
    int count = descriptor[0] == 0 ? 1 << 16 : descriptor[0];
    int[] entries = items.get(0).shorts(LUT_DATA);
    int bits = descriptor[2];
    if (bits <= 8 && data.get().bytes().limit() < 2 * count) {
      // Two entries of 8 bits lie in one word.
      entries = new int[data.get().bytes().limit()];
      for (int i = 0; i < entries.length; i++) {
        entries[i] = data.get().bytes().get(i) & 0xFF;
      }
    }
    if (entries.length < count || bits < 1 || bits > 16) {
      throw new IOException("a look-up table has fewer entries than its descriptor says");
    }
    String vr = items.get(0).element(LUT_DESCRIPTOR).get().vr();
    boolean negative = vr.equals("SS") || (vr.isEmpty() && signed);
    int first = negative ? (short) descriptor[1] : descriptor[1];
    return Optional.of(new Table(first, Arrays.copyOf(entries, count), bits));
  }
}
