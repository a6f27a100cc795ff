package ai.medr1.core.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ExitGateTest {
  private final CountDownLatch running = new CountDownLatch(1);
  private final CountDownLatch finish = new CountDownLatch(1);

  @Test
  void waitsForCallsThatAreGoingOn() throws Exception {
    ExitGate gate = new ExitGate(Duration.ofSeconds(50));
    CompletableFuture<Boolean> call = CompletableFuture.supplyAsync(() -> gate.through(this::work));
    running.await();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(gate::close);
    assertThat(closing).isNotDone();
    finish.countDown();
    assertThat(call.get()).isTrue();
    closing.get();
  }

  @Test
  void letsNoCallThroughAfterwards() {
    ExitGate gate = new ExitGate(Duration.ofMillis(50));
    assertThat(gate.<Integer>through(() -> 1)).isEqualTo(1);
    gate.close();
    assertThatThrownBy(() -> gate.through(() -> 2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ending");
  }

  @Test
  void doesNotWaitForEver() throws Exception {
    ExitGate gate = new ExitGate(Duration.ofMillis(50));
    CompletableFuture<Boolean> call = CompletableFuture.supplyAsync(() -> gate.through(this::work));
    running.await();
    gate.close();
    assertThat(call).isNotDone();
    finish.countDown();
    assertThat(call.get()).isTrue();
  }

  @Test
  void aFailedCallLeavesTheGateOpen() {
    ExitGate gate = new ExitGate(Duration.ofSeconds(50));
    assertThatThrownBy(
            () ->
                gate.through(
                    () -> {
                      throw new ArithmeticException();
                    }))
        .isInstanceOf(ArithmeticException.class);
    gate.close();
  }

  @Test
  void anInterruptIsKeptForTheCaller() {
    ExitGate gate = new ExitGate(Duration.ofSeconds(50));
    Thread.currentThread().interrupt();
    assertThat(gate.<Integer>through(() -> 1)).isEqualTo(1);
    assertThat(Thread.interrupted()).isTrue();
  }

  private boolean work() {
    running.countDown();
    try {
      return finish.await(50, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
