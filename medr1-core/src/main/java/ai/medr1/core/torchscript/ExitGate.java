package ai.medr1.core.torchscript;

import ai.medr1.core.RunningWork;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Lets the work that is going on, and the kernels that are running, finish before the process ends.
 * When the JVM is told to end, by a signal or by {@link System#exit}, it destroys libtorch's global
 * objects while other threads may still compute with them: a training that is interrupted would end
 * in a crash instead.
 */
final class ExitGate {
  private static final int ALL = Integer.MAX_VALUE;

  /** Fair, so that new calls do not overtake the one that ends the process. */
  private final Semaphore calls = new Semaphore(ALL, true);

  private final Duration patience;

  /**
   * @param patience how long a kernel may go on, and how long a later call waits, since it may come
   *     from a shutdown hook of the program and must not keep the process from ending
   */
  ExitGate(Duration patience) {
    this.patience = patience;
  }

  /** A gate that closes when the process ends, after the work that may end well. */
  static ExitGate ofProcess(Duration patience) {
    ExitGate gate = new ExitGate(patience);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  RunningWork.endAll(patience);
                  gate.close();
                },
                "medr1-exit"));
    return gate;
  }

  /**
   * Makes a call into libtorch.
   *
   * @throws IllegalStateException if the process is ending
   */
  <T> T through(Supplier<T> call) {
    if (!acquire(1)) {
      throw new IllegalStateException("the process is ending: no more kernels can run");
    }
    try {
      return call.get();
    } finally {
      calls.release();
    }
  }

  /** Waits for the calls that are going on and lets no others through. */
  void close() {
    acquire(ALL);
  }

  private boolean acquire(int permits) {
    long end = System.nanoTime() + patience.toNanos();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return calls.tryAcquire(permits, end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true; // kernels do not heed interrupts, nor does their beginning
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
