package ai.medr1.core.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The elements of a DICOM data set or of one item of a sequence, by tag (group * 65536 + element).
 */
final class DicomDataset {
  private static final int ITEM = 0xFFFEE000;
  private static final int END_OF_ITEM = 0xFFFEE00D;
  private static final int END_OF_SEQUENCE = 0xFFFEE0DD;
  private static final int PIXEL_DATA = 0x7FE00010;
  private static final int UNDEFINED = -1;
  private static final int MAX_DEPTH = 16;

  /** Value representations whose length has 32 bits. */
  private static final Set<String> LONG =
      Set.of("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV");

  /** Sequences that are looked into; without explicit representations nothing else tells them. */
  private static final Set<Integer> SEQUENCES =
      Set.of(0x00283000, 0x00283010, 0x00289132, 0x00289145, 0x52009229, 0x52009230);

  /** A value as it lies in the file: bytes, or items of a sequence, or fragments of pixel data. */
  record Element(
      String vr, ByteBuffer bytes, List<DicomDataset> items, List<ByteBuffer> fragments) {}

  private final Map<Integer, Element> elements = new HashMap<>();

  Optional<Element> element(int tag) {
    return Optional.ofNullable(elements.get(tag));
  }

  /** Reads the elements from {@code from} to the end of the data. */
  static DicomDataset read(ByteBuffer data, int from, boolean explicit) throws IOException {
    DicomDataset set = new DicomDataset();
    try {
      new Reader(data, explicit).readInto(set, from, data.limit(), 0);
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new EOFException("it ends in the middle of an element");
    }
    return set;
  }

  /** The end of the group 0002, whose representations are always explicit. */
  static int readMeta(ByteBuffer data, int from, DicomDataset into) throws IOException {
    int at = from;
    Reader reader = new Reader(data, true);
    try {
      while (at + 8 <= data.limit() && data.getShort(at) == 2) {
        at = reader.readElement(into, at, data.limit(), 0);
      }
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new EOFException("it ends in the middle of its header");
    }
    return at;
  }

  /** Numbers that a text tells, separated by backslashes; none where it is empty or no number. */
  List<Double> decimals(int tag) {
    List<Double> values = new ArrayList<>();
    for (String part : text(tag).split("\\\\")) {
      try {
        values.add(Double.parseDouble(part.trim()));
      } catch (NumberFormatException e) {
        return values;
      }
    }
    return values;
  }

  String text(int tag) {
    return element(tag)
        .map(e -> StandardCharsets.ISO_8859_1.decode(e.bytes.duplicate()).toString())
        .map(s -> s.replace('\0', ' ').trim())
        .orElse("");
  }

  /** Numbers of 16 bits, without sign. */
  int[] shorts(int tag) {
    return element(tag).map(e -> shorts(e.bytes)).orElse(new int[0]);
  }

  private static int[] shorts(ByteBuffer bytes) {
    int[] values = new int[bytes.limit() / 2];
    for (int i = 0; i < values.length; i++) {
      values[i] = bytes.getShort(2 * i) & 0xFFFF;
    }
    return values;
  }

  int number(int tag, int otherwise) {
    int[] values = shorts(tag);
    return values.length == 0 ? otherwise : values[0];
  }

  List<DicomDataset> items(int tag) {
    return element(tag).map(Element::items).orElse(List.of());
  }

  private static final class Reader {
    private final ByteBuffer data;
    private final boolean explicit;

    Reader(ByteBuffer data, boolean explicit) {
      this.data = data;
      this.explicit = explicit;
    }

    private int tag(int at) {
      return (data.getShort(at) & 0xFFFF) << 16 | (data.getShort(at + 2) & 0xFFFF);
    }

    /** Elements up to {@code end} or to the mark of the end of an item; where they end. */
    private int readInto(DicomDataset set, int from, int end, int depth) throws IOException {
      int at = from;
      while (at + 8 <= end) {
        if (tag(at) == END_OF_ITEM) {
          return at + 8;
        }
        boolean pixels = tag(at) == PIXEL_DATA;
        at = readElement(set, at, end, depth);
        if (pixels && depth == 0) {
          return at;
        }
      }
      return end;
    }

