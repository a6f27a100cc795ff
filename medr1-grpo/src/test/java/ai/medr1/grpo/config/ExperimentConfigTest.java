package ai.medr1.grpo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.data.PromptTemplate;
import ai.medr1.eval.AnswerExtractor;
import ai.medr1.eval.Wording;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExperimentConfigTest {
  private static final String NEEDED =
      "model: m\nout: o\ndata: {splits: s}\nvariants:\n  - name: a\n";

  @TempDir Path dir;

  @Test
  void variantsAreBlocksWithDefaults() throws IOException {
    ExperimentConfig config =
        read(
            NEEDED
                + "  - {name: b, train: sft, prompt: no-think, set: [batch=2]}\n"
                + "grpo: {group: 8}\n");

    assertThat(config.variants())
        .containsExactly(
            new VariantConfig("a", VariantConfig.Training.GRPO, "think", List.of()),
            new VariantConfig("b", VariantConfig.Training.SFT, "no-think", List.of("batch=2")));
    assertThat(config.sft(config.variants().get(1)).batch()).isEqualTo(2);
    assertThat(config.grpo(config.variants().get(0)).group()).isEqualTo(8);
  }

  @Test
  void whatIsWrittenIsReadAgain() throws IOException {
    ExperimentConfig config = read(NEEDED + "  - {name: b, set: [group=8, beta=0]}\nkeep: log\n");
    Path file = dir.resolve("written.yaml");
    ConfigFile.write(config, file);

    assertThat(ExperimentConfig.read(file, List.of())).isEqualTo(config);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "  - {name: b, promt: think} | config.yaml:6: unknown key variants[1].promt; did you mean variants[1].prompt?",
        "  - {name: b, train: all} | config.yaml:6: variants[1].train: expected one of none, grpo, sft, found \"all\"",
        "  - {name: a} | variants: the name a is given twice",
        "  - {train: sft} | variants: one of them has no name",
        "  - {name: b, prompt: Think} | variants[1].prompt is think, no-think, think-after, zero-shot or a text",
        "  - {name: a/b} | variants[1].name is made of letters",
        "  - {name: b, train: none, set: [group=8]} | variants[1].set is [group=8], but train is none",
        "  - word | variants[1]: expected a block of keys",
        "grpo: {model: other} | grpo.model is decided for each training by the experiment",
        "sft: {data: {modalities: [ct]}} | sft.data.modalities is decided",
        "evaluate: {tasks: [lesion_grading]} | evaluate.modalities and evaluate.tasks are decided",
        "evaluate: {answer: letters} | variant a: evaluate.answer is letters",
        "evaluate: {samples: 4} | samples is 4, but temperature is 0",
      })
  void whatIsWrongIsNamed(String line, String message) {
    assertThatThrownBy(() -> read(NEEDED + line.strip().replaceFirst("^-", "  -") + "\n"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void settingsOfAVariantCannotDecideTheCell() throws IOException {
    ExperimentConfig config = read(NEEDED + "  - {name: b, set: [seed=3]}\n");

    assertThatThrownBy(() -> config.grpo(config.variants().get(1)))
        .hasMessageContaining("set of b: seed is decided");
  }

  @Test
  void aVariantsGroupOfOneIsRefused() throws IOException {
    ExperimentConfig config = read(NEEDED + "  - {name: b, set: [group=1]}\n");

    assertThatThrownBy(() -> config.grpo(config.variants().get(1)))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("set of b", "every advantage would be 0");
  }

  @ParameterizedTest
  @CsvSource({
    "think, THINK, TAG",
    "no-think, NO_THINK, TAG_OR_RAW",
    "think-after, THINK_AFTER, TAG",
    "zero-shot, ZERO_SHOT, RAW",
    "{Question} <think> <answer>, THINK, TAG",
    "{Question} <answer> <think>, THINK_AFTER, TAG",
    "{Question} <answer>, NO_THINK, TAG_OR_RAW",
    "{Question} Which?, ZERO_SHOT, RAW",
  })
  void aPromptSaysHowItsAnswerIsRead(String prompt, Wording wording, AnswerExtractor extractor) {
    VariantConfig variant = new VariantConfig("a", VariantConfig.Training.NONE, prompt, List.of());

    assertThat(variant.asked().wording()).isEqualTo(wording);
    assertThat(variant.asked().wording().extractor()).isEqualTo(extractor);
    assertThat(variant.asked().evaluationTemplate())
        .isEqualTo(prompt.contains("{") ? new PromptTemplate(prompt) : wording.template());
  }

  private ExperimentConfig read(String text) throws IOException {
    Path file = dir.resolve("config.yaml");
    Files.writeString(file, text);
    return ExperimentConfig.read(file, List.of());
  }
}
