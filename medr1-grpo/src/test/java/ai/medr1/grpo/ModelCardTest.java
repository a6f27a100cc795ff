package ai.medr1.grpo;

import static org.assertj.core.api.Assertions.assertThat;

import ai.medr1.grpo.config.GrpoConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

class ModelCardTest {
  private static final TrainerState STATE =
      TrainerState.start(new TrainerState.Course(42, true, 2, 10, "digest"));

  @TempDir private Path dir;

  private String card(Path model, boolean adapters) throws IOException {
    GrpoConfig config = GrpoConfig.of(model, dir.resolve("my-run"));
    ModelCard.write(dir, config, adapters, STATE, Map.of("reward", 1.25));
    return Files.readString(dir.resolve("README.md"));
  }

  private static Map<String, Object> front(String card) {
    return new Yaml().load(card.split("---\n")[1]);
  }

  @Test
  void namesTheBaseAndItsLicence() throws IOException {
    Path model =
        Files.createDirectories(dir.resolve("models--Qwen--Qwen2-VL-2B-Instruct/snapshots/abc"));
    Files.writeString(
        model.resolve("README.md"),
        "---\nlicense: apache-2.0\nlicense_link: https://example.org/LICENSE\n---\n# Base\n");

    String card = card(model, false);

    assertThat(front(card))
        .containsEntry("base_model", "Qwen/Qwen2-VL-2B-Instruct")
        .containsEntry("license", "apache-2.0")
        .containsEntry("license_link", "https://example.org/LICENSE")
        .containsEntry("library_name", "transformers")
        .containsEntry("pipeline_tag", "image-text-to-text")
        .containsEntry("tags", List.of("medr1", "grpo", "medical", "visual-question-answering"));
    assertThat(card)
        .contains("# my-run, step 0", "| `reward` | 1.250 |", "| Completions per question | 4 |")
        .contains("must not be used for diagnosis")
        .doesNotContain(dir.toString());
  }

  @Test
  void saysThatAnUnknownLicenceIsToBeFilledIn() throws IOException {
    Path model = Files.createDirectories(dir.resolve("own-model"));
    Files.writeString(model.resolve("config.json"), "{\"_name_or_path\": \"org/own-model\"}");
    Files.writeString(model.resolve("README.md"), "---\n[: no YAML\n---\n");

    String card = card(model, true);

    assertThat(front(card))
        .doesNotContainKey("license")
        .containsEntry("base_model", "org/own-model")
        .containsEntry("base_model_relation", "adapter")
        .containsEntry("library_name", "peft");
    assertThat(card).contains("add `license: …`");
  }
}
