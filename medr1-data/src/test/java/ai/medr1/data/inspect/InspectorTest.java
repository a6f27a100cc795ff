package ai.medr1.data.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectorTest {
  private static final Path PARITY = Path.of(System.getProperty("medr1.parity"));
  private static final Path MODEL = PARITY.resolve("models/tiny-qwen2-vl");

  @TempDir private Path dir;

  private static ObjectNode inspect(Path path) {
    return Inspector.inspect(path, Optional.empty());
  }

  private Path image(String name) throws IOException {
    BufferedImage image = new BufferedImage(84, 56, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = image.createGraphics();
    pen.setColor(new Color(200, 100, 0));
    pen.fillRect(0, 0, 84, 56);
    pen.dispose();
    Path file = dir.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  @Test
  void anImageIsToldAsTheModelGetsIt() throws IOException {
    ObjectNode facts = Inspector.inspect(image("scan.jpg"), Optional.of(MODEL));
    assertThat(facts.path("kind").asText()).isEqualTo("image");
    assertThat(facts.path("format").asText()).isEqualTo("PNG"); // whatever its name says
    assertThat(facts.path("width").asInt()).isEqualTo(84);
    assertThat(facts.path("height").asInt()).isEqualTo(56);
    assertThat(facts.path("mode").asText()).isEqualTo("RGB");
    assertThat(facts.path("bits").asInt()).isEqualTo(8);
    assertThat(facts.path("meanLevel").asDouble()).isEqualTo(100);
    assertThat(facts.path("tokens").asInt()).isEqualTo(6); // (84 / 28) * (56 / 28)
    assertThat(Inspector.isRefused(facts)).isFalse();
  }

  @Test
  void withoutAModelAnImageCostsNoKnownNumberOfTokens() throws IOException {
    assertThat(inspect(image("scan.png")).has("tokens")).isFalse();
  }

  @Test
  void everyFormatOfTheGoldensHasItsSizeModeAndBits() throws IOException {
    try (Stream<Path> files = Files.list(PARITY.resolve("images"))) {
      assertThat(files.filter(file -> file.toString().matches(".*\\.(png|jpg|bmp|tif)")))
          .isNotEmpty()
          .allSatisfy(
              file -> {
                ObjectNode facts = inspect(file);
                assertThat(facts.path("width").asInt()).as("%s", file).isPositive();
                assertThat(facts.path("bits").asInt()).as("%s", file).isPositive();
                assertThat(facts.path("mode").asText()).as("%s", file).isNotEmpty();
              });
    }
  }

  @Test
  void whatIsNoImageIsRefusedByItsName() throws IOException {
    Path pointer = dir.resolve("scan.png");
    Files.writeString(
        pointer,
        "version https://git-lfs.github.com/spec/v1\noid sha256:0000\nsize 100\n",
        StandardCharsets.UTF_8);
    ObjectNode facts = inspect(pointer);
    assertThat(Inspector.isRefused(facts)).isTrue();
    assertThat(facts.path("refused")).hasSize(1);
    assertThat(facts.path("refused").get(0).asText()).contains("Git LFS pointer", "git lfs pull");
  }

  @Test
  void aCheckpointIsToldWithoutReadingItsWeights() {
    ObjectNode facts = inspect(MODEL);
    assertThat(facts.path("kind").asText()).isEqualTo("checkpoint");
    assertThat(facts.path("family").asText()).isEqualTo("qwen2-vl");
    assertThat(facts.path("parameters").asLong())
        .isEqualTo(facts.at("/bytes/float32").asLong() / 4);
    assertThat(facts.path("template").asText()).contains("<|image_pad|>", "Question?");
    assertThat(facts.at("/tokenizer/<|im_end|>").asInt()).isPositive();
    assertThat(facts.path("ignored")).isEmpty();
    assertThat(Inspector.isRefused(facts)).isFalse();
  }

  @Test
  void everyPartOfACheckpointThatIsRefusedIsTold() throws IOException {
    Files.writeString(dir.resolve("config.json"), "{\"model_type\": \"llama\"}");
    ObjectNode facts = inspect(dir);
    assertThat(facts.path("refused").toString())
        .contains("llama", "image settings", "tokenizer", "chat template");
  }

  @Test
  void dataAreToldWithFormColumnsAndFindings() throws IOException {
    image("a.png");
    Path file = dir.resolve("questions.jsonl");
    Files.writeString(
        file,
        """
        {"question_id": 7, "image_path": "a.png", "question": "Which?", "option_A": "CT", "option_B": "MRI", "gt_answer": "CT"}
        {"question_id": 8, "image_path": "b.png", "question": "Which?", "option_A": "CT", "option_B": "MRI", "gt_answer": "MRI"}
        {"question_id": 9, "image_path": "a.png", "question": "What?", "option_A": "CT", "option_B": "MRI", "gt_answer": "PET"}
        """);
    ObjectNode facts = inspect(file);
    assertThat(facts.path("form").asText()).isEqualTo("omnimedvqa");
    assertThat(facts.path("columns").toString()).contains("image_path", "gt_answer");
    assertThat(facts.path("items").asInt()).isEqualTo(3);
    assertThat(facts.path("findings").toString())
        .isEqualTo("{\"answer not among options\":1,\"missing image\":1}");
  }

  @Test
  void whatIsNotThereIsAnError() {
    assertThatThrownBy(() -> inspect(dir.resolve("none")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> inspect(MODEL.resolve("model.safetensors")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("give the folder that holds it");
  }

  @Test
  void factsAreLinesForPeople() throws IOException {
    assertThat(Inspector.text(inspect(image("scan.png"))))
        .contains(String.format("%-17s %s%n", "meanLevel", "100.0"))
        .doesNotContain("refused");
  }
}
