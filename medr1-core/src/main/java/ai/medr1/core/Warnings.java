package ai.medr1.core;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/** Warnings about files, each once in a process however often its file is opened. */
public final class Warnings {
  private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

  private Warnings() {}

  /**
   * Warns, unless the same was said before.
   *
   * @param message one line: where, what is not as the file says, and why
   */
  public static void once(Logger log, String message) {
    if (TOLD.add(message)) {
      log.warn("{}", message);
    }
  }
}
