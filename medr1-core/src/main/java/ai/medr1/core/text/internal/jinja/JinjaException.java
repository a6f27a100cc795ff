package ai.medr1.core.text.internal.jinja;

/** A template that cannot be read or rendered. */
public final class JinjaException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int line;

  JinjaException(String message, int line) {
    super(message);
    this.line = line;
  }

  /** A fault at rendering; the line is added by {@link JinjaTemplate}. */
  JinjaException(String message) {
    this(message, 0);
  }

  /** The line of the template, from 1. */
  public int line() {
    return line;
  }
}