    private int readElement(DicomDataset set, int at, int end, int depth) throws IOException {
      int tag = tag(at);
      String vr = "";
      int body = at + 8;
      int length;
      if (explicit) {
        vr = "" + (char) data.get(at + 4) + (char) data.get(at + 5);
        if (!vr.matches("[A-Z][A-Z]")) {
          throw new IOException("the element at byte " + at + " has no value representation");
        }
        boolean wide = LONG.contains(vr);
        length = wide ? data.getInt(at + 8) : data.getShort(at + 6) & 0xFFFF;
        body = wide ? at + 12 : body;
      } else {
        length = data.getInt(at + 4);
      }
      if (length != UNDEFINED && (length < 0 || length > end - body)) {
        if (tag != PIXEL_DATA) {
          throw new EOFException("the element at byte " + at + " goes beyond the end of the file");
        }
        throw new EOFException("it ends before the end of its pixels");
      }
      return readValue(set, tag, vr, body, length, depth);
    }

    private int readValue(DicomDataset set, int tag, String vr, int body, int length, int depth)
        throws IOException {
      boolean sequence = vr.equals("SQ") || (!explicit && SEQUENCES.contains(tag));
      if (length == UNDEFINED && tag == PIXEL_DATA) {
        return readFragments(set, tag, vr, body);
      }
      if (sequence || length == UNDEFINED) {
        // A sequence of unknown representation is always written with implicit ones.
        Reader reader = vr.equals("UN") ? new Reader(data, false) : this;
        int end = length == UNDEFINED ? data.limit() : body + length;
        List<DicomDataset> items = new ArrayList<>();
        int behind = reader.readItems(items, body, end, depth + 1);
        set.elements.put(tag, new Element(vr, slice(body, 0), items, List.of()));
        return length == UNDEFINED ? behind : end;
      }
      set.elements.put(tag, new Element(vr, slice(body, length), List.of(), List.of()));
      return body + length;
    }

    private int readItems(List<DicomDataset> items, int from, int end, int depth)
        throws IOException {
      if (depth > MAX_DEPTH) {
        throw new IOException("its sequences are nested more than " + MAX_DEPTH + " deep");
      }
      int at = from;
      while (at + 8 <= end && tag(at) == ITEM) {
        int length = data.getInt(at + 4);
        if (length != UNDEFINED && (length < 0 || length > end - at - 8)) {
          throw new EOFException("the item at byte " + at + " goes beyond the end of the file");
        }
        DicomDataset item = new DicomDataset();
        int stop = length == UNDEFINED ? end : at + 8 + length;
        int behind = readInto(item, at + 8, stop, depth);
        items.add(item);
        at = length == UNDEFINED ? behind : stop;
      }
      return at + 8 <= data.limit() && tag(at) == END_OF_SEQUENCE ? at + 8 : at;
    }

    private int readFragments(DicomDataset set, int tag, String vr, int body) throws IOException {
      List<ByteBuffer> fragments = new ArrayList<>();
      int at = body;
      while (at + 8 <= data.limit() && tag(at) == ITEM) {
        int length = data.getInt(at + 4);
        if (length < 0 || length > data.limit() - at - 8) {
          throw new EOFException("it ends before the end of its pixels");
        }
        fragments.add(slice(at + 8, length));
        at += 8 + length;
      }
      if (at + 8 > data.limit() || tag(at) != END_OF_SEQUENCE) {
        throw new EOFException("it ends before the end of its pixels");
      }
      set.elements.put(tag, new Element(vr, slice(body, 0), List.of(), fragments));
      return at + 8;
    }

    private ByteBuffer slice(int from, int length) {
      ByteOrder order = data.order();
      return data.slice(from, length).order(order);
    }
  }
}
