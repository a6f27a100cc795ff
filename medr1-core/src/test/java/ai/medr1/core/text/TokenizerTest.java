package ai.medr1.core.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("parity")
class TokenizerTest {
  private static final Path SMALL = Parity.ROOT.resolve("models/small-tokenizer");

  @TempDir private static Path realDir;
  private static Tokenizer small;
  private static Tokenizer real;
  private static JsonNode golden;

  @BeforeAll
  static void load() throws IOException {
    small = Parity.smallTokenizer();
    real = Parity.realTokenizer(realDir);
    golden = Parity.json("prompts/tokenize.json");
  }

  @AfterAll
  static void close() {
    small.close();
    real.close();
  }

  private static Tokenizer tokenizer(String name) {
    return Map.of("small", small, "real", real).get(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "real"})
  void encodesAndDecodesAsTheReference(String name) {
    Tokenizer tokenizer = tokenizer(name);
    assertThat(golden.get("strings")).isNotEmpty();
    for (JsonNode row : golden.get("strings")) {
      String text = row.get("text").asText();
      int[] ids = Parity.ints(row.get(name + "_ids"));
      assertThat(tokenizer.encode(text)).as(text).containsExactly(ids);
      assertThat(tokenizer.decode(ids, false)).isEqualTo(row.get(name + "_decoded").asText());
      assertThat(tokenizer.decode(ids, true))
          .isEqualTo(row.get(name + "_decoded_skip_special").asText());
    }
  }

  @Test
  void decodesCutTextAsTheReference() {
    assertThat(golden.get("decode_small")).isNotEmpty();
    for (JsonNode row : golden.get("decode_small")) {
      int[] ids = Parity.ints(row.get("small_ids"));
      assertThat(small.decode(ids, false))
          .as(Arrays.toString(ids))
          .isEqualTo(row.get("decoded").asText());
      assertThat(small.decode(ids, true)).isEqualTo(row.get("decoded_skip_special").asText());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "real"})
  void knowsTheSpecialTokens(String name) {
    for (Map.Entry<String, JsonNode> token : golden.get("special_ids_" + name).properties()) {
      assertThat(tokenizer(name).id(token.getKey())).isEqualTo(token.getValue().asInt());
    }
  }

  @Test
  void aTextOfSeveralTokensHasNoId() {
    assertThatThrownBy(() -> small.id("<|no_such_token|>"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("tokenizer.json")
        .hasMessageContaining("<|no_such_token|>");
  }

  @Test
  void idsBeyondTheVocabularyHaveNoText() {
    assertThat(small.decode(new int[] {1_000_000}, false)).isEmpty();
  }

  @Test
  void halfASurrogatePairIsReplaced() {
    assertThat(small.encode("a\ud83db")).containsExactly(small.encode("a\ufffdb"));
  }

  @Test
  void longTextsAreNeitherCutNorPadded() {
    String text = "word ".repeat(40_000);
    assertThat(small.decode(small.encode(text), false)).isEqualTo(text);
  }

  @Test
  void truncationAndPaddingOfTheFileAreOff(@TempDir Path dir) throws IOException {
    ObjectNode json = (ObjectNode) Parity.json("models/small-tokenizer/tokenizer.json");
    json.putObject("truncation")
        .put("direction", "Right")
        .put("max_length", 2)
        .put("strategy", "LongestFirst")
        .put("stride", 0);
    json.putObject("padding")
        .put("direction", "Right")
        .put("pad_id", 0)
        .put("pad_type_id", 0)
        .put("pad_token", "!")
        .putObject("strategy")
        .put("Fixed", 64);
    Files.writeString(dir.resolve("tokenizer.json"), json.toString());
    try (Tokenizer other = Tokenizer.load(dir)) {
      assertThat(other.encode("a b c d e")).containsExactly(small.encode("a b c d e"));
    }
  }

  /** Ids as transformers 5.23 gives them with the same files. */
  @ParameterizedTest
  @CsvSource({
    "tokenizer_config.json, '{\"added_tokens_decoder\": {\"1000\": {\"content\": \"<think>\"}}}'",
    "tokenizer_config.json, '{\"additional_special_tokens\": [\"<think>\"]}'",
    "tokenizer_config.json, '{\"extra_special_tokens\": {\"think_token\": \"<think>\"}}'",
    "tokenizer_config.json, '{\"pad_token\": {\"__type\": \"AddedToken\", \"content\": \"<think>\"}}'",
    "added_tokens.json, '{\"<think>\": 1000}'"
  })
  void tokensOfTheConfigurationAreAdded(String file, String json, @TempDir Path dir)
      throws IOException {
    Files.copy(SMALL.resolve("tokenizer.json"), dir.resolve("tokenizer.json"));
    Files.writeString(dir.resolve(file), json);
    try (Tokenizer more = Tokenizer.load(dir)) {
      assertThat(more.encode("a<think>b<|image_pad|>")).containsExactly(64, 1000, 65, 990);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"1005\": {\"content\": \"<think>\"}}",
        "{\"999\": {\"content\": \"<think>\"}}",
        "{\"991\": {\"content\": \"<|image_pad|>\"}}",
        "{\"x\": {\"content\": \"<think>\"}}",
        "{\"1000\": \"<think>\"}"
      })
  void filesThatContradictEachOtherAreRefused(String tokens, @TempDir Path dir) throws IOException {
    Files.copy(SMALL.resolve("tokenizer.json"), dir.resolve("tokenizer.json"));
    Files.writeString(
        dir.resolve("tokenizer_config.json"), "{\"added_tokens_decoder\": " + tokens + "}");
    assertThatThrownBy(() -> Tokenizer.load(dir))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(dir.toString())
        .hasMessageMatching("(?s).*(has the id|tokens by their ids).*");
  }

  @Test
  void severalThreadsShareATokenizer() {
    List<Integer> wrong =
        IntStream.range(0, 2000)
            .parallel()
            .filter(i -> !small.decode(small.encode("text " + i), false).equals("text " + i))
            .boxed()
            .toList();
    assertThat(wrong).isEmpty();
  }

  @Test
  void aMissingOrBrokenFileIsNamed(@TempDir Path dir) throws IOException {
    assertThatThrownBy(() -> Tokenizer.load(dir))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(dir + " has no tokenizer.json");
    for (String content : List.of("{\"a", "{}", "[{}]", "{\"model\": {\"type\": \"no\"}}")) {
      Files.writeString(dir.resolve("tokenizer.json"), content);
      assertThatThrownBy(() -> Tokenizer.load(dir))
          .as(content)
          .isInstanceOf(InputException.class)
          .hasMessageContaining("cannot load " + dir.resolve("tokenizer.json"));
    }
  }
}
