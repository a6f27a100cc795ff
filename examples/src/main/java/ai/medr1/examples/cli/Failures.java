package ai.medr1.examples.cli;

import ai.medr1.core.InputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells people what went wrong, and programs by the exit code. */
final class Failures {
  private static final int INPUT = 1;
  private static final int USAGE = 2;
  private static final int INTERNAL = 3;

  private Failures() {}

  /** The command line cannot be understood. */
  static int usage(ParameterException e) {
    CommandLine at = e.getCommandLine();
    PrintWriter err = at.getErr();
    err.println("medr1: " + e.getMessage());
    UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Try: " + at.getCommandSpec().qualifiedName() + " --help");
    return USAGE;
  }

  /** A command failed. */
  static int report(Throwable e, CommandLine at, boolean verbose) {
    PrintWriter err = at.getErr();
    int code = code(e);
    err.println("medr1: " + message(e, code));
    if (verbose) {
      e.printStackTrace(err);
    }
    return code;
  }

  private static int code(Throwable e) {
    boolean input =
        e instanceof InputException
            || e instanceof IOException
            || e instanceof UncheckedIOException;
    return input ? INPUT : INTERNAL;
  }

  private static String message(Throwable e, int code) {
    if (e instanceof InputException) {
      return String.valueOf(e.getMessage());
    }
    // The messages of these exceptions are often the name of a file and nothing else.
    Throwable cause = e instanceof UncheckedIOException ? e.getCause() : e;
    if (cause instanceof AccessDeniedException denied) {
      return denied.getFile() + ": this user may not read or write it";
    }
    if (cause instanceof FileAlreadyExistsException there) {
      return there.getFile() + " is a file, but a folder is needed here: choose another name";
    }
    return code == INPUT
        ? "cannot read or write: " + e
        : "fault of the program: " + e + " (--verbose shows where)";
  }
}
