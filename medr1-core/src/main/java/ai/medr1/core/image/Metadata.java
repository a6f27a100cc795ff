package ai.medr1.core.image;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a file tells about itself beside its pixels, as far as it concerns which way is up. The
 * order of precedence is that of Pillow's {@code getexif}: EXIF, a profile that ImageMagick wrote
 * as text, the directory of a TIFF; and XMP where these do not mention the orientation.
 */
final class Metadata {
  private static final Pattern XMP_ORIENTATION = Pattern.compile("tiff:Orientation(=\"|>)([0-9])");
  private static final int UPRIGHT = 1;

  private byte[] exif = {};
  private boolean hasExif;
  private String rawProfile = "";
  private String xmpText = "";
  private byte[] xmp = {};

  /** The first block of EXIF, or a further one that goes on with it. */
  void addExif(byte[] block) {
    byte[] more = hasExif ? Orientation.withoutHeader(block, 1) : block;
    byte[] joined = new byte[exif.length + more.length];
    System.arraycopy(exif, 0, joined, 0, exif.length);
    System.arraycopy(more, 0, joined, exif.length, more.length);
    setExif(joined);
  }

  void setExif(byte[] block) {
    exif = block;
    hasExif = true;
  }

  void setXmp(byte[] packet) {
    xmp = packet;
  }

  /** A text of a PNG with its keyword. */
  void setText(String keyword, String text) {
    switch (keyword) {
      case "Raw profile type exif" -> rawProfile = text;
      case "XML:com.adobe.xmp" -> xmpText = text;
      case "exif" -> setExif(text.getBytes(StandardCharsets.ISO_8859_1));
      default -> {}
    }
  }

  /** The orientation, 1 to 8; where none is told, or no valid one, the picture is as it is: 1. */
  int orientation() {
    byte[] block = hasExif ? exif : profile();
    OptionalInt value = Orientation.inDirectory(Orientation.withoutHeader(block, 2), false);
    return value.isPresent() ? valid(value.getAsInt()) : inXmp();
  }

  /** The orientation of a TIFF, whose own directory takes the place of EXIF. */
  int orientation(byte[] tiff) {
    OptionalInt value = Orientation.inDirectory(tiff, true);
    return value.isPresent() ? valid(value.getAsInt()) : inXmp();
  }

  /** Hexadecimal digits in lines, behind three lines of preamble. */
  private byte[] profile() {
    String[] lines = rawProfile.split("\n", 4);
    String digits = lines.length < 4 ? "" : lines[3].replaceAll("\\s", "");
    try {
      return HexFormat.of().parseHex(digits);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private int inXmp() {
    String packet = xmpText.isEmpty() ? new String(xmp, StandardCharsets.ISO_8859_1) : xmpText;
    Matcher found = XMP_ORIENTATION.matcher(packet);
    return found.find() ? valid(Integer.parseInt(found.group(2))) : UPRIGHT;
  }

  private static int valid(int value) {
    return value >= 1 && value <= 8 ? value : UPRIGHT;
  }
}
