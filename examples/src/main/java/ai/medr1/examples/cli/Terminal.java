package ai.medr1.examples.cli;

import java.io.PrintWriter;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/** What is shown only where somebody looks on. */
final class Terminal {
  private Terminal() {}

  /** Whether standard error is a terminal; the launcher finds out, since Java 17 cannot. */
  static boolean present() {
    return Boolean.getBoolean("medr1.terminal");
  }

  /** A line that is written over with every news, and ends with the last; nothing elsewhere. */
  static <T> Consumer<T> line(PrintWriter err, Function<T, String> text, Predicate<T> last) {
    if (!present()) {
      return news -> {};
    }
    return news -> {
      err.print("\r" + text.apply(news) + (last.test(news) ? System.lineSeparator() : ""));
      err.flush();
    };
  }
}
