package ai.medr1.core.text;

import ai.medr1.core.FileKind;
import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import ai.medr1.core.JsonFile;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The tokenizer of a directory as {@code tokenizer.json} has it. Transformers' tokenizers in plain
 * Python save {@code vocab.json} and {@code merges.txt} instead; of these the same is put together
 * here, for the tokenizer of Qwen2. Tokens that {@code tokenizer_config.json} or {@code
 * added_tokens.json} have beyond that are added, as transformers does.
 */
final class TokenizerFiles {
  static final String ONE = "tokenizer.json";
  private static final String VOCAB = "vocab.json";
  private static final String MERGES = "merges.txt";
  private static final String CONFIG = "tokenizer_config.json";
  private static final String ADDED = "added_tokens.json";

  /** How Qwen2's tokenizer cuts a text before it merges. */
  private static final String CUT =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|"
          + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  /** The settings that name one token. */
  static final List<String> ONE_TOKEN =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");

  /** The settings that name several. */
  static final List<String> MORE_TOKENS =
      List.of("additional_special_tokens", "extra_special_tokens");

  private final Path dir;
  private final ObjectNode json;

  private TokenizerFiles(Path dir, ObjectNode json) {
    this.dir = dir;
    this.json = json;
  }

  /** Which file stands for the tokenizer in errors. */
  static Path file(Path dir) {
    boolean parts =
        FileKind.of(dir.resolve(ONE)) == FileKind.MISSING && present(dir.resolve(VOCAB));
    return dir.resolve(parts ? VOCAB : ONE);
  }

  /**
   * The content of tokenizer.json.
   *
   * @throws InputException if there is no tokenizer, or a file is damaged
   */
  static byte[] read(Path dir) {
    Path one = dir.resolve(ONE);
    if (present(one)) {
      return bytes(one);
    }
    if (!present(dir.resolve(VOCAB)) || !present(dir.resolve(MERGES))) {
      throw new InputException(
          dir
              + " has no tokenizer.json, nor vocab.json with merges.txt; copy it from the public"
              + " checkpoint");
    }
    return new TokenizerFiles(dir, JsonNodeFactory.instance.objectNode()).fromParts();
  }

  /**
   * The content of tokenizer.json with the configured tokens that it lacks.
   *
   * @throws InputException if a token would get another id than the configuration says
   */
  static byte[] completed(Path dir) {
    if (!present(dir.resolve(ONE))) {
      return read(dir);
    }
    TokenizerFiles files = new TokenizerFiles(dir, JsonFile.read(dir.resolve(ONE)));
    files.addConfigured();
    return files.bytes();
  }

  /**
   * The tokens that the configuration names, in the order in which transformers adds them; those
   * that it numbers have an {@code id}.
   */
  static List<ObjectNode> configured(Path dir) {
    JsonNode config = object(dir, CONFIG);
    Map<Integer, ObjectNode> numbered = new TreeMap<>();
    JsonNode decoder = config.path("added_tokens_decoder");
    decoder
        .properties()
        .forEach(
            token -> {
              if (!token.getKey().matches("\\d{1,9}") || !token.getValue().isObject()) {
                throw new InputException(
                    "%s: added_tokens_decoder must hold tokens by their ids, found \"%s\": %s"
                        .formatted(dir.resolve(CONFIG), token.getKey(), token.getValue()));
              }
              int id = Integer.parseInt(token.getKey());
              ObjectNode full = token(token.getValue().path("content").asText()).put("id", id);
              full.setAll((ObjectNode) token.getValue().deepCopy());
              numbered.put(id, full);
            });
    if (decoder.isMissingNode()) {
      object(dir, ADDED)
          .properties()
          .forEach(
              token -> {
                int id = token.getValue().asInt();
                numbered.put(id, token(token.getKey()).put("id", id));
              });
    }
    List<ObjectNode> tokens = new ArrayList<>(numbered.values());
    ONE_TOKEN.forEach(name -> named(config.path(name), tokens));
    MORE_TOKENS.forEach(name -> config.path(name).forEach(token -> named(token, tokens)));
    return tokens;
  }

