package ai.medr1.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import ai.medr1.core.checkpoint.Parameters;
import java.util.List;
import org.junit.jupiter.api.Test;

class FamilyTest {
  private static final VisionConfig VISION =
      new VisionConfig(1, 64, 48, 4, 96, 14, 2, 2, 3, 0, List.of());

  /** Heads of 8 features of 48, as of a family whose heads do not share the hidden features. */
  private static ModelConfig config(Family family) {
    TextConfig text = new TextConfig(128, 48, 96, 1, 4, 2, 8, 1e-6, 1e6, List.of(2, 1, 1), 512);
    return new ModelConfig(family, text, VISION, new ModelConfig.VisionTokens(1, 2, 3, 4), true);
  }

  @Test
  void headsMayBeOfAnySize() {
    assertThat(Parameters.of(config(Family.QWEN2_VL)))
        .containsEntry("model.layers.0.self_attn.q_proj.weight", List.of(32L, 48L))
        .containsEntry("model.layers.0.self_attn.q_proj.bias", List.of(32L))
        .containsEntry("model.layers.0.self_attn.k_proj.weight", List.of(16L, 48L))
        .containsEntry("model.layers.0.self_attn.o_proj.weight", List.of(48L, 32L));
  }

  @Test
  void theTowerIsThatOfTheFamily() {
    assertThat(Parameters.of(config(Family.QWEN2_VL)))
        .containsKeys("visual.blocks.0.norm1.bias", "visual.blocks.0.mlp.fc1.bias")
        .doesNotContainKey("visual.blocks.0.mlp.gate_proj.weight");
    assertThat(Parameters.of(config(Family.QWEN2_5_VL)))
        .containsEntry("visual.blocks.0.mlp.up_proj.weight", List.of(96L, 64L))
        .containsEntry("visual.blocks.0.mlp.down_proj.weight", List.of(64L, 96L))
        .doesNotContainKeys("visual.blocks.0.norm1.bias", "visual.blocks.0.mlp.fc1.weight");
  }

  @Test
  void whatTheReferenceDecays() {
    for (Family family : Family.values()) {
      assertThat(family.decays("model.layers.0.mlp.up_proj.weight")).isTrue();
      assertThat(family.decays("model.norm.weight")).isFalse();
      assertThat(family.decays("visual.blocks.0.attn.qkv.bias")).isFalse();
    }
    assertThat(Family.QWEN2_VL.decays("visual.blocks.0.norm1.weight")).isFalse();
    assertThat(Family.QWEN2_5_VL.decays("visual.blocks.0.norm1.weight")).isTrue();
  }
}
