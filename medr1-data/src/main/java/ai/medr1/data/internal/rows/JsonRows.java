package ai.medr1.data.internal.rows;

import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Objects of JSON: of an array, of an object with an array under one key, or one after the other,
 * as in JSON Lines.
 */
final class JsonRows {
  /** An image in base64 is one text. */
  private static final int LONGEST_TEXT = 1 << 28;

  /** Not-a-number is let through by the parser so that the message about it can be ours. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(LONGEST_TEXT)
                  .maxNumberLength(10_000)
                  .build())
          .build();

  private static final Logger LOG = LoggerFactory.getLogger(JsonRows.class);
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** A single object with one of these is an item, not a wrapper around items. */
  private static final Set<String> OF_AN_ITEM = Set.of("question", "problem", "query", "prompt");

  private final Path file;
  private final Consumer<Row> each;
  private int index;

  private JsonRows(Path file, Consumer<Row> each) {
    this.file = file;
    this.each = each;
  }

  static void read(Path file, Consumer<Row> each) throws IOException {
    try {
      new JsonRows(file, each).read();
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw new InputException(
          file + " line " + line + " is not valid JSON: " + IoReason.ofJson(e), e);
    }
  }

  private void read() throws IOException {
    List<String> arrays = new ArrayList<>();
    boolean single = false;
    try (JsonParser parser = JSON.createParser(file.toFile())) {
      JsonToken first = parser.nextToken();
      if (first == JsonToken.START_ARRAY) {
        array(parser);
        requireEnd(parser, "the JSON array");
        return;
      }
      if (first != JsonToken.START_OBJECT) {
        throw new InputException(file + " must hold a JSON array of items, found " + found(parser));
      }
      arrays = arraysOfObjects(parser);
      single = parser.nextToken() == null;
    }
    if (single && !arrays.isEmpty()) {
      wrapped(arrays);
    } else {
      lines();
    }
  }

  /**
   * The keys of the first object that hold arrays of objects; none where the object is an item
   * itself.
   */
  private static List<String> arraysOfObjects(JsonParser parser) throws IOException {
    List<String> keys = new ArrayList<>();
    boolean item = false;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      item |= OF_AN_ITEM.contains(Row.plain(key));
      if (parser.nextToken() == JsonToken.START_ARRAY) {
        int depth = 1;
        boolean objects = false;
        while (depth > 0) {
          JsonToken token = parser.nextToken();
          if (token == null) {
            return List.of();
          }
          objects |= depth == 1 && token == JsonToken.START_OBJECT;
          depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        }
        if (objects) {
          keys.add(key);
        }
      } else {
        parser.skipChildren();
      }
    }
    return item ? List.of() : keys;
  }

  private void wrapped(List<String> keys) throws IOException {
    if (keys.size() > 1) {
      throw new InputException(
          "%s has items under more than one key, %s; expected one; save each as a file of its own"
              .formatted(file, keys));
    }
    try (JsonParser parser = JSON.createParser(file.toFile())) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean wanted = parser.currentName().equals(keys.get(0));
        if (parser.nextToken() == JsonToken.START_ARRAY && wanted) {
          array(parser);
        } else {
          parser.skipChildren();
        }
      }
    }
  }

  private void array(JsonParser parser) throws IOException {
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      each.accept(new Row(object(parser), file, index++, 0));
    }
  }

  private void lines() throws IOException {
    try (JsonParser parser = JSON.createParser(file.toFile())) {
      while (parser.nextToken() != null) {
        long line = parser.currentTokenLocation().getLineNr();
        each.accept(new Row(object(parser), file, index++, line));
      }
    }
  }

  private void requireEnd(JsonParser parser, String what) throws IOException {
    String found;
    try {
      found = parser.nextToken() == null ? "" : found(parser);
    } catch (JsonProcessingException e) {
      LOG.debug("told as what stands behind the end", e);
      found = "text that is no JSON";
    }
    if (!found.isEmpty()) {
      throw new InputException(
          ("%s line %d: there is more behind the end of %s, expected the end of the file, found %s;"
                  + " join arrays to one, or remove what does not belong there")
              .formatted(file, parser.currentLocation().getLineNr(), what, found));
    }
  }

  private static String found(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      return "nothing: the file is empty";
    }
    return switch (token) {
      case START_ARRAY -> "another array";
      case START_OBJECT -> "an object";
      default -> "'" + parser.getText() + "'";
    };
  }

  private ObjectNode object(JsonParser parser) throws IOException {
    String place = file + " item " + index;
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw new InputException(
          place + " must be an object, found " + Row.brief(value(parser, place, "")));
    }
    return (ObjectNode) value(parser, place, "");
  }

  /** The value that the parser stands at. Numbers stay the texts that they are. */
  private static JsonNode value(JsonParser parser, String place, String key) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw new InputException(place + " ends in the middle; copy the file again");
    }
    return switch (token) {
      case START_OBJECT -> members(parser, place);
      case START_ARRAY -> elements(parser, place, key);
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> NODES.textNode(number(parser, place, key));
      case VALUE_TRUE -> NODES.booleanNode(true);
      case VALUE_FALSE -> NODES.booleanNode(false);
      case VALUE_NULL -> NODES.nullNode();
      default -> NODES.textNode(parser.getText());
    };
  }

  private static ObjectNode members(JsonParser parser, String place) throws IOException {
    ObjectNode object = NODES.objectNode();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      parser.nextToken();
      if (object.has(key)) {
        throw new InputException(
            "%s (line %d): the key '%s' is there twice; remove the one that is wrong"
                .formatted(place, parser.currentLocation().getLineNr(), key));
      }
      object.set(key, value(parser, place, key));
    }
    return object;
  }

  private static ArrayNode elements(JsonParser parser, String place, String key)
      throws IOException {
    ArrayNode array = NODES.arrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      array.add(value(parser, place, key));
    }
    return array;
  }

  private static String number(JsonParser parser, String place, String key) throws IOException {
    String text = parser.getText();
    if (text.matches("[+-]?(NaN|Inf|INF|Infinity)")) {
      throw new InputException(
          ("%s (line %d): '%s' is %s, which is no value in JSON; expected a text, a number or null;"
                  + " write null, or leave the key out")
              .formatted(place, parser.currentLocation().getLineNr(), key, text));
    }
    return text;
  }
}
