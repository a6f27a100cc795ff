package ai.medr1.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.core.text.Processor;
import ai.medr1.core.text.Prompt;
import ai.medr1.data.PromptTemplate;
import ai.medr1.data.VqaItem;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("parity")
class VqaPromptsTest {
  @TempDir Path temp;

  /** Any of the golden models that comes with its processor. */
  private static Processor processor() throws IOException {
    try (var models = Files.list(Path.of(System.getProperty("medr1.parity"), "models"))) {
      return Processor.load(
          models
              .filter(m -> Files.exists(m.resolve("preprocessor_config.json")))
              .sorted()
              .findFirst()
              .orElseThrow());
    }
  }

  private VqaItem item(String image) {
    return new VqaItem(
        "0",
        image,
        temp.resolve(image),
        "What is it? A) CT, B) MRI",
        "<answer> A </answer>",
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        new VqaItem.Source(Path.of("test.json"), 7));
  }

  @Test
  void aPromptIsTheImageAndTheQuestionInItsTemplate() throws IOException {
    ImageIO.write(
        new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB),
        "png",
        temp.resolve("a.png").toFile());
    try (Processor processor = processor()) {
      Prompt prompt = new VqaPrompts(processor, PromptTemplate.THINK_EVAL, 4096).of(item("a.png"));
      assertThat(prompt.images()).hasSize(1);
      assertThat(prompt.text())
          .contains(
              "<|vision_end|>" + PromptTemplate.THINK_EVAL.apply("What is it? A) CT, B) MRI"));
      int length = prompt.ids().length;
      VqaPrompts narrow = new VqaPrompts(processor, PromptTemplate.THINK_EVAL, length - 1);
      assertThatThrownBy(() -> narrow.of(item("a.png")))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("test.json item 7")
          .hasMessageContaining(String.valueOf(length));
    }
  }

  @Test
  void anImageThatCannotBeReadIsReportedWithItsItem() throws IOException {
    try (Processor processor = processor()) {
      VqaPrompts prompts = new VqaPrompts(processor, PromptTemplate.NO_THINK, 4096);
      assertThatThrownBy(() -> prompts.of(item("missing.png")))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("test.json item 7")
          .hasMessageContaining("missing.png");
    }
  }
}