  private static void named(JsonNode token, List<ObjectNode> tokens) {
    String content = (token.isObject() ? token.path("content") : token).asText();
    if (token.isTextual() || token.isObject()) {
      ObjectNode full = token(content);
      if (token.isObject()) {
        full.setAll((ObjectNode) token.deepCopy());
        full.remove("__type");
      }
      tokens.add(full.put("special", true));
    }
  }

  private byte[] fromParts() {
    json.put("version", "1.0").putNull("truncation").putNull("padding");
    model();
    json.putArray("added_tokens");
    addConfigured();
    json.putObject("normalizer").put("type", "NFC");
    ArrayNode cuts =
        json.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
    ObjectNode cut = cuts.addObject().put("type", "Split");
    cut.putObject("pattern").put("Regex", CUT);
    cut.put("behavior", "Isolated").put("invert", false);
    byteLevel(cuts.addObject());
    byteLevel(json.putObject("post_processor"));
    byteLevel(json.putObject("decoder"));
    return bytes();
  }

  private byte[] bytes() {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void byteLevel(ObjectNode step) {
    step.put("type", "ByteLevel").put("add_prefix_space", false);
    step.put("trim_offsets", false).put("use_regex", false);
  }

  private void model() {
    ObjectNode vocab = JsonFile.read(dir.resolve(VOCAB));
    ObjectNode model = json.putObject("model");
    model.put("type", "BPE").putNull("dropout").putNull("unk_token");
    model.put("continuing_subword_prefix", "").put("end_of_word_suffix", "");
    model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    model.set("vocab", vocab);
    ArrayNode merges = model.putArray("merges");
    new String(bytes(dir.resolve(MERGES)), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#version"))
        .forEach(merges::add);
  }

  /** With the ids that the library gives: that of the vocabulary, else the next free one. */
  private void addConfigured() {
    JsonNode vocabulary = json.path("model").path("vocab");
    ArrayNode added = json.withArrayProperty("added_tokens");
    Map<String, Integer> known = new HashMap<>();
    int next = vocabulary.size();
    for (JsonNode token : added) {
      known.put(token.path("content").asText(), token.path("id").asInt());
      next = Math.max(next, token.path("id").asInt() + 1);
    }
    for (ObjectNode token : configured(dir)) {
      String content = token.path("content").asText();
      boolean absent = !known.containsKey(content);
      int id = known.getOrDefault(content, vocabulary.path(content).asInt(next));
      if (token.path("id").asInt(id) != id) {
        throw new InputException(
            "%s: the added token \"%s\" has the id %d in the configuration, but %d in the tokenizer of %d tokens in %s; take the files from one checkpoint"
                .formatted(
                    dir, content, token.path("id").asInt(), id, next, file(dir).getFileName()));
      }
      if (absent && !content.isEmpty()) {
        added.add(token.put("id", id));
        known.put(content, id);
        next = Math.max(next, id + 1);
      }
    }
  }

  private static ObjectNode token(String content) {
    ObjectNode token = JsonNodeFactory.instance.objectNode().put("content", content);
    for (String flag : new String[] {"single_word", "lstrip", "rstrip", "normalized"}) {
      token.put(flag, false);
    }
    return token.put("special", content.startsWith("<|") && content.endsWith("|>"));
  }

  private static ObjectNode object(Path dir, String name) {
    Path file = dir.resolve(name);
    return present(file) ? JsonFile.read(file) : JsonNodeFactory.instance.objectNode();
  }

  private static boolean present(Path file) {
    return FileKind.of(file) != FileKind.MISSING;
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new InputException(
          FileKind.mistaken(file, "a tokenizer")
              .orElseGet(() -> "cannot read " + file + ": " + IoReason.of(e)),
          e);
    }
  }
}
