package ai.medr1.eval;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few threads that read images and make prompts of them while a model works. Knows neither items
 * nor models; what is made and how far ahead is up to its owner.
 */
public final class PromptThreads implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PromptThreads.class);
  private static final int MOST_THREADS = 4;
  private static final int SECONDS_AT_MOST = 5;
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()),
          PromptThreads::thread);

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "medr1-questions-" + COUNT.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  /** Begins some work. */
  public <T> Future<T> submit(Callable<T> work) {
    return threads.submit(work);
  }

  /**
   * Waits for work; what it threw is thrown here. It takes no long time, so that an interrupt waits
   * for it, too.
   */
  public static <T> T result(Future<T> future) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whether no thread works any more, so that what they use may be closed. */
  public boolean ended() {
    return threads.isTerminated();
  }

  /** Waits for the threads; where the caller is interrupted, some seconds only: {@link #ended}. */
  @Override
  public void close() {
    threads.shutdownNow();
    boolean interrupted = Thread.interrupted();
    boolean waiting = true;
    while (waiting) {
      try {
        waiting = !threads.awaitTermination(interrupted ? SECONDS_AT_MOST : 60, TimeUnit.SECONDS);
        if (waiting) {
          LOG.warn("still waiting for an image to be read");
          waiting = !interrupted;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
