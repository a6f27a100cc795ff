package ai.medr1.examples.cli;

import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells people what went wrong, and programs by the exit code. */
final class Failures {
  private static final int INPUT = 1;
  private static final int USAGE = 2;
  private static final int INTERNAL = 3;

  /** A check does not hold. */
  static final int DOES_NOT_HOLD = 4;

  private Failures() {}

  /** The command line cannot be understood. */
  static int usage(ParameterException given, String... arguments) {
    ParameterException e = unknownFirst(given, arguments);
    CommandLine at = e.getCommandLine();
    PrintWriter err = at.getErr();
    err.println("medr1: " + e.getMessage());
    UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Try: " + at.getCommandSpec().qualifiedName() + " --help");
    return USAGE;
  }

  /** A mistyped option is not there: the one that was typed is the better news. */
  private static ParameterException unknownFirst(ParameterException e, String... arguments) {
    if (!(e instanceof MissingParameterException)) {
      return e;
    }
    var known = e.getCommandLine().getCommandSpec().optionsMap();
    return Arrays.stream(arguments)
        .filter(argument -> argument.matches("--[a-z].*"))
        .map(argument -> argument.replaceFirst("=.*", ""))
        .filter(name -> !known.containsKey(name))
        .findFirst()
        .<ParameterException>map(
            name -> new UnmatchedArgumentException(e.getCommandLine(), List.of(name)))
        .orElse(e);
  }

  /** A command failed. */
  static int report(Throwable e, CommandLine at, boolean verbose) {
    PrintWriter err = at.getErr();
    int code = code(e);
    err.println("medr1: " + message(e));
    if (verbose) {
      e.printStackTrace(err);
    }
    return code;
  }

  private static int code(Throwable e) {
    boolean input =
        e instanceof InputException
            || e instanceof IOException
            || e instanceof UncheckedIOException
            || e instanceof InvalidPathException;
    return input ? INPUT : INTERNAL;
  }

  private static String message(Throwable e) {
    if (e instanceof InputException) {
      return String.valueOf(e.getMessage());
    }
    if (e instanceof IOException io) {
      return "cannot read or write: " + IoReason.of(io);
    }
    if (e instanceof UncheckedIOException unchecked) {
      return "cannot read or write: " + IoReason.of(unchecked);
    }
    if (e instanceof InvalidPathException path) {
      return "'%s' is not a path here: %s".formatted(path.getInput(), IoReason.of(path));
    }
    if (e instanceof OutOfMemoryError) {
      return "the Java heap is full (%s); give it more, such as JDK_JAVA_OPTIONS=-Xmx8g"
          .formatted(e.getMessage());
    }
    if (e instanceof UnsatisfiedLinkError
        || (e instanceof LinkageError && String.valueOf(e.getMessage()).contains("torch"))) {
      return "a native library cannot be loaded: %s; docs/user-guide.md says which Maven artifact holds it for which machine"
          .formatted(e.getMessage());
    }
    return "fault of the program: " + e + " (--verbose shows where)";
  }
}
