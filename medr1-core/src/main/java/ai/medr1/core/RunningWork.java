package ai.medr1.core;

import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Work that should end well when the process is told to end, by a signal or by {@link System#exit}:
 * it is asked to end, and the process waits a while for it.
 */
public final class RunningWork implements AutoCloseable {
  private static final Set<RunningWork> ALL = ConcurrentHashMap.newKeySet();

  private final Runnable cancel;
  private final CountDownLatch ended = new CountDownLatch(1);

  private RunningWork(Runnable cancel) {
    this.cancel = cancel;
  }

  /**
   * Some work begins; it ends with {@link #close}.
   *
   * @param cancel asks it to end; called by another thread
   */
  public static RunningWork begin(Runnable cancel) {
    RunningWork work = new RunningWork(cancel);
    ALL.add(work);
    return work;
  }

  /** Asks all that is running to end, and waits for it, so long in all. */
  public static void endAll(Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    ALL.forEach(work -> work.cancel.run());
    try {
      for (RunningWork work : ALL) {
        if (!work.ended.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether something failed since it heeded an interrupt of its thread. */
  public static boolean isInterrupt(Throwable failure) {
    boolean found = false;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      found |=
          cause instanceof InterruptedException
              || cause instanceof InterruptedIOException
              || cause instanceof ClosedByInterruptException;
    }
    return found;
  }

  @Override
  public void close() {
    ALL.remove(this);
    ended.countDown();
  }
}
