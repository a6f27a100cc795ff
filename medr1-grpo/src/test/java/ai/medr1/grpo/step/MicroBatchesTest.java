package ai.medr1.grpo.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import ai.medr1.core.InputException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MicroBatchesTest {
  private record Group(int promptLength, int count, int longest)
      implements MicroBatches.Sequences {}

  private static final Group LONG = new Group(100, 2, 50); // 200 tokens
  private static final Group MIDDLE = new Group(90, 2, 40); // 170
  private static final Group SHORT = new Group(20, 2, 10); // 40
  private static final List<Group> STEP = List.of(SHORT, MIDDLE, SHORT, LONG);

  @Test
  void theLongestComeFirst() {
    assertThat(new MicroBatches(2, 0).of(STEP))
        .containsExactly(List.of(LONG, MIDDLE), List.of(SHORT, SHORT));
    assertThat(new MicroBatches(9, 0).of(List.<Group>of())).isEmpty();
  }

  @Test
  void paddingCounts() {
    assertThat(new MicroBatches(4, 400).of(STEP))
        .containsExactly(List.of(LONG, MIDDLE), List.of(SHORT, SHORT));
    // 200 + 170 would fit into 399, but both are padded to 200
    assertThat(new MicroBatches(4, 399).of(STEP))
        .containsExactly(List.of(LONG), List.of(MIDDLE, SHORT), List.of(SHORT));
  }

  @Test
  void aPromptThatIsTooLongStandsAlone() {
    assertThat(new MicroBatches(4, 10).of(STEP)).hasSize(4);
  }

  @Test
  void memoryThatRunsOutHalvesTheParts() {
    MicroBatches parts = new MicroBatches(4, 0);
    List<String> events = new ArrayList<>();
    int largest = parts.run(STEP, cut -> work(cut, 2, events), () -> events.add("undo"));
    assertThat(largest).isEqualTo(2);
    assertThat(events).containsExactly("4", "undo", "2", "2");
    assertThat(parts.of(STEP)).allMatch(part -> part.size() == 2);
    assertThatThrownBy(() -> parts.run(STEP, cut -> work(cut, 1, events), () -> {}))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("micro-batch of 2");
  }

  @Test
  void anotherFailureIsNotTakenForThat() {
    EngineException other = new EngineException("shapes do not fit");
    assertThatThrownBy(
            () ->
                new MicroBatches(4, 0)
                    .run(
                        STEP,
                        cut -> {
                          throw other;
                        },
                        () -> {}))
        .isSameAs(other);
  }

  /** Memory is enough for so many prompts; the largest part's size. */
  private static int work(List<List<Group>> parts, int enough, List<String> events) {
    int largest = 0;
    for (List<Group> part : parts) {
      events.add(Integer.toString(part.size()));
      if (part.size() > enough) {
        throw new EngineException("[enforce fail] DefaultCPUAllocator: not enough memory");
      }
      largest = Math.max(largest, part.size());
    }
    return largest;
  }
}
