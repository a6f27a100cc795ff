package ai.medr1.examples.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Letters of any script in a locale that knows ASCII alone, as that of most containers. The
 * launchers choose another one before the JVM starts; where the program is started without them,
 * output can be mended, arguments cannot.
 */
final class Letters {
  /** What the JVM makes of bytes that it cannot read. */
  private static final String UNREADABLE = "\uFFFD";

  private Letters() {}

  /** Standard output and error are UTF-8 where they would be ASCII. */
  static void useUnicode() {
    if (!ofOutput().equals(StandardCharsets.US_ASCII)) {
      return;
    }
    System.setOut(unicode(FileDescriptor.out));
    System.setErr(unicode(FileDescriptor.err));
  }

  private static PrintStream unicode(FileDescriptor file) {
    return new PrintStream(new FileOutputStream(file), true, StandardCharsets.UTF_8);
  }

  /** A writer on one of the two, with the same letters. */
  static PrintWriter writer(PrintStream stream) {
    Charset chosen = ofOutput();
    Charset used = chosen.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : chosen;
    return new PrintWriter(new OutputStreamWriter(stream, used), true);
  }

  /** That of the locale; Java 17 does not tell it apart from the default. */
  private static Charset ofOutput() {
    return Charset.forName(System.getProperty("stdout.encoding", Charset.defaultCharset().name()));
  }

  /** What to tell about arguments whose letters the JVM has lost. */
  static Optional<String> lost(String[] arguments) {
    String locale = System.getProperty("sun.jnu.encoding", "");
    if (locale.equals("UTF-8")) {
      return Optional.empty();
    }
    return Arrays.stream(arguments)
        .filter(argument -> argument.contains(UNREADABLE))
        .findFirst()
        .map(
            argument ->
                "the argument '%s' has letters that the locale of this process (%s) cannot express; start Java with LC_ALL=C.UTF-8, as scripts/medr1 does"
                    .formatted(argument, locale));
  }
}
