package ai.medr1.examples.shell;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Work in a thread of its own. JShell stops a line by an exception that it throws into the line's
 * thread, wherever that is; notebooks interrupt it. The work gets an interrupt in both cases, which
 * it heeds where it is safe, and what it has come to is the result.
 */
final class Stoppable {
  private Stoppable() {}

  @SuppressWarnings("CatchAndPrintStackTrace")
  static <T> T run(Callable<T> work) throws Exception {
    FutureTask<T> task = new FutureTask<>(work);
    Thread worker = new Thread(task, "medr1");
    worker.setDaemon(true);
    worker.start();
    while (worker.isAlive()) {
      waitFor(worker);
    }
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }

  private static void waitFor(Thread worker) {
    try {
      worker.join();
    } catch (Throwable stop) { // of a kind that JShell alone knows
      System.out.println();
      System.out.println("Stopping: the step that is going on ends first ...");
      worker.interrupt();
    }
  }
}
