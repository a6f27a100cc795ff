package ai.medr1.core.text;

import ai.medr1.core.InputException;
import ai.medr1.core.JsonFile;
import ai.medr1.core.text.internal.jinja.JinjaException;
import ai.medr1.core.text.internal.jinja.JinjaTemplate;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The chat template of a checkpoint. Renders as the reference does with Jinja2; a template that
 * goes beyond what is rendered equally is refused. Only maps, lists, strings and numbers reach the
 * template, messages are never taken for template code, and steps and output are bounded. Safe for
 * use by several threads.
 */
public final class ChatTemplate {
  private static final JsonNode NONE = JsonNodeFactory.instance.objectNode();

  /** Of processors, not of tokenizers. */
  private static final List<String> PROCESSOR_TOKENS = List.of("image_token", "video_token");

  private final JinjaTemplate template;
  private final String file;
  private final Map<String, Object> specialTokens;
  private final List<String> unknownTokens;

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
    this(template, file, NONE);
  }

  private ChatTemplate(String template, String file, JsonNode tokenizerConfig) {
    try {
      this.template = JinjaTemplate.parse(template);
    } catch (JinjaException e) {
      throw new InputException(
          "the chat template in %s cannot be used, line %d: %s; simplify it or take the public checkpoint's template"
              .formatted(file, e.line(), e.getMessage()),
          e);
    }
    this.file = file;
    this.specialTokens = new HashMap<>();
    this.unknownTokens = new ArrayList<>(TokenizerFiles.MORE_TOKENS);
    unknownTokens.addAll(PROCESSOR_TOKENS);
    for (String name : TokenizerFiles.ONE_TOKEN) { // the reference gives these to templates
      JsonNode token = tokenizerConfig.path(name);
      JsonNode text = token.isObject() ? token.path("content") : token;
      if (text.isTextual()) {
        specialTokens.put(name, text.textValue());
      } else if (!text.isNull()) {
        unknownTokens.add(name);
      }
    }
  }

  /**
   * The template of a checkpoint directory: {@code processor_config.json}, else {@code
   * chat_template.json}, else {@code chat_template.jinja}, else {@code tokenizer_config.json}, as
   * transformers' processors choose.
   *
   * @throws InputException if there is none, or it cannot be used
   */
  public static ChatTemplate load(Path dir) {
    TemplateFiles.Found found = TemplateFiles.of(dir);
    Path tokenizer = dir.resolve("tokenizer_config.json");
    JsonNode config = Files.exists(tokenizer) ? JsonFile.read(tokenizer) : NONE;
    return new ChatTemplate(found.template(), found.file().toString(), config);
  }

  /**
   * The conversation as one text; every image is one placeholder.
   *
   * @throws InputException if the template fails on these messages
   */
  public String render(List<Message> messages, Options options) {
    Map<String, @Nullable Object> variables = new HashMap<>(specialTokens);
    variables.put("messages", messages.stream().map(ChatTemplate::variable).toList());
    variables.put("tools", null);
    variables.put("documents", null);
    variables.put("add_generation_prompt", options.addGenerationPrompt());
    if (options.addVisionId()) { // the reference leaves it undefined unless it is asked for
      variables.put("add_vision_id", true);
    }
    try {
      return template.render(variables, unknownTokens);
    } catch (JinjaException e) {
      throw new InputException(
          "the chat template in %s cannot be rendered, line %d: %s"
              .formatted(file, e.line(), e.getMessage()),
          e);
    }
  }

  /** Templates print the content that is a string in one piece; a single text is given as that. */
  private static Map<String, Object> variable(Message message) {
    List<Content> content = message.content();
    Object value =
        content.size() == 1 && content.get(0) instanceof Content.Text text
            ? text.text()
            : content.stream().map(ChatTemplate::variable).toList();
    Map<String, Object> variable = new LinkedHashMap<>();
    variable.put("role", message.role());
    variable.put("content", value);
    return variable;
  }

  private static Map<String, Object> variable(Content content) {
    Map<String, Object> variable = new LinkedHashMap<>();
    variable.put("type", content instanceof Content.Text ? "text" : "image");
    if (content instanceof Content.Text text) {
      variable.put("text", text.text());
    }
    return variable;
  }
}
