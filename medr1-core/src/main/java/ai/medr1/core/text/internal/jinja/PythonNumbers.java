package ai.medr1.core.text.internal.jinja;

import ai.medr1.core.text.internal.jinja.Values.Tuple;
import ai.medr1.core.text.internal.jinja.Values.Undefined;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Arithmetic as Python does it, with texts and lists that are added or repeated. */
final class PythonNumbers {
  /** Up to here a floating-point number holds every integer. */
  static final long EXACT = 1L << 53;

  private PythonNumbers() {}

  /** Numbers as Python counts them: truth values are 0 and 1; null for what is no number. */
  static @Nullable Number number(Object value) {
    if (value instanceof Boolean truth) {
      return truth ? 1L : 0L;
    }
    return value instanceof Long || value instanceof Double ? (Number) value : null;
  }

  static Object add(Python python, Object a, Object b) {
    if (a instanceof String left && b instanceof String right) {
      return python.text().append(left).append(right).toString();
    }
    if ((a instanceof List && b instanceof List) || (a instanceof Tuple && b instanceof Tuple)) {
      List<Object> items = new ArrayList<>(Python.sequence(a));
      items.addAll(Python.sequence(b));
      python.chargeItems(items.size());
      return a instanceof List ? items : new Tuple(items);
    }
    return arithmetic(python, "+", a, b);
  }

  static Object multiply(Python python, Object a, Object b) {
    if (number(b) instanceof Long times && number(a) == null) {
      return repeat(python, a, times);
    }
    if (number(a) instanceof Long times && number(b) == null) {
      return repeat(python, b, times);
    }
    return arithmetic(python, "*", a, b);
  }

  private static Object repeat(Python python, Object value, long times) {
    if (value instanceof String text) {
      if (text.length() * (double) times > Python.MAX_TEXT) {
        throw new JinjaException("it makes a text of more than " + Python.MAX_TEXT + " characters");
      }
      python.charge(text.length() * Math.max(0, times));
      return text.repeat((int) Math.max(0, times));
    }
    if (!(value instanceof List) && !(value instanceof Tuple)) {
      throw new JinjaException("'*' cannot repeat " + Python.described(value));
    }
    List<Object> items = Python.sequence(value);
    if (items.size() * (double) times > Python.MAX_TEXT) {
      throw new JinjaException("it makes a list of more than " + Python.MAX_TEXT + " items");
    }
    python.chargeItems(items.size() * Math.max(0, times));
    List<Object> all = new ArrayList<>();
    for (long i = 0; i < times && !items.isEmpty(); i++) {
      all.addAll(items);
    }
    return value instanceof List ? all : new Tuple(all);
  }

  static Object arithmetic(Python python, String operator, Object a, Object b) {
    Number left = number(a);
    Number right = number(b);
    if (left == null || right == null) {
      Object culprit = a instanceof Undefined || !(b instanceof Undefined) ? a : b;
      throw culprit instanceof Undefined undefined
          ? undefined.error()
          : new JinjaException(
              "'%s' cannot be applied to %s and %s"
                  .formatted(operator, Python.described(a), Python.described(b)));
    }
    if (left instanceof Long x && right instanceof Long y) {
      return integers(operator, x, y);
    }
    return floats(operator, left.doubleValue(), right.doubleValue());
  }

  private static Object integers(String operator, long a, long b) {
    try {
      return switch (operator) {
        case "+" -> (Object) Math.addExact(a, b);
        case "-" -> Math.subtractExact(a, b);
        case "*" -> Math.multiplyExact(a, b);
        case "//" -> exactFloorDivide(a, b);
        case "%" -> Math.floorMod(a, nonZero(b));
        case "/" -> divide(a, b);
        default -> power(a, b);
      };
    } catch (ArithmeticException e) {
      throw new JinjaException("integers of more than 64 bits are not supported");
    }
  }

  private static long exactFloorDivide(long a, long b) {
    return b == -1 ? Math.negateExact(a) : Math.floorDiv(a, nonZero(b));
  }

  private static long nonZero(long divisor) {
    if (divisor == 0) {
      throw new JinjaException("division by zero");
    }
    return divisor;
  }

  private static double divide(long a, long b) {
    if (Math.abs(a) > EXACT || Math.abs(b) > EXACT) {
      throw new JinjaException("dividing integers of more than 53 bits is not supported");
    }
    return (double) a / nonZero(b);
  }

  private static Object power(long a, long b) {
    if (b < 0) {
      return floats("**", (double) a, (double) b);
    }
    long result = 1;
    if (a == 0 || a == 1 || a == -1) {
      return a == 0 && b > 0 ? 0L : a == -1 && b % 2 == 1 ? -1L : 1L;
    }
    for (long i = 0; i < b; i++) {
      result = Math.multiplyExact(result, a);
    }
    return result;
  }

  private static Object floats(String operator, double a, double b) {
    boolean divides = operator.equals("/") || operator.equals("//") || operator.equals("%");
    if (divides && b == 0) {
      throw new JinjaException("division by zero");
    }
    double result =
        switch (operator) {
          case "+" -> a + b;
          case "-" -> a - b;
          case "*" -> a * b;
          case "/" -> a / b;
          case "//" -> floorDivide(a, b);
          case "%" -> floorModulo(a, b);
          default -> power(a, b);
        };
    if (Double.isNaN(result)) {
      throw new JinjaException("'" + operator + "' has no result that is a number");
    }
    return result;
  }

  private static double floorModulo(double a, double b) {
    double remainder = a % b;
    if (remainder != 0) {
      return (b < 0) != (remainder < 0) ? remainder + b : remainder;
    }
    return Math.copySign(0.0, b);
  }

  private static double floorDivide(double a, double b) {
    double quotient = (a - floorModulo(a, b)) / b;
    if (quotient == 0) {
      return Math.copySign(0.0, a / b);
    }
    double floor = Math.floor(quotient);
    return quotient - floor > 0.5 ? floor + 1 : floor;
  }

  private static double power(double a, double b) {
    double result = StrictMath.pow(a, b);
    if (Double.isInfinite(result) && !Double.isInfinite(a) && !Double.isInfinite(b)) {
      throw new JinjaException("a power is too large or divides by zero");
    }
    return result;
  }

  static Object negate(Python python, Object value) {
    return number(value) instanceof Double number
        ? (Object) (-number)
        : arithmetic(python, "-", 0L, value);
  }

  /** The shortest digits that give the number again. */
  static String digits(double number) {
    if (Double.isInfinite(number)) {
      return number > 0 ? "inf" : "-inf";
    }
    if (number == 0) {
      return 1 / number < 0 ? "-0.0" : "0.0";
    }
    BigDecimal exact = new BigDecimal(Math.abs(number));
    BigDecimal shortest = exact;
    for (int digits = 1; digits <= 17; digits++) {
      shortest = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (shortest.doubleValue() == Math.abs(number)) {
        break;
      }
    }
    return (number < 0 ? "-" : "") + formatted(shortest.stripTrailingZeros());
  }

  private static String formatted(BigDecimal number) {
    String digits = number.unscaledValue().toString();
    int exponent = digits.length() - 1 - number.scale();
    if (exponent < -4 || exponent >= 16) {
      String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
      return digits.charAt(0)
          + fraction
          + (exponent < 0 ? "e-" : "e+")
          + (Math.abs(exponent) < 10 ? "0" : "")
          + Math.abs(exponent);
    }
    String plain = number.toPlainString();
    return plain.contains(".") ? plain : plain + ".0";
  }
}
