package ai.medr1.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.medr1.core.config.LoraConfig;
import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.memory.MemoryPlan;
import ai.medr1.core.memory.Workload;
import ai.medr1.core.model.LoadOptions;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The table of docs/memory.md is what the plan says of the public models' sizes. */
class MemoryTableTest {
  /** Language model and vision tower of the published configurations. */
  private enum Published {
    QWEN2_2B("Qwen2-VL-2B", 1536, 8960, 28, 12, 2, 151936, true, false),
    QWEN25_3B("Qwen2.5-VL-3B", 2048, 11008, 36, 16, 2, 151936, true, true),
    QWEN2_7B("Qwen2-VL-7B", 3584, 18944, 28, 28, 4, 152064, false, false),
    QWEN25_7B("Qwen2.5-VL-7B", 3584, 18944, 28, 28, 4, 152064, false, true),
    QWEN2_72B("Qwen2-VL-72B", 8192, 29568, 80, 64, 8, 152064, false, false),
    QWEN25_72B("Qwen2.5-VL-72B", 8192, 29568, 80, 64, 8, 152064, false, true);

    final String title;
    final String text;

    Published(
        String title,
        int hidden,
        int inner,
        int layers,
        int heads,
        int kvHeads,
        int vocabulary,
        boolean tied,
        boolean second) {
      this.title = title;
      String vision =
          second
              ? """
                "depth": 32, "hidden_size": 1280, "hidden_act": "silu", "intermediate_size": 3420, "num_heads": 16,
                "out_hidden_size": %d, "window_size": 112, "fullatt_block_indexes": [7, 15, 23, 31], "in_chans": 3,
                "tokens_per_second": 2, "patch_size": 14, "spatial_merge_size": 2, "temporal_patch_size": 2
                """
              : """
                "depth": 32, "embed_dim": 1280, "mlp_ratio": 4, "num_heads": 16, "in_chans": 3,
                "hidden_size": %d, "patch_size": 14, "spatial_merge_size": 2, "temporal_patch_size": 2
                """;
      this.text =
          """
          {"model_type": "%s", "hidden_size": %d, "intermediate_size": %d, "num_hidden_layers": %d,
           "num_attention_heads": %d, "num_key_value_heads": %d, "vocab_size": %d,
           "tie_word_embeddings": %b, "hidden_act": "silu", "rms_norm_eps": 1e-06, "rope_theta": 1000000.0,
           "max_position_embeddings": 32768, "bos_token_id": 151643, "eos_token_id": 151645,
           "vision_start_token_id": 151652, "vision_end_token_id": 151653, "image_token_id": 151655,
           "video_token_id": 151656, "rope_scaling": {"type": "mrope", "mrope_section": [16, 24, 24]},
           "vision_config": {%s}}
          """
              .formatted(
                  second ? "qwen2_5_vl" : "qwen2_vl",
                  hidden,
                  inner,
                  layers,
                  heads,
                  kvHeads,
                  vocabulary,
                  tied,
                  vision.formatted(hidden));
    }

    ModelConfig config() throws IOException {
      return ConfigReader.read(
          Path.of(title, "config.json"), (ObjectNode) new ObjectMapper().readTree(text));
    }
  }

  private static final LoadOptions HALF =
      LoadOptions.training().withDevice(Device.cpu()).withDtype(DType.BF16);

  /** One question with 4 completions at a time, β = 0.04. */
  private static final Workload WORK = new Workload(1, 2, 4, 640, 512, 256, true, true, 2);

  @Test
  void theGuideTellsWhatThePlanSays() throws IOException {
    List<String> rows = new ArrayList<>();
    for (Published model : Published.values()) {
      ModelConfig config = model.config();
      rows.add(
          "| %s | %s | %s | %s | %s |"
              .formatted(
                  model.title,
                  billions(config),
                  peak(config, HALF),
                  peak(config, HALF.withFreezeVision(true)),
                  peak(config, HALF.withLora(LoraConfig.ofRank(16)))));
    }
    assertThat(Files.readAllLines(Path.of("../docs/memory.md"))).containsAll(rows);
  }

  private static String billions(ModelConfig config) {
    long all =
        Parameters.of(config).values().stream()
            .mapToLong((List<Long> shape) -> shape.stream().reduce(1L, (a, b) -> a * b))
            .sum();
    return String.format(Locale.ROOT, "%.1f", all / 1e9);
  }

  private static String peak(ModelConfig config, LoadOptions options) {
    MemoryPlan plan =
        MemoryPlan.of(config, options, WORK, OptionalLong.empty(), Optional.of(true), true);
    return String.format(Locale.ROOT, "%.0f GiB", plan.peak() / (double) (1L << 30));
  }
}
