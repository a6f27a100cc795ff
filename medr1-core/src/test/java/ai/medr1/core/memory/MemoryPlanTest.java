package ai.medr1.core.memory;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.medr1.core.checkpoint.Checkpoint;
import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.Parameters;
import ai.medr1.core.config.LoraConfig;
import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.model.LoadOptions;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {
  private static final ModelConfig CONFIG =
      Checkpoint.open(Path.of(System.getProperty("medr1.parity"), "models", "tiny-qwen2-vl"))
          .config();
  private static final LoadOptions FULL = LoadOptions.training().withDevice(Device.cpu());

  /** Four prompts of 1000 tokens with 8 completions of 200. */
  private static final Workload WORK = new Workload(4, 2, 8, 1000, 800, 200, true, true, 8);

  private static MemoryPlan plan(LoadOptions options) {
    return MemoryPlan.of(CONFIG, options, WORK, OptionalLong.empty(), Optional.of(false), true);
  }

  private static MemoryPlan planWithin(long available, Optional<Boolean> recompute) {
    return MemoryPlan.of(CONFIG, FULL, WORK, OptionalLong.of(available), recompute, true);
  }

  private static long parameters(String without) {
    return Parameters.of(CONFIG).entrySet().stream()
        .filter(e -> without.isEmpty() || !e.getKey().startsWith(without))
        .mapToLong(e -> e.getValue().stream().reduce(1L, (a, b) -> a * b))
        .sum();
  }

  @Test
  void everyWeightIsTrained() {
    MemoryPlan plan = plan(FULL);
    long all = parameters("");
    assertThat(plan.weights()).isEqualTo(4 * all);
    assertThat(plan.reference()).isEqualTo(4 * all);
    assertThat(plan.gradients()).isEqualTo(4 * all);
    assertThat(plan.optimizer()).isEqualTo(8 * all);
    assertThat(plan.masters()).isZero();
  }

  @Test
  void halfPrecisionHasMasters() {
    MemoryPlan plan = plan(FULL.withDtype(DType.BF16));
    long all = parameters("");
    assertThat(plan.weights()).isEqualTo(2 * all);
    assertThat(plan.masters()).isEqualTo(4 * all);
    assertThat(plan.gradients()).isEqualTo(4 * all);
    assertThat(plan.activations()).isLessThan(plan(FULL).activations());
  }

  @Test
  void aFrozenTowerHasNeitherGradientsNorActivations() {
    MemoryPlan plan = plan(FULL.withFreezeVision(true));
    assertThat(plan.gradients()).isEqualTo(4 * parameters("visual."));
    assertThat(plan.activations()).isLessThan(plan(FULL).activations());
  }

  @Test
  void adaptersNeedNoReference() {
    MemoryPlan plan = plan(FULL.withLora(LoraConfig.ofRank(4)));
    assertThat(plan.reference()).isZero();
    long d = CONFIG.text().hiddenSize();
    long kv = (long) CONFIG.text().kvHeads() * CONFIG.text().headSize();
    long f = CONFIG.text().intermediateSize();
    long perLayer = 4 * (2 * (d + d) + 2 * (d + kv) + 3 * (d + f)); // rank · (in + out)
    long matrices = CONFIG.text().layers() * perLayer;
    assertThat(plan.gradients()).isEqualTo(4 * matrices);
    assertThat(plan.weights()).isEqualTo(4 * (parameters("") + matrices));
    long merged = plan.sampling() - plan(FULL).sampling();
    assertThat(merged)
        .isEqualTo(4L * CONFIG.text().layers() * (2 * d * d + 2 * d * kv + 3 * d * f));
  }

  @Test
  void activationsAreComputedAgainOnlyWhereTheyDoNotFit() {
    long kept = plan(FULL).peak();
    long again =
        MemoryPlan.of(CONFIG, FULL, WORK, OptionalLong.empty(), Optional.of(true), true).peak();
    assertThat(again).isLessThan(kept);
    assertThat(planWithin(2 * kept, Optional.empty()).recompute()).isFalse();
    MemoryPlan tight = planWithin((again + kept) / 2 * 10 / 9, Optional.empty());
    assertThat(tight.recompute()).isTrue();
    assertThat(tight.fits()).isTrue();
    assertThat(tight.work()).isEqualTo(WORK);
    assertThat(planWithin(again, Optional.of(false)).recompute()).isFalse();
  }

  @Test
  void microBatchesBecomeSmallerAtLast() {
    long again =
        MemoryPlan.of(CONFIG, FULL, WORK, OptionalLong.empty(), Optional.of(true), true).peak();
    MemoryPlan plan = planWithin(again * 10 / 9 - 1, Optional.empty());
    assertThat(plan.fits()).isTrue();
    assertThat(plan.recompute()).isTrue();
    assertThat(plan.work().prompts()).isLessThan(4);
    assertThat(plan.work().prompts() * plan.work().microBatches()).isGreaterThanOrEqualTo(8);
  }

  @Test
  void whatDoesNotFitAtAllIsSaidWithNumbersAndRemedies() {
    MemoryPlan plan = planWithin(1L << 28, Optional.empty());
    assertThat(plan.fits()).isFalse();
    assertThat(plan.work().prompts()).isEqualTo(1);
    assertThat(plan.warning())
        .contains("0.25 GiB are available", MemoryPlan.size(plan.peak()), "load.lora.rank");
  }

  @Test
  void theTableHasARowPerPart() {
    assertThat(plan(FULL).table().lines().map(line -> line.strip().split("  ")[0]))
        .containsExactly(
            "Memory planned for micro-batches of 4 × 1000 tokens with 8 completions of 200 each:",
            "program",
            "weights",
            "reference",
            "gradients",
            "optimizer state",
            "sampling",
            "activations",
            "logits",
            "predicted peak");
  }
}
