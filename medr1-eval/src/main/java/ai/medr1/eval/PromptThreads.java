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

  /** Waits for work; what it threw is thrown here. */
  public static <T> T result(Future<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a prompt", e);
    }
  }

  /** Whether no thread works any more, so that what they use may be closed. */
  public boolean ended() {
    return threads.isTerminated();
  }

  /** Waits for the threads, unless the caller is interrupted: see {@link #ended}. */
  @Override
  public void close() {
    threads.shutdownNow();
    try {
      while (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
        LOG.warn("still waiting for an image to be read");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
