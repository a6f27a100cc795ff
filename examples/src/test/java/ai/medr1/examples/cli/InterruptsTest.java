package ai.medr1.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signals as the system sends them; a JVM that does not handle one ends. */
@DisabledOnOs(OS.WINDOWS)
class InterruptsTest {
  private final StringWriter err = new StringWriter();

  private static void raise(String name) throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    signal
        .getMethod("raise", signal)
        .invoke(null, signal.getConstructor(String.class).newInstance(name));
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void aSignalInterruptsTheCommandAndIsTheExitCode(String name, int code) throws Exception {
    int ended =
        Interrupts.heeding(
            new PrintWriter(err),
            () -> {
              raise(name);
              try {
                Thread.sleep(60_000);
                return 1;
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return 0;
              }
            });
    assertThat(ended).isEqualTo(code);
    assertThat(err.toString()).contains("ending as soon as what was begun is done");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void whatWasCancelledBySomethingElseIsAnErrorAsEver() {
    assertThatThrownBy(
            () ->
                Interrupts.heeding(
                    new PrintWriter(err),
                    () -> {
                      throw new CancellationException("other");
                    }))
        .hasMessage("other");
  }
}
