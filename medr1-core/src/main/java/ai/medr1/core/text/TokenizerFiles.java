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
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The tokenizer of a directory as {@code tokenizer.json} has it. Transformers' tokenizers in plain
 * Python save {@code vocab.json} and {@code merges.txt} instead, with the added tokens in {@code
 * tokenizer_config.json} or {@code added_tokens.json}; of these the same is put together here, for
 * the tokenizer of Qwen2.
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

  private final Path dir;
  private final ObjectNode json = JsonNodeFactory.instance.objectNode();

  private TokenizerFiles(Path dir) {
    this.dir = dir;
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
    return new TokenizerFiles(dir).fromParts();
  }

  private byte[] fromParts() {
    json.put("version", "1.0").putNull("truncation").putNull("padding");
    Set<String> vocabulary = model();
    added(vocabulary);
    json.putObject("normalizer").put("type", "NFC");
    ArrayNode cuts =
        json.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
    ObjectNode cut = cuts.addObject().put("type", "Split");
    cut.putObject("pattern").put("Regex", CUT);
    cut.put("behavior", "Isolated").put("invert", false);
    byteLevel(cuts.addObject());
    byteLevel(json.putObject("post_processor"));
    byteLevel(json.putObject("decoder"));
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void byteLevel(ObjectNode step) {
    step.put("type", "ByteLevel").put("add_prefix_space", false);
    step.put("trim_offsets", false).put("use_regex", false);
  }

  private Set<String> model() {
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
    Set<String> tokens = new HashSet<>();
    vocab.fieldNames().forEachRemaining(tokens::add);
    return tokens;
  }

  /** In the order of their ids, which is that in which the library counts them. */
  private void added(Set<String> vocabulary) {
    Map<Integer, ObjectNode> byId = new TreeMap<>();
    for (Map.Entry<String, JsonNode> token : object(ADDED).properties()) {
      byId.put(token.getValue().asInt(), token(token.getValue().asInt(), token.getKey()));
    }
    for (Map.Entry<String, JsonNode> token :
        object(CONFIG).path("added_tokens_decoder").properties()) {
      int id = Integer.parseInt(token.getKey());
      ObjectNode full = token(id, token.getValue().path("content").asText());
      full.setAll((ObjectNode) token.getValue().deepCopy());
      byId.put(id, full);
    }
    int next = vocabulary.size();
    ArrayNode added = json.putArray("added_tokens");
    for (Map.Entry<Integer, ObjectNode> token : byId.entrySet()) {
      if (!vocabulary.contains(token.getValue().path("content").asText())
          && token.getKey() != next++) {
        throw new InputException(
            "%s: the added token %s has the id %d, expected %d behind the %d of %s; take the files from one checkpoint"
                .formatted(
                    dir,
                    token.getValue().path("content"),
                    token.getKey(),
                    next - 1,
                    vocabulary.size(),
                    VOCAB));
      }
      added.add(token.getValue());
    }
  }

  private static ObjectNode token(int id, String content) {
    ObjectNode token = JsonNodeFactory.instance.objectNode().put("id", id).put("content", content);
    for (String flag : new String[] {"single_word", "lstrip", "rstrip", "normalized"}) {
      token.put(flag, false);
    }
    return token.put("special", content.startsWith("<|") && content.endsWith("|>"));
  }

  private ObjectNode object(String name) {
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
