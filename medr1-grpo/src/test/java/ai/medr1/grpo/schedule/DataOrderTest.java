package ai.medr1.grpo.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DataOrderTest {

  @Test
  void everyEpochHoldsEveryItemOnce() {
    DataOrder order = new DataOrder(7, 3, true, 42);
    int[] stream =
        LongStream.range(0, 7).mapToObj(order::at).flatMapToInt(Arrays::stream).toArray();
    for (int epoch = 0; epoch < 3; epoch++) {
      assertThat(Arrays.copyOfRange(stream, 7 * epoch, 7 * epoch + 7))
          .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6);
    }
    assertThat(Arrays.copyOf(stream, 7)).isNotEqualTo(Arrays.copyOfRange(stream, 7, 14));
  }

  @Test
  void theOrderDependsOnTheSeedAlone() {
    int[] order = new DataOrder(100, 100, true, 1).at(0);
    assertThat(new DataOrder(100, 100, true, 1).at(0)).isEqualTo(order);
    assertThat(new DataOrder(100, 100, true, 2).at(0)).isNotEqualTo(order);
    assertThat(new DataOrder(100, 100, false, 1).at(0))
        .isEqualTo(IntStream.range(0, 100).toArray());
  }

  @Test
  void firstItemsOfManySeedsAreSpread() {
    long distinct =
        LongStream.range(0, 50)
            .map(s -> new DataOrder(1000, 1, true, s).at(0)[0])
            .distinct()
            .count();
    assertThat(distinct).isGreaterThan(40);
  }

  @Test
  void countsStepsAndEpochs() {
    DataOrder order = new DataOrder(7, 3, true, 42);
    assertThat(order.steps(1)).isEqualTo(3);
    assertThat(order.steps(2)).isEqualTo(5);
    assertThat(order.epochsAfter(7)).isEqualTo(3);
  }

  @Test
  void aStepMayHoldMoreThanAllItems() {
    assertThat(new DataOrder(2, 5, false, 0).at(1)).containsExactly(1, 0, 1, 0, 1);
  }
}
