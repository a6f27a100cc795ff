package ai.medr1.core.checkpoint;

import ai.medr1.core.JsonFile;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;

/** JSON objects in, by {@link JsonFile}, and out, with two blanks a level. */
final class Json {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final ObjectWriter PRETTY =
      MAPPER.writer(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));

  private Json() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** Reads a file that holds one object. */
  static ObjectNode read(Path file) {
    return JsonFile.read(file);
  }

  /**
   * Parses one object.
   *
   * @param where names the source in errors
   */
  static ObjectNode parse(byte[] utf8, String where) {
    return JsonFile.parse(utf8, where);
  }

  /** For people. */
  static byte[] toBytes(JsonNode node) {
    return toBytes(PRETTY, node);
  }

  static byte[] toCompactBytes(JsonNode node) {
    return toBytes(MAPPER.writer(), node);
  }

  private static byte[] toBytes(ObjectWriter writer, JsonNode node) {
    try {
      return writer.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree can always be written", e);
    }
  }
}
