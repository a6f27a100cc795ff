package ai.medr1.core.checkpoint;

import ai.medr1.core.InputException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The tokenizer that a new model gets: its files by name, its size and the ids of its added tokens.
 */
record NewTokenizer(Map<String, byte[]> files, int size, Map<String, Integer> added, String where) {
  private static final String TOKENIZER = "tokenizer.json";
  private static final String TEMPLATE = "chat_template.json";
  private static final List<String> FILES =
      List.of(TOKENIZER, "tokenizer_config.json", "vocab.json", "merges.txt");

  /** The small tokenizer of the library. */
  static NewTokenizer small() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (String name : FILES) {
      files.put(name, resource(name));
    }
    return of(files, "the small tokenizer");
  }

  /** The tokenizer of a directory, which has at least tokenizer.json. */
  static NewTokenizer from(Path dir) throws IOException {
    if (!Files.exists(dir.resolve(TOKENIZER))) {
      throw new InputException(dir + " has no " + TOKENIZER + ": give a tokenizer's directory");
    }
    Map<String, byte[]> files = CheckpointWriter.sidecars(dir);
    files.keySet().removeIf(name -> !FILES.contains(name) && !name.equals(TEMPLATE));
    return of(files, dir.resolve(TOKENIZER).toString());
  }

  /** The id of a special token such as {@code <|im_end|>}. */
  int id(String token) {
    Integer id = added.get(token);
    if (id == null) {
      throw new InputException(
          where + " has no added token " + token + ": give the tokenizer of a Qwen-VL model");
    }
    return id;
  }

  // A tokenizer for text alone comes without a template, or with one that knows no images.
  private static NewTokenizer of(Map<String, byte[]> files, String where) throws IOException {
    if (!files.containsKey(TEMPLATE)) {
      files.put(TEMPLATE, resource(TEMPLATE));
    }
    JsonNode json = Json.parse(files.getOrDefault(TOKENIZER, new byte[0]), where);
    int largest = -1;
    for (JsonNode id : json.path("model").path("vocab")) {
      largest = Math.max(largest, id.asInt());
    }
    Map<String, Integer> added = new HashMap<>();
    for (JsonNode token : json.path("added_tokens")) {
      added.put(token.path("content").asText(), token.path("id").asInt());
      largest = Math.max(largest, token.path("id").asInt());
    }
    return new NewTokenizer(files, largest + 1, added, where);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = NewTokenizer.class.getResourceAsStream("small-tokenizer/" + name)) {
      if (in == null) {
        throw new IllegalStateException("the library lacks its resource small-tokenizer/" + name);
      }
      return in.readAllBytes();
    }
  }
}
