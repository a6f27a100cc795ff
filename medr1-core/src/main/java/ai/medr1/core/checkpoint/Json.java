package ai.medr1.core.checkpoint;

import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** JSON objects in and out: strict when reading, two blanks a level when writing. */
final class Json {
  private static final long MAX_FILE_BYTES = 100_000_000;
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final ObjectWriter PRETTY =
      MAPPER.writer(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));

  private Json() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** Reads a file that holds one object. */
  static ObjectNode read(Path file) {
    return parse(bytes(file), file.toString());
  }

  /**
   * Parses one object.
   *
   * @param where names the source in errors
   */
  static ObjectNode parse(byte[] utf8, String where) {
    JsonNode node;
    try {
      node = MAPPER.readTree(decode(utf8));
    } catch (CharacterCodingException e) {
      throw new InputException(where + " is not JSON: its bytes are not UTF-8", e);
    } catch (JsonProcessingException e) {
      throw new InputException(where + " is not valid JSON: " + e.getMessage(), e);
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new InputException(where + " must hold one JSON object, found " + node.getNodeType());
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

  private static byte[] bytes(Path file) {
    try {
      long size = Files.size(file);
      if (size > MAX_FILE_BYTES) {
        throw new InputException(
            file + " has " + size + " bytes, more than any such JSON file: is it the right one?");
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new InputException("cannot read " + file + ": " + IoReason.of(e), e);
    }
  }

  // The parser would take UTF-16 and UTF-32 as well.
  private static String decode(byte[] utf8) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
  }
}
