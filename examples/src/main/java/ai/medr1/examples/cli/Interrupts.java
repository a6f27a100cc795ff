package ai.medr1.examples.cli;

import ai.medr1.core.RunningWork;
import java.io.PrintWriter;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets a command end well when it is told to, by Ctrl-C or SIGTERM: its thread is interrupted, and
 * it ends with the exit code of the signal, 130 or 143. A second signal ends the process as soon as
 * nothing computes any more.
 */
final class Interrupts {
  private static final Map<String, Integer> CODES = Map.of("INT", 130, "TERM", 143);

  private final Thread command = Thread.currentThread();
  private final PrintWriter err;
  private final AtomicInteger code = new AtomicInteger();

  private Interrupts(PrintWriter err) {
    this.err = err;
  }

  /** Runs a command that heeds interrupts. */
  static int heeding(PrintWriter err, Callable<Integer> command) throws Exception {
    Interrupts interrupts = new Interrupts(err);
    List<Runnable> restore = new ArrayList<>();
    CODES.forEach((name, exit) -> restore.add(interrupts.handle(name, exit)));
    try {
      int result = command.call();
      return interrupts.told() ? interrupts.code.get() : result;
    } catch (Exception e) {
      boolean heeded = e instanceof CancellationException || RunningWork.isInterrupt(e);
      if (interrupts.told() && heeded) {
        return interrupts.code.get();
      }
      throw e;
    } finally {
      restore.forEach(Runnable::run);
      if (interrupts.told()) {
        Thread.interrupted(); // it has been heeded
      }
    }
  }

  private boolean told() {
    return code.get() != 0;
  }

  private void tell(int exit) {
    if (!code.compareAndSet(0, exit)) {
      System.exit(exit);
    }
    err.println();
    err.println("medr1: ending as soon as what was begun is done; once more ends at once");
    err.flush();
    command.interrupt();
  }

  /**
   * Handles a signal; gives what restores how it was handled before. The JDK's class for signals is
   * in its module jdk.unsupported, of which compilers warn; where it is missing, the process ends
   * as it does without.
   */
  private Runnable handle(String name, int exit) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object number = signal.getConstructor(String.class).newInstance(name);
      Object ours =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                tell(exit);
                return null;
              });
      var handle = signal.getMethod("handle", signal, handler);
      Object before = handle.invoke(null, number, ours);
      return () -> {
        try {
          handle.invoke(null, number, before);
        } catch (ReflectiveOperationException e) {
          throw new IllegalStateException(e);
        }
      };
    } catch (ReflectiveOperationException | RuntimeException e) {
      return () -> {};
    }
  }
}
