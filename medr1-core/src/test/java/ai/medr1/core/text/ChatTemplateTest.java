package ai.medr1.core.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.core.text.ChatTemplate.Options;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTemplateTest {
  /** The conversation that jinja-cases.json was made with. */
  private static final List<Message> MESSAGES =
      List.of(
          Message.user(" a\u00a0{{ 1+1 }}\n"),
          new Message("assistant", List.of(new Content.Text("t{% if %}"), new Content.Image())));

  @TempDir private Path dir;

  static Stream<Arguments> jinja2() throws IOException {
    try (InputStream file = ChatTemplateTest.class.getResourceAsStream("jinja-cases.json")) {
      JsonNode cases = new ObjectMapper().readTree(file).get("cases");
      return StreamSupport.stream(cases.spliterator(), false)
          .map(c -> Arguments.of(c.get("template").asText(), c.get("expected").asText()));
    }
  }

  @ParameterizedTest
  @MethodSource("jinja2")
  void rendersAsJinja2(String template, String expected) {
    assertThat(render(template)).isEqualTo(expected);
  }

  private static String render(String template) {
    return new ChatTemplate(template, "test.jinja").render(MESSAGES, Options.PROMPT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% include 'x' %}",
        "{% unknown %}",
        "{{ messages | nofilter }}",
        "{{ messages[0].getClass() }}",
        "{{ raise_exception('x') }}",
        "{{ nofunction(1) }}",
        "{{ 1 + }}",
        "{{ bos_token }}",
        "{{ image_token }}",
        "{{ messages",
        "{% if messages %}",
        "{# comment",
        "{{ 'open }}"
      })
  void whatCannotBeRenderedEquallyIsRefused(String template) {
    assertThatThrownBy(() -> render(template))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("the chat template in test.jinja cannot be");
  }

  @Test
  void anErrorNamesTheLine() {
    assertThatThrownBy(() -> render("a\nb\n{% include 'x' %}"))
        .hasMessageContaining("line 3")
        .hasMessageContaining("{% include %}");
    assertThatThrownBy(() -> render("a\nb\n{{ raise_exception('only one image') }}"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("test.jinja cannot be rendered, line 3: only one image");
  }

  @Test
  void specialTokensAreThoseOfTheTokenizer() throws IOException {
    Files.writeString(
        dir.resolve("chat_template.jinja"), "[{{ bos_token }}|{{ eos_token }}|{{ pad_token }}]");
    Files.writeString(
        dir.resolve("tokenizer_config.json"),
        "{\"bos_token\": null, \"eos_token\": \"<|im_end|>\", \"pad_token\": {\"content\":"
            + " \"<pad>\"}}");
    assertThat(ChatTemplate.load(dir).render(MESSAGES, Options.PROMPT))
        .isEqualTo("[|<|im_end|>|<pad>]");
  }

  @Test
  void toolsAndDocumentsAreNone() {
    assertThat(render("{{ tools }}{{ documents is defined }}{{ videos }}")).isEqualTo("NoneTrue");
  }

  /** As in a call of transformers that does not mention it. */
  @Test
  void numberingOfImagesIsUndefinedUnlessAskedFor() {
    String template = "[{{ add_vision_id }}|{{ add_vision_id is defined }}]";
    assertThat(render(template)).isEqualTo("[|False]");
    assertThat(new ChatTemplate(template, "t").render(MESSAGES, new Options(true, true)))
        .isEqualTo("[True|True]");
  }

  @Test
  void truthValuesArePrintedAsPythonPrintsThem() {
    assertThat(render("{% for m in messages %}{{ loop.first }} {% endfor %}{{ tools }}"))
        .isEqualTo("True False None");
  }

  @Test
  void messagesAreNeverTemplateCode() {
    String code = "{{ 1+1 }}{% for x in messages %}{# c #}{% raw %}\n  ";
    String template =
        "{% for m in messages %}{{ m.content }}{% set c = m.content %}{{ c }}{% endfor %}";
    String text =
        new ChatTemplate(template, "t").render(List.of(Message.user(code)), Options.PROMPT);
    assertThat(text).isEqualTo(code + code);
  }

  @Test
  void severalThreadsShareATemplate() {
    ChatTemplate template =
        new ChatTemplate("{% for m in messages %}{{ m.content }}{% endfor %}", "t");
    List<Integer> wrong =
        IntStream.range(0, 400)
            .parallel()
            .filter(
                i ->
                    !template
                        .render(List.of(Message.user("text " + i)), Options.PROMPT)
                        .equals("text " + i))
            .boxed()
            .toList();
    assertThat(wrong).isEmpty();
  }

  @Test
  void aRoleIsOneOfThree() {
    assertThatThrownBy(() -> new Message("tool", List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found 'tool'");
  }

  @ParameterizedTest
  @CsvSource({
    "chat_template.json, '{\"chat_template\": \"one\"}'",
    "chat_template.jinja, one",
    "tokenizer_config.json, '{\"chat_template\": \"one\"}'",
    "tokenizer_config.json, '{\"chat_template\": [{\"name\": \"tools\", \"template\": \"x\"},"
        + " {\"name\": \"default\", \"template\": \"one\"}]}'"
  })
  void loadsFromEachPlace(String file, String content) throws IOException {
    Files.writeString(dir.resolve(file), content);
    assertThat(ChatTemplate.load(dir).render(MESSAGES, Options.PROMPT)).isEqualTo("one");
  }

  @Test
  void theProcessorsFileGoesBeforeTheTokenizers() throws IOException {
    Files.writeString(dir.resolve("tokenizer_config.json"), "{\"chat_template\": \"third\"}");
    Files.writeString(dir.resolve("chat_template.jinja"), "second");
    assertThat(ChatTemplate.load(dir).render(MESSAGES, Options.PROMPT)).isEqualTo("second");
    Files.writeString(dir.resolve("chat_template.json"), "{\"chat_template\": \"first\"}");
    assertThat(ChatTemplate.load(dir).render(MESSAGES, Options.PROMPT)).isEqualTo("first");
  }

  @Test
  void withoutATemplateTheErrorSaysWhereItIsExpected() throws IOException {
    Files.writeString(dir.resolve("tokenizer_config.json"), "{}");
    assertThatThrownBy(() -> ChatTemplate.load(dir))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(dir.toString())
        .hasMessageContaining("copy chat_template.json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{\"chat_template\": 3}", "{\"chat_template\": []}"})
  void aBrokenFileIsNamed(String content) throws IOException {
    Files.writeString(dir.resolve("chat_template.json"), content);
    assertThatThrownBy(() -> ChatTemplate.load(dir))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("chat_template.json");
  }

  static Stream<JsonNode> goldenPrompts() throws IOException {
    return StreamSupport.stream(
        Parity.json("prompts/prompts.json").get("prompts").spliterator(), false);
  }

  @Tag("parity")
  @ParameterizedTest
  @MethodSource("goldenPrompts")
  void rendersTheGoldenPrompts(JsonNode golden) throws IOException {
    String template = Parity.json("prompts/prompts.json").get("chat_template").asText();
    assertThat(
            new ChatTemplate(template, "prompts.json")
                .render(Parity.messages(golden), Parity.options(golden)))
        .isEqualTo(golden.get("text").asText());
  }
}
