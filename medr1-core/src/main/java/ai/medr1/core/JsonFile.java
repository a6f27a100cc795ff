package ai.medr1.core;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Reads files that hold one JSON object, strictly: UTF-8 (a byte order mark is passed over), no key
 * twice, nothing behind the object.
 */
public final class JsonFile {
  private static final long MAX_FILE_BYTES = 100_000_000;
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private JsonFile() {}

  /**
   * Reads a file.
   *
   * @throws InputException in one line if it is missing, another kind of file, or not such JSON
   */
  public static ObjectNode read(Path file) {
    try {
      return parse(bytes(file), file.toString());
    } catch (InputException e) {
      // What the file is instead says more than where the parser stumbled.
      throw FileKind.mistaken(file, "JSON", FileKind.JSON, FileKind.MISSING)
          .filter(told -> !looksLikeJson(file))
          .map(told -> new InputException(told, e))
          .orElse(e);
    }
  }

  /**
   * Parses one object.
   *
   * @param where names the source in errors
   */
  public static ObjectNode parse(byte[] utf8, String where) {
    try {
      return object(utf8, where);
    } catch (JsonProcessingException e) {
      throw new InputException(where + " is " + IoReason.of(e), e);
    }
  }

  /** The same of one line, whose number is in {@code where}. */
  static ObjectNode parseLine(byte[] utf8, String where) {
    try {
      return object(utf8, where);
    } catch (JsonProcessingException e) {
      throw new InputException(where + " is not JSON: " + IoReason.ofJson(e), e);
    }
  }

  private static ObjectNode object(byte[] utf8, String where) throws JsonProcessingException {
    JsonNode node;
    try {
      node = MAPPER.readTree(decode(utf8));
    } catch (CharacterCodingException e) {
      throw new InputException(
          where + " is not JSON: its bytes are not UTF-8; save it as UTF-8", e);
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new InputException(
        where
            + " must hold one JSON object, found "
            + (node.isMissingNode()
                ? "nothing"
                : node.getNodeType().name().toLowerCase(Locale.ROOT)));
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
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }

  /** A brace at the beginning: the parser's own words fit, then. */
  private static boolean looksLikeJson(Path file) {
    FileKind kind = FileKind.of(file);
    if (kind != FileKind.TEXT) {
      return false;
    }
    String text =
        new String(bytes(file), StandardCharsets.UTF_8).replaceFirst("^\ufeff", "").strip();
    return text.startsWith("{") || text.startsWith("[");
  }
}
