package ai.medr1.core;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** The kinds that are text. */
final class TextKinds {
  private static final int PAIRS = 16;

  private TextKinds() {}

  static Optional<FileKind> find(byte[] head) {
    if (starts(head, 0xff, 0xfe, 0, 0) || starts(head, 0, 0, 0xfe, 0xff)) {
      return Optional.of(FileKind.UTF_32);
    }
    if (starts(head, 0xff, 0xfe) || starts(head, 0xfe, 0xff) || everySecondIsZero(head)) {
      return Optional.of(FileKind.UTF_16);
    }
    String text = new String(head, StandardCharsets.UTF_8).replaceFirst("^\ufeff", "");
    return isText(text) ? Optional.of(named(text.stripLeading())) : Optional.empty();
  }

  private static FileKind named(String text) {
    if (text.matches(
        "(?s)version https://(git-lfs\\.github\\.com|hawser\\.github\\.com)/spec/.*")) {
      return FileKind.GIT_LFS_POINTER;
    }
    if (text.startsWith("# xet version")) {
      return FileKind.XET_POINTER;
    }
    if (text.matches("(?s)((\\.\\./)*\\.git)?/annex/objects/.*")) {
      return FileKind.GIT_ANNEX_POINTER;
    }
    if (text.startsWith("<")) {
      return markup(text.toLowerCase(Locale.ROOT));
    }
    // A template may begin with a brace, too; an object goes on with a key.
    return text.matches("(?s)(\\{\\s*[\"}]|\\[\\s*[\\[{\"\\d\\]-]).*")
        ? FileKind.JSON
        : FileKind.TEXT;
  }

  private static FileKind markup(String lower) {
    if (lower.startsWith("<!doctype html") || lower.contains("<html")) {
      return FileKind.HTML;
    }
    if (lower.startsWith("<svg") || (lower.startsWith("<?xml") && lower.contains("<svg"))) {
      return FileKind.SVG;
    }
    return lower.startsWith("<?xml") ? FileKind.XML : FileKind.TEXT;
  }

  private static boolean starts(byte[] head, int... bytes) {
    if (head.length < bytes.length) {
      return false;
    }
    for (int i = 0; i < bytes.length; i++) {
      if ((head[i] & 0xff) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  /** Latin letters in UTF-16 without a mark at the beginning. */
  private static boolean everySecondIsZero(byte[] head) {
    int pairs = Math.min(head.length / 2, PAIRS);
    int little = 0;
    int big = 0;
    for (int i = 0; i < pairs; i++) {
      boolean first = head[2 * i] == 0;
      boolean second = head[2 * i + 1] == 0;
      little += !first && second ? 1 : 0;
      big += first && !second ? 1 : 0;
    }
    return pairs >= 2 && (little == pairs || big == pairs);
  }

  /** No control characters but blanks, and no broken UTF-8 but where the last character was cut. */
  private static boolean isText(String text) {
    return text.substring(0, Math.max(1, text.length() - 3)).chars().allMatch(TextKinds::isText);
  }

  private static boolean isText(int c) {
    return c >= 32 ? c != 0xfffd : c == '\t' || c == '\n' || c == '\r' || c == '\f';
  }
}
