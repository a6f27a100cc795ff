package ai.medr1.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StopwatchTest {
  private long nanos = 17;

  @Test
  void savesAllSecondsOnceASecondAtMost() {
    Stopwatch watch = new Stopwatch(90, () -> nanos);
    List<Double> saved = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      watch.tick(saved::add);
      nanos += TimeUnit.MILLISECONDS.toNanos(400);
    }
    assertThat(watch.seconds()).isEqualTo(93.6);
    assertThat(saved).containsExactly(91.2, 92.4);
  }
}
