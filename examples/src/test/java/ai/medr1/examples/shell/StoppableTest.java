package ai.medr1.examples.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class StoppableTest {
  @Test
  void givesWhatTheWorkHasComeToWhenItIsStopped() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Thread user = Thread.currentThread();
    new Thread(
            () -> {
              try {
                begun.await();
                user.interrupt();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            })
        .start();

    String came =
        Stoppable.run(
            () -> {
              begun.countDown();
              try {
                new CountDownLatch(1).await();
                return "never";
              } catch (InterruptedException e) {
                return "half";
              }
            });

    assertThat(came).isEqualTo("half");
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void failsAsTheWorkDoes() {
    assertThatThrownBy(
            () ->
                Stoppable.run(
                    () -> {
                      throw new IOException("no room");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("no room");
  }
}
