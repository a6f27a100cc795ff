package ai.medr1.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.medr1.core.text.Prompt;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Training keeps no native memory from one step to the next, and closing gives all of it back. */
@Tag("parity")
class NativeMemoryTest {
  private static final Sampling SAMPLING = new Sampling(false, 1, 0, 1, 1, 8, Set.of(), true);
  private static final long MEBIBYTE = 1 << 20;

  private static QwenVl load() {
    return QwenVl.load(Golden.directory(Golden.models().get(0)), LoadOptions.training());
  }

  /** What a trainer does: draw, score without and with gradients, learn. */
  private static void step(QwenVl model, List<Prompt> prompts, int number) {
    long[] streams = new long[prompts.size()];
    for (int b = 0; b < streams.length; b++) {
      streams[b] = RandomStreams.key(1, number, b);
    }
    Continuations drawn = model.drawing().generate(prompts, 4, SAMPLING, streams);
    assertThat(model.scoring().logProbs(prompts, drawn, SAMPLING.distribution()))
        .hasNumberOfRows(prompts.size());
    try (Scored scored = model.scoring().score(prompts, drawn, SAMPLING.distribution())) {
      model.scoring().backward(scored, Batches.constant(scored, 0.5f));
    }
    try (Scored unused = model.scoring().score(prompts, drawn, SAMPLING.distribution())) {
      assertThat(unused.logps()).hasNumberOfRows(prompts.size());
    }
    assertThat(model.learner().step(AdamW.defaults(), 1e-4)).isFinite();
  }

  /** What all arrays of a model live below. */
  private static NDManager manager(QwenVl model) throws ReflectiveOperationException {
    Field network = QwenVl.class.getDeclaredField("network");
    network.setAccessible(true);
    return ((Network) network.get(model)).kernels().manager();
  }

  /** Arrays and scopes that are alive below a manager. */
  private static int alive(NDManager manager) throws ReflectiveOperationException {
    Field resources = BaseNDManager.class.getDeclaredField("resources");
    resources.setAccessible(true);
    int count = 0;
    for (Object resource : ((Map<?, ?>) resources.get(manager)).values()) {
      count += resource instanceof NDManager below ? 1 + alive(below) : 1;
    }
    return count;
  }

  @Test
  void aStepLeavesNothingBehind() throws Exception {
    try (QwenVl model = load()) {
      List<Prompt> prompts = Batches.prompts(model, new Random(11));
      NDManager manager = manager(model);
      for (int i = 0; i < 20; i++) {
        step(model, prompts, i);
      }
      int arrays = alive(manager);
      // Keeping the smallest of it, the encoded prompts, would take 13 MiB in every window.
      assertGrowsLess(10 * MEBIBYTE, 60, i -> step(model, prompts, 20 + i));
      assertThat(alive(manager)).as("arrays and scopes").isEqualTo(arrays);
      try (NDArray leak = manager.create(new Shape(3, 4, 8))) {
        assertThat(alive(manager)).as("with %s", leak.getShape()).isEqualTo(arrays + 1);
      }
    }
  }

  /** A caller that gives up leaves nothing behind either. */
  private static void answer(QwenVl model, List<Prompt> prompts, boolean givesUp) {
    List<Request> requests =
        IntStream.range(0, 9)
            .mapToObj(i -> new Request(prompts.get(i % 3), 2 + 5 * (i % 4), i))
            .toList();
    List<Continuation> answers = new ArrayList<>();
    try {
      model
          .drawing()
          .answer(
              requests.iterator(),
              4,
              SAMPLING,
              (answer, index) -> {
                answers.add(answer);
                if (givesUp) {
                  throw new IllegalStateException("enough");
                }
              });
    } catch (IllegalStateException e) {
      assertThat(e).hasMessage("enough");
    }
    assertThat(answers).hasSize(givesUp ? 1 : 9);
  }

  @Test
  void answersLeaveNothingBehind() throws Exception {
    try (QwenVl model = load()) {
      List<Prompt> prompts = Batches.prompts(model, new Random(11));
      NDManager manager = manager(model);
      for (int i = 0; i < 20; i++) {
        answer(model, prompts, i % 2 == 0);
      }
      int arrays = alive(manager);
      // Keeping the keys and values of the slots would take 15 MiB in every window.
      assertGrowsLess(10 * MEBIBYTE, 80, i -> answer(model, prompts, i % 2 == 0));
      assertThat(alive(manager)).as("arrays and scopes").isEqualTo(arrays);
    }
  }

  @Test
  void closingFreesEverything() throws Exception {
    // Weights, gradients, moments and a graph of eight models are about 80 MiB in every window.
    assertGrowsLess(40 * MEBIBYTE, 8, NativeMemoryTest::openAndClose);
  }

  private interface Action {
    void run(int number) throws Exception;
  }

  /**
   * Other things than tensors take memory at any time, a leak takes it at all times: so one window
   * of three in which little is taken is enough.
   */
  private static void assertGrowsLess(long bytes, int times, Action action) throws Exception {
    long least = Long.MAX_VALUE;
    for (int window = 0; window < 3 && least >= bytes; window++) {
      long before = nativeBytes();
      for (int i = 0; i < times; i++) {
        action.run(times * window + i);
      }
      least = Math.min(least, nativeBytes() - before);
    }
    assertThat(least).as("bytes").isLessThan(bytes);
  }

  private static void openAndClose(int seed) throws ReflectiveOperationException {
    QwenVl model = load();
    List<Prompt> prompts = Batches.prompts(model, new Random(11));
    step(model, prompts, seed);
    Continuations any = Batches.continuations(model.config(), 3, 4, 8, new Random(2));
    Scored open = model.scoring().score(prompts, any, SAMPLING.distribution());
    NDManager manager = manager(model);
    model.close();
    assertThat(manager.isOpen()).isFalse();
    assertThat(open.logps()).hasNumberOfRows(prompts.size());
  }

  /** Resident memory without Java's heap; 0 where the system does not tell. */
  private static long nativeBytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    System.gc();
    long kibibytes =
        Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .sum();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
    return 1024 * kibibytes - heap;
  }
}
