package ai.medr1.data;

import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads files that hold one array of objects, object by object. */
final class ItemFile {
  private static final JsonMapper MAPPER = new JsonMapper();

  /** Makes something of one object. */
  interface Reader<T> {
    T read(Row row);
  }

  /** One object, with the place that errors about it name. */
  record Row(JsonNode object, VqaItem.Source source) {

    /** The text at a key that must be there. */
    String text(String key) {
      JsonNode value = object.get(key);
      if (value == null || !value.isTextual()) {
        String found = value == null ? "found keys " + keys() : "found " + value;
        throw new InputException(source + ": '" + key + "' must be a text, " + found);
      }
      return value.textValue();
    }

    /** The text at a key, or this one where there is none. */
    String text(String key, String otherwise) {
      return object.hasNonNull(key) ? text(key) : otherwise;
    }

    private List<String> keys() {
      List<String> keys = new ArrayList<>();
      object.fieldNames().forEachRemaining(keys::add);
      return keys;
    }
  }

  private ItemFile() {}

  static <T> List<T> read(Path file, Reader<T> reader) {
    try (JsonParser parser = MAPPER.createParser(file.toFile())) {
      JsonToken first = parser.nextToken();
      if (first != JsonToken.START_ARRAY) {
        String found = first == null ? "nothing: the file is empty" : first.toString();
        throw new InputException(file + " must hold a JSON array of items, found " + found);
      }
      List<T> items = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        items.add(reader.read(row(parser, new VqaItem.Source(file, items.size()))));
      }
      return items;
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw new InputException(
          file + " line " + line + " is not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new InputException("cannot read " + file + ": " + IoReason.of(e), e);
    }
  }

  private static Row row(JsonParser parser, VqaItem.Source source) throws IOException {
    JsonNode object = MAPPER.readTree(parser);
    if (object == null || !object.isObject()) {
      throw new InputException(source + " must be an object, found " + object);
    }
    return new Row(object, source);
  }

  /** The JSON files below a folder, in the order of their names. */
  static List<Path> in(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(ItemFile::isJson).sorted().toList();
    } catch (IOException e) {
      throw new InputException("cannot list " + folder + ": " + IoReason.of(e), e);
    }
  }

  private static boolean isJson(Path file) {
    return file.toString().endsWith(".json") && Files.isRegularFile(file);
  }

  /** The name without its ending. */
  static String stem(Path file) {
    return String.valueOf(file.getFileName()).replaceFirst("\\.json$", "");
  }
}
