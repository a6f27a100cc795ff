package example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.AnswerExtractor;
import ai.medr1.grpo.Recipe;
import ai.medr1.grpo.config.DataPrompt;
import ai.medr1.grpo.config.EvaluateConfig;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.loss.GroupAdvantages;
import ai.medr1.grpo.loss.SurrogateLoss;
import ai.medr1.grpo.reward.Reward;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MyPartsTest {
  @TempDir private Path dir;

  private GrpoConfig config(String yaml) throws IOException {
    Path file = dir.resolve("run.yaml");
    Files.writeString(file, "model: model\nout: run\n" + yaml);
    return GrpoConfig.read(file, List.of());
  }

  @Test
  void aConfigurationNamesParts() throws IOException {
    Recipe recipe =
        Recipe.of(config("loss: plain\nadvantage: median\nrewards:\n  brief: 0.5\n  format: 0\n"));

    assertThat(recipe.loss()).isInstanceOf(PlainLoss.class);
    assertThat(recipe.advantages()).isInstanceOf(MedianAdvantages.class);
    assertThat(recipe.rewards())
        .extracting(Reward::name)
        .containsExactly("accuracy", "format", "brief");
    assertThat(recipe.rewards()).contains(new BriefReward(256));
  }

  @Test
  void aConfigurationNamesItsData() throws IOException {
    Path file = dir.resolve("mine.txt");
    Files.writeString(file, "a.png|Is the heart enlarged?|no\n");
    String data = "data: {splits: '" + file + "', form: lines, badItems: ask}\n";

    assertThat(config(data).data().load().items()).extracting(VqaItem::gold).containsExactly("no");
    assertThatThrownBy(() -> config("data: {form: line}\n"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("run.yaml: data.form is one of auto, med-r1,")
        .hasMessageContaining("columns, lines, found line");
    assertThat(config("data: {form: PMC_VQA}\n").data().form()).isEqualTo("pmc-vqa");
  }

  @Test
  void anEvaluationNamesItsReader() {
    EvaluateConfig boxed = EvaluateConfig.defaults().withReader("boxed");

    assertThat(boxed.evaluation(new DataPrompt("zero-shot")).evaluator().reader())
        .isInstanceOf(BoxedReader.class);
    assertThat(EvaluateConfig.defaults().evaluation(new DataPrompt("think")).evaluator().reader())
        .isEqualTo(AnswerExtractor.TAG);
    assertThatThrownBy(() -> boxed.withReader("box"))
        .hasMessage("reader is one of prompt, tag, tag-or-raw, raw, boxed, found box");
    assertThatThrownBy(() -> boxed.withAnswer(EvaluateConfig.Form.LETTERS))
        .hasMessageStartingWith("reader is boxed, but answer is letters");
  }

  @Test
  void withoutNamesThePartsAreMedR1s() throws IOException {
    Recipe recipe = Recipe.of(config("beta: 0.1\n"));

    assertThat(recipe.loss()).isEqualTo(SurrogateLoss.grpo(0.2, 0.2, 0.1));
    assertThat(recipe.advantages()).isEqualTo(GroupAdvantages.GROUP);
    assertThat(recipe.rewards()).extracting(Reward::name).containsExactly("accuracy", "format");
  }

  @Test
  void namesThatNoPartHasAreRefusedWithThoseThatThereAre() {
    assertThatThrownBy(() -> config("loss: plane\n"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("sapo, plain, found plane");
    assertThatThrownBy(() -> config("advantage: mean\n"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("maxrl, median, found mean");
  }
}
