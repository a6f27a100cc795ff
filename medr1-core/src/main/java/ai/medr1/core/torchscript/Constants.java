package ai.medr1.core.torchscript;

import ai.medr1.core.checkpoint.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of numbers in the kernels. TorchScript's serialised dialect has no global constants, so
 * names are replaced when the archive is written; one that is not known here fails when the archive
 * is loaded.
 */
final class Constants {
  private static final Pattern NAME = Pattern.compile("\\b[A-Z][A-Z0-9_]{2,}\\b");

  /** What a tape keeps of a segment; the last looks for values that are not finite. */
  private static final List<String> KEEPS = List.of("NOTHING", "INPUTS", "GRAPHS", "WATCH");

  private static final Map<String, Integer> VALUES = values();

  private Constants() {}

  private static Map<String, Integer> values() {
    Map<String, Integer> values = new LinkedHashMap<>();
    for (DType type : DType.values()) {
      values.put(type.torchName().toUpperCase(Locale.ROOT), type.torchCode());
    }
    for (SegmentKind kind : SegmentKind.values()) {
      values.put(kind.name(), kind.code());
    }
    KEEPS.forEach(keeps -> values.put(keeps, KEEPS.indexOf(keeps)));
    return values;
  }

  /** Source with numbers in the place of their names. */
  static String replaced(String source) {
    return NAME.matcher(source)
        .replaceAll(
            match -> {
              Integer value = VALUES.get(match.group());
              return Matcher.quoteReplacement(value == null ? match.group() : value.toString());
            });
  }
}
