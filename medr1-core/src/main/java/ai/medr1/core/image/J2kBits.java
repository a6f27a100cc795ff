package ai.medr1.core.image;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/** Headers and bodies of packets: bits with a stuffed zero after every 0xFF, then whole bytes. */
final class J2kBits {
  private final byte[] data;
  private int at;
  private int current;
  private int left;

  J2kBits(byte[] data) {
    this.data = data;
  }

  boolean atEnd() {
    return at >= data.length;
  }

  void skipMarker(int marker, int length) {
    if (at + length <= data.length
        && (data[at] & 0xFF) == marker >> 8
        && (data[at + 1] & 0xFF) == (marker & 0xFF)) {
      at += length;
    }
  }

  void begin() {
    left = 0;
    current = 0;
  }

  /** Ends at a whole byte; a stuffed one belongs to the header. */
  void end() {
    if (current == 0xFF) {
      at++;
    }
    begin();
  }

  int bit() throws IOException {
    if (left == 0) {
      if (at >= data.length) {
        throw new EOFException("a packet goes beyond the end of its tile");
      }
      left = current == 0xFF ? 7 : 8;
      current = data[at++] & 0xFF;
    }
    left--;
    return current >> left & 1;
  }

  int bits(int count) throws IOException {
    if (count > 31) {
      throw new IOException("a packet tells a length of " + count + " bits");
    }
    int value = 0;
    for (int i = 0; i < count; i++) {
      value = value << 1 | bit();
    }
    return value;
  }

  /** The number of passes, 1 to 164. */
  int passes() throws IOException {
    if (bit() == 0) {
      return 1;
    }
    if (bit() == 0) {
      return 2;
    }
    int few = bits(2);
    if (few < 3) {
      return 3 + few;
    }
    int more = bits(5);
    return more < 31 ? 6 + more : 37 + bits(7);
  }

  byte[] take(int length) throws IOException {
    if (length > data.length - at) {
      throw new EOFException("a packet goes beyond the end of its tile");
    }
    at += length;
    return Arrays.copyOfRange(data, at - length, at);
  }
}
