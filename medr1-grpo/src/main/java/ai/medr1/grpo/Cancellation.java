package ai.medr1.grpo;

import ai.medr1.core.RunningWork;

/**
 * Whether a training is asked to end: by {@link #ask}, from any thread, or by an interrupt of the
 * thread that trains. An interrupt is taken out of the way until {@link #close}, since it would
 * break the files that are still to be written.
 */
final class Cancellation implements AutoCloseable {
  private volatile boolean asked;
  private boolean interrupted;

  void ask() {
    asked = true;
  }

  /** Called by the thread that trains. */
  boolean isAsked() {
    if (Thread.interrupted()) {
      interrupted = true;
      asked = true;
    }
    return asked;
  }

  /** Whether an interrupt made something fail that heeds it, such as a reward that waits. */
  boolean isBehind(Throwable failure) {
    boolean found = RunningWork.isInterrupt(failure);
    if (found) {
      interrupted = true;
      asked = true;
    }
    return found;
  }

  /** The training has ended: the next one is not asked to, and the thread gets its interrupt. */
  @Override
  public void close() {
    asked = false;
    if (interrupted) {
      interrupted = false;
      Thread.currentThread().interrupt();
    }
  }
}
