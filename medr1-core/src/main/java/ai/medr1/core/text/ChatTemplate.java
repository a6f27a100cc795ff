package ai.medr1.core.text;

import ai.medr1.core.InputException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.lib.filter.Filter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The chat template of a checkpoint. Renders as the reference does with Jinja2 ({@code
 * trim_blocks}, {@code lstrip_blocks}); a template that goes beyond what is rendered equally is
 * refused. Only maps, lists, strings and numbers reach the template, messages are never taken for
 * template code, and the output is bounded. Safe for use by several threads.
 */
public final class ChatTemplate {
  private static final int MAX_CHARACTERS = 1 << 24;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Jinjava JINJAVA = jinjava();

  private final String source;
  private final String file;

  /**
   * How to render.
   *
   * @param addGenerationPrompt end with the opening of the assistant's turn
   * @param addVisionId number the images ("Picture 1: ")
   */
  public record Options(boolean addGenerationPrompt, boolean addVisionId) {
    /** For generation: with the opening of the assistant's turn, images not numbered. */
    public static final Options PROMPT = new Options(true, false);
  }

  /**
   * A template from its source.
   *
   * @param file names the template in errors
   * @throws InputException if the template uses features that are not supported
   */
  public ChatTemplate(String template, String file) {
    this.source = TemplateRewriter.rewrite(template, file);
    this.file = file;
  }

  /**
   * The template of a checkpoint directory: {@code chat_template.json}, else {@code
   * chat_template.jinja}, else {@code tokenizer_config.json}, as transformers' processors choose.
   *
   * @throws InputException if there is none, or it cannot be used
   */
  public static ChatTemplate load(Path dir) {
    Path json = dir.resolve("chat_template.json");
    if (Files.exists(json)) {
      return fromJson(json, json(json));
    }
    Path jinja = dir.resolve("chat_template.jinja");
    if (Files.exists(jinja)) {
      return new ChatTemplate(read(jinja), jinja.toString());
    }
    Path tokenizer = dir.resolve("tokenizer_config.json");
    if (Files.exists(tokenizer)) {
      JsonNode config = json(tokenizer);
      if (config.hasNonNull("chat_template")) {
        return fromJson(tokenizer, config);
      }
    }
    throw new InputException(
        dir
            + " has no chat template: expected chat_template.json, chat_template.jinja or a key"
            + " chat_template in tokenizer_config.json; copy chat_template.json from the public"
            + " checkpoint");
  }

  private static ChatTemplate fromJson(Path file, JsonNode config) {
    JsonNode template = config.path("chat_template");
    for (JsonNode named : template.isArray() ? template : JSON.createArrayNode()) {
      if (named.path("name").asText().equals("default")) {
        template = named.path("template");
      }
    }
    if (!template.isTextual()) {
      throw new InputException(
          "%s: the key chat_template is to be a text, or a list with one named 'default', found %s"
              .formatted(file, template.getNodeType()));
    }
    return new ChatTemplate(template.textValue(), file.toString());
  }

  private static JsonNode json(Path file) {
    try {
      return JSON.readTree(read(file));
    } catch (JsonProcessingException e) {
      throw new InputException(file + " is not valid JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new InputException("cannot read " + file + " as UTF-8 text: " + e, e);
    }
  }

  /**
   * The conversation as one text; every image is one placeholder.
   *
   * @throws InputException if the template fails on these messages
   */
  public String render(List<Message> messages, Options options) {
    Map<String, Object> variables =
        Map.of(
            "messages", messages.stream().map(ChatTemplate::variable).toList(),
            "add_generation_prompt", options.addGenerationPrompt(),
            "add_vision_id", options.addVisionId());
    RenderResult result = JINJAVA.renderForResult(source, variables);
    if (result.hasErrors()) {
      throw new InputException(
          "the chat template in %s cannot be rendered: %s"
              .formatted(file, result.getErrors().get(0).getMessage()));
    }
    return result.getOutput();
  }

  /** Templates print the content that is a string in one piece; a single text is given as that. */
  private static Map<String, Object> variable(Message message) {
    List<Content> content = message.content();
    Object value =
        content.size() == 1 && content.get(0) instanceof Content.Text text
            ? text.text()
            : content.stream().map(ChatTemplate::variable).toList();
    return Map.of("role", message.role(), "content", value);
  }

  private static Map<String, Object> variable(Content content) {
    return content instanceof Content.Text text
        ? Map.of("type", "text", "text", text.text())
        : Map.of("type", "image");
  }

  private static Jinjava jinjava() {
    Jinjava jinjava =
        new Jinjava(
            JinjavaConfig.newBuilder()
                .withTrimBlocks(false)
                .withLstripBlocks(false)
                .withNestedInterpretationEnabled(false)
                .withMaxOutputSize(MAX_CHARACTERS)
                .withMaxStringLength(MAX_CHARACTERS)
                .withLegacyOverrides(asJinja2())
                .build());
    jinjava.registerFilter(new PythonTrim());
    return jinjava;
  }

  private static LegacyOverrides asJinja2() {
    return LegacyOverrides.newBuilder()
        .withEvaluateMapKeys(true)
        .withIterateOverMapKeys(true)
        .withUseNaturalOperatorPrecedence(true)
        .withParseWhitespaceControlStrictly(true)
        .withAllowAdjacentTextNodes(true)
        .withKeepNullableLoopValues(true)
        .build();
  }

  /** {@code trim} that strips what Python strips. */
  private static final class PythonTrim implements Filter {
    @Override
    public String getName() {
      return "trim";
    }

    @Override
    public @Nullable Object filter(
        @Nullable Object value, JinjavaInterpreter interpreter, String... arguments) {
      return value == null ? null : PythonSpace.strip(value.toString());
    }
  }
}
