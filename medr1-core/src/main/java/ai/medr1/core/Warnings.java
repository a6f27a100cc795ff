package ai.medr1.core;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Warnings about files, each once in a process however often its file is opened. */
public final class Warnings {
  private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

  private static final ThreadLocal<@Nullable Consumer<String>> LISTENER = new ThreadLocal<>();

  private Warnings() {}

  /** Does work of which all warnings go to a listener and none to the log, said before or not. */
  public static <T> T listening(Consumer<String> listener, Supplier<T> work) {
    Consumer<String> before = LISTENER.get();
    LISTENER.set(listener);
    try {
      return work.get();
    } finally {
      LISTENER.set(before);
    }
  }

  /**
   * Warns, unless the same was said before.
   *
   * @param message one line: where, what is not as the file says, and why
   */
  public static void once(Logger log, String message) {
    Consumer<String> listener = LISTENER.get();
    if (listener != null) {
      listener.accept(message);
    } else if (TOLD.add(message)) {
      log.warn("{}", message);
    }
  }
}
