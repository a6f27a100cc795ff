package ai.medr1.core;

/**
 * Something that the user gave is wrong: a file, a configuration value, a prompt.
 *
 * <p>The message alone must be enough to mend it: what is wrong, where (file, row, key), what was
 * expected, what was found and what to do. The command line prints it without a stack trace.
 */
public final class InputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InputException(String message) {
    super(message);
  }

  public InputException(String message, Throwable cause) {
    super(message, cause);
  }
}
