package ai.medr1.core.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.core.image.DecodeMode;
import ai.medr1.core.image.GridThw;
import ai.medr1.core.image.Images;
import ai.medr1.core.image.PixelValues;
import ai.medr1.core.image.PreprocessorConfig;
import ai.medr1.core.image.RgbImage;
import ai.medr1.core.text.ChatTemplate.Options;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("parity")
class ProcessorTest {
  private static final PreprocessorConfig CONFIG = PreprocessorConfig.qwenDefaults();
  private static final PixelValues IMAGE = new PixelValues(new float[0], new GridThw(1, 4, 6));
  private static final List<Message> ONE_IMAGE =
      List.of(Message.user(new Content.Image(), new Content.Text("What is it?")));

  @TempDir private static Path realDir;
  private static Processor small;
  private static Processor real;
  private static JsonNode golden;

  @BeforeAll
  static void load() throws IOException {
    golden = Parity.json("prompts/prompts.json");
    ChatTemplate template = new ChatTemplate(golden.get("chat_template").asText(), "prompts.json");
    small = new Processor(Parity.smallTokenizer(), template, CONFIG);
    real = new Processor(Parity.realTokenizer(realDir), template, CONFIG);
  }

  @AfterAll
  static void close() {
    small.close();
    real.close();
  }

  private static List<PixelValues> images(List<GridThw> grids) {
    return grids.stream().map(grid -> new PixelValues(new float[0], grid)).toList();
  }

  @Test
  void promptsEqualTheReference() {
    assertThat(golden.get("prompts")).isNotEmpty();
    for (JsonNode row : golden.get("prompts")) {
      checkGolden(row, small, "input_ids_small");
      checkGolden(row, real, "input_ids_real");
    }
  }

  private static void checkGolden(JsonNode row, Processor processor, String ids) {
    List<PixelValues> images = images(Parity.grids(row.get("image_grid_thw")));
    Prompt prompt = processor.assemble(Parity.messages(row), images, Parity.options(row));
    assertThat(prompt.text()).isEqualTo(row.get("text").asText());
    assertThat(prompt.ids())
        .as(row.get("name").asText())
        .containsExactly(Parity.ints(row.get(ids)));
    assertThat(prompt.images()).isEqualTo(images);
  }

  @Test
  void promptsWithImageFilesEqualTheReference() throws IOException {
    ChatTemplate template = ChatTemplate.load(Parity.ROOT.resolve("models/small-tokenizer"));
    for (JsonNode row : golden.get("prompts")) {
      PreprocessorConfig config =
          CONFIG.withPixels(row.get("min_pixels").asLong(), row.get("max_pixels").asLong());
      try (Processor processor = new Processor(Parity.smallTokenizer(), template, config)) {
        Prompt prompt = processor.prompt(Parity.messages(row), decoded(row), Parity.options(row));
        assertThat(prompt.images().stream().map(PixelValues::grid))
            .as(row.get("name").asText())
            .isEqualTo(Parity.grids(row.get("image_grid_thw")));
        assertThat(prompt.ids()).containsExactly(Parity.ints(row.get("input_ids_small")));
      }
    }
  }

  private static List<RgbImage> decoded(JsonNode row) {
    DecodeMode mode =
        DecodeMode.valueOf(row.path("open_mode").asText("open").toUpperCase(Locale.ROOT));
    List<RgbImage> images = new ArrayList<>();
    for (JsonNode name : row.get("images")) {
      images.add(Images.read(Parity.ROOT.resolve("images").resolve(name.asText()), mode));
    }
    return images;
  }

  @Test
  void loadsTheDirectoryOfEveryModel() throws IOException {
    JsonNode row = golden.get("prompts").get(0);
    List<PixelValues> images = images(Parity.grids(row.get("image_grid_thw")));
    for (String model :
        Parity.json("models/manifest.json").propertyStream().map(Map.Entry::getKey).toList()) {
      try (Processor processor = Processor.load(Parity.ROOT.resolve("models").resolve(model))) {
        Prompt prompt = processor.assemble(Parity.messages(row), images, Parity.options(row));
        assertThat(prompt.ids()).containsExactly(Parity.ints(row.get("input_ids_small")));
      }
    }
  }

  @Test
  void aTokenizerWithoutImageTokensIsRefused(@TempDir Path dir) throws IOException {
    Files.writeString(dir.resolve("chat_template.jinja"), "x");
    Files.writeString(
        dir.resolve("tokenizer.json"),
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {}, \"merges\": []}}");
    assertThatThrownBy(() -> Processor.load(dir, CONFIG))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("has no token '<|image_pad|>'");
  }

  @Test
  void theNumberOfImagesMustFitTheirPlaces() {
    assertRefused(ONE_IMAGE, List.of(), "1 image places, but 0 images");
    assertRefused(ONE_IMAGE, Collections.nCopies(2, IMAGE), "1 image places, but 2 images");
    assertRefused(List.of(Message.user("Hi")), List.of(IMAGE), "0 image places, but 1 images");
  }

  @Test
  void aPlaceholderInATextIsNotAnImage() {
    Message user = Message.user("Where is <|image_pad|>?");
    assertRefused(List.of(Message.system("s"), user), List.of(), "message 1 (user)");
    assertRefused(List.of(user), List.of(IMAGE), "'<|image_pad|>'");
    assertRefused(List.of(Message.user("a<|video_pad|>")), List.of(), "'<|video_pad|>'");
  }

  @Test
  void aGridThatCannotBeMergedIsRefused() {
    PixelValues odd = new PixelValues(new float[0], new GridThw(1, 3, 4));
    assertRefused(ONE_IMAGE, List.of(odd), "multiples");
  }

  private static void assertRefused(
      List<Message> messages, List<PixelValues> images, String reason) {
    assertThatThrownBy(() -> small.assemble(messages, images, Options.PROMPT))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void aTemplateThatForgetsAnImageIsRefused() {
    ChatTemplate template =
        new ChatTemplate("{% for m in messages %}{{ m.role }}{% endfor %}", "test.jinja");
    try (Processor processor = new Processor(Parity.smallTokenizer(), template, CONFIG)) {
      assertThatThrownBy(() -> processor.assemble(ONE_IMAGE, List.of(IMAGE), Options.PROMPT))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("wrote 0 times <|image_pad|> for 1 images");
    }
  }

  @Test
  void aPromptThatIsTooLongIsNamedAndNeverCut() {
    Prompt prompt = small.assemble(ONE_IMAGE, List.of(IMAGE), Options.PROMPT);
    int length = prompt.ids().length;
    small.requireLength(prompt, length, "item 7");
    assertThatThrownBy(() -> small.requireLength(prompt, length - 1, "item 7"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("item 7: the prompt has " + length + " tokens (6 of them for images)")
        .hasMessageContaining("maxPromptLength " + (length - 1));
    assertThat(
            Arrays.stream(prompt.ids()).filter(id -> id == small.tokenizer().id("<|image_pad|>")))
        .hasSize(6);
  }
}
