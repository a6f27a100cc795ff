package ai.medr1.core.text;

import ai.medr1.core.image.GridThw;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;

/** The golden files. */
public final class Parity {
  public static final Path ROOT = Path.of(System.getProperty("medr1.parity"));

  private Parity() {}

  public static JsonNode json(String path) throws IOException {
    return new ObjectMapper().readTree(ROOT.resolve(path).toFile());
  }

  static int[] ints(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }

  /** The rows of an [N, 3] array; null, as the files write it, is no image. */
  static List<GridThw> grids(JsonNode rows) {
    List<GridThw> grids = new ArrayList<>();
    for (JsonNode row : rows) {
      grids.add(new GridThw(row.get(0).asInt(), row.get(1).asInt(), row.get(2).asInt()));
    }
    return grids;
  }

  public static List<Message> messages(JsonNode prompt) {
    List<Message> messages = new ArrayList<>();
    for (JsonNode message : prompt.get("messages")) {
      messages.add(new Message(message.get("role").asText(), content(message.get("content"))));
    }
    return messages;
  }

  private static List<Content> content(JsonNode content) {
    if (content.isTextual()) {
      return List.of(new Content.Text(content.asText()));
    }
    return StreamSupport.stream(content.spliterator(), false)
        .map(
            part ->
                part.get("type").asText().equals("text")
                    ? new Content.Text(part.get("text").asText())
                    : (Content) new Content.Image())
        .toList();
  }

  public static ChatTemplate.Options options(JsonNode prompt) {
    return new ChatTemplate.Options(
        prompt.path("add_generation_prompt").asBoolean(true),
        prompt.path("add_vision_id").asBoolean(false));
  }

  static Tokenizer smallTokenizer() {
    return Tokenizer.load(ROOT.resolve("models/small-tokenizer"));
  }

  /** The tokenizer of Qwen2.5, which is stored compressed. */
  static Tokenizer realTokenizer(Path temporary) throws IOException {
    Path packed = ROOT.resolve("models/qwen2.5-tokenizer/tokenizer.json.gz");
    try (InputStream json = new GZIPInputStream(Files.newInputStream(packed))) {
      Files.copy(json, temporary.resolve("tokenizer.json"));
    }
    return Tokenizer.load(temporary);
  }
}
