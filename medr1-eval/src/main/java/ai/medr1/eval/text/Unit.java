package ai.medr1.eval.text;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A unit of measurement.
 *
 * @param dimension quantities of the same one can be compared
 * @param factor one of it, in the dimension's first unit
 */
record Unit(String dimension, double factor) {
  private static final Map<String, Unit> BY_NAME = new HashMap<>();

  static {
    of("length", 1e-9, "nm", "nanometer", "纳米");
    of("length", 1e-6, "um", "μm", "micron", "micrometer", "微米");
    of("length", 1e-3, "mm", "millimeter", "毫米");
    of("length", 1e-2, "cm", "centimeter", "厘米", "公分");
    of("length", 0.1, "dm", "decimeter", "分米");
    of("length", 1, "m", "meter", "米");
    of("length", 0.0254, "inch", "inche");
    of("length", 0.3048, "ft", "foot", "feet");
    of("area", 1e-6, "mm2", "mm^2", "sq mm", "square millimeter", "平方毫米");
    of("area", 1e-4, "cm2", "cm^2", "sq cm", "square centimeter", "平方厘米");
    of("area", 1, "m2", "m^2", "square meter", "平方米");
    of("volume", 1e-9, "ul", "μl", "microliter", "mm3", "mm^3", "cubic millimeter", "微升");
    of("volume", 1e-6, "ml", "milliliter", "cc", "cm3", "cm^3", "cubic centimeter", "毫升");
    of("volume", 1e-4, "dl", "deciliter");
    of("volume", 1e-3, "l", "liter", "升");
    of("mass", 1e-9, "ng", "nanogram");
    of("mass", 1e-6, "ug", "μg", "mcg", "microgram", "微克");
    of("mass", 1e-3, "mg", "milligram", "毫克");
    of("mass", 1, "g", "gram", "克");
    of("mass", 1e3, "kg", "kilogram", "千克", "公斤");
    of("mass", 453.59237, "lb", "pound");
    of("time", 1e-3, "ms", "millisecond", "毫秒");
    of("time", 1, "s", "sec", "second", "秒");
    of("time", 60, "min", "minute", "分钟");
    of("time", 3600, "h", "hr", "hour", "小时");
    of("time", 86400, "d", "day", "天", "日");
    of("time", 604800, "wk", "week", "周");
    // A month has no fixed number of days.
    of("calendar", 1, "mo", "month", "月", "个月");
    of("calendar", 12, "y", "yr", "year", "years old", "year old", "years of age", "岁", "年");
    of("share", 1e-2, "%", "percent", "per cent", "pct");
    of("share", 1e-3, "‰", "per mille");
    of("angle", 1, "°", "deg", "degree", "度");
    of("celsius", 1, "°c", "degrees celsius", "℃", "摄氏度");
    of("fahrenheit", 1, "°f", "degrees fahrenheit");
    of("hounsfield", 1, "hu", "hounsfield unit");
    of("pressure", 133.322387415, "mmhg", "mm hg");
    of("pressure", 1000, "kpa");
    of("frequency", 1, "hz", "hertz");
    of("frequency", 1e3, "khz");
    of("frequency", 1e6, "mhz");
    of("rate", 1, "bpm", "beats per minute", "/min");
    of("dose", 1e-3, "mgy");
    of("dose", 1e-2, "cgy");
    of("dose", 1, "gy", "gray");
    of("equivalent dose", 1e-3, "msv");
    of("equivalent dose", 1, "sv", "sievert");
    of("field", 1, "t", "tesla");
    of("voltage", 1e3, "kv", "kvp");
    of("concentration", 10, "mg/dl");
    of("concentration", 1e4, "g/dl");
    of("concentration", 1e3, "g/l", "mg/ml");
    of("concentration", 1, "mg/l");
    of("molarity", 1, "mmol/l");
    of("molarity", 1e-3, "umol/l", "μmol/l");
    of("magnification", 1, "x", "×", "fold", "times", "倍");
  }

  private static final Pattern BRITISH = Pattern.compile("(?<=met|lit)res?\\b");

  private static void of(String dimension, double factor, String... names) {
    for (String name : names) {
      BY_NAME.put(name, new Unit(dimension, factor));
    }
  }

  /** The unit of this name or abbreviation, in upper or lower case, one or many. */
  static Optional<Unit> named(String name) {
    String plain =
        BRITISH
            .matcher(name.toLowerCase(Locale.ROOT).strip())
            .replaceAll("er")
            .replaceAll("[\\s-]+", " ");
    Unit unit = BY_NAME.get(plain);
    if (unit == null && plain.length() > 2 && plain.endsWith("s")) {
      unit = BY_NAME.get(plain.substring(0, plain.length() - 1));
    }
    return Optional.ofNullable(unit);
  }

  /** A regular expression of the names in scripts that put no blanks between words. */
  static String unspaced() {
    return BY_NAME.keySet().stream()
        .filter(name -> name.codePoints().allMatch(Character::isIdeographic))
        .sorted(Comparator.comparing(String::length).reversed())
        .collect(Collectors.joining("|"));
  }

  /** In what quantities of this dimension are compared. */
  double base(double value) {
    return value * factor;
  }
}
