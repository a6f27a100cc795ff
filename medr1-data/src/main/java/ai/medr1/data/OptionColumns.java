package ai.medr1.data;

import ai.medr1.data.internal.rows.Row;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Options of a row: of a column each, or all in one column as a list, an object by letters, or
 * either of them written as text. An empty one in between leaves its letter out, so that the gap is
 * found.
 */
final class OptionColumns {
  private static final int MOST = 26;

  /** Lists as Python prints them have single quotes. */
  private static final JsonMapper LENIENT =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
          .enable(JsonReadFeature.ALLOW_BACKSLASH_ESCAPING_ANY_CHARACTER)
          .build();

  private OptionColumns() {}

  static List<Choices.Option> of(Row row, List<String> columns) {
    Optional<JsonNode> whole =
        columns.stream()
            .flatMap(column -> row.value(List.of(column)).stream())
            .flatMap(value -> container(value).stream())
            .findFirst();
    return unmarked(whole.map(OptionColumns::contained).orElseGet(() -> single(row, columns)));
  }

  /** The value where it holds several, or a text that does. */
  private static Optional<JsonNode> container(JsonNode value) {
    if (value.isContainerNode()) {
      return Optional.of(value);
    }
    String text = value.isTextual() ? value.textValue().strip() : "";
    if (!text.startsWith("[") && !text.startsWith("{")) {
      return Optional.empty();
    }
    try {
      return Optional.of(LENIENT.readTree(text)).filter(JsonNode::isContainerNode);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static List<Choices.Option> contained(JsonNode value) {
    Map<Integer, String> texts = new TreeMap<>();
    if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        element(value.get(i), i, texts);
      }
    } else if (value.path("text").isArray()) { // {text: [...], label: [...]}
      for (int i = 0; i < value.get("text").size(); i++) {
        put(texts, i, value.get("text").get(i));
      }
    } else {
      value.properties().forEach(entry -> put(texts, index(entry.getKey(), -1), entry.getValue()));
    }
    return options(texts);
  }

  /** A text, or an object with the letter and the text. */
  private static void element(JsonNode element, int place, Map<Integer, String> texts) {
    if (!element.isObject()) {
      put(texts, place, element);
      return;
    }
    String letter = first(element, "letter", "label", "key").flatMap(Row::textOf).orElse("");
    first(element, "content", "text", "value")
        .ifPresent(text -> put(texts, index(letter, place), text));
  }

  private static Optional<JsonNode> first(JsonNode object, String... keys) {
    for (String key : keys) {
      if (object.hasNonNull(key)) {
        return Optional.of(object.get(key));
      }
    }
    return Optional.empty();
  }

  private static int index(String letter, int otherwise) {
    String plain = letter.strip();
    boolean known = plain.length() == 1 && plain.charAt(0) >= 'A' && plain.charAt(0) <= 'Z';
    return known ? plain.charAt(0) - 'A' : otherwise;
  }

  /** Columns of one option each: those given, or the first usual family of which two are there. */
  private static List<Choices.Option> single(Row row, List<String> columns) {
    if (!columns.equals(Columns.OPTION_COLUMNS)) {
      return family(row, columns);
    }
    return List.of("option_", "choice_", "").stream()
        .map(Columns::lettered)
        .filter(family -> family.stream().filter(c -> row.has(List.of(c))).count() > 1)
        .map(family -> family(row, family))
        .findFirst()
        .orElse(List.of());
  }

  private static List<Choices.Option> family(Row row, List<String> columns) {
    Map<Integer, String> texts = new TreeMap<>();
    for (int i = 0; i < columns.size(); i++) {
      int place = i;
      row.text(List.of(columns.get(i))).ifPresent(text -> put(texts, place, text));
    }
    return options(texts);
  }

  private static void put(Map<Integer, String> texts, int place, JsonNode value) {
    Row.textOf(value).ifPresent(text -> put(texts, place, text));
  }

  private static void put(Map<Integer, String> texts, int place, String text) {
    if (place >= 0 && place < MOST && !text.isBlank()) {
      texts.put(place, text.strip());
    }
  }

  private static List<Choices.Option> options(Map<Integer, String> texts) {
    List<Choices.Option> options = new ArrayList<>();
    texts.forEach((i, text) -> options.add(new Choices.Option(Choices.letter(i), text)));
    return options;
  }

  /** Without the letters that some data sets write before every text: {@code A:Liver}. */
  private static List<Choices.Option> unmarked(List<Choices.Option> options) {
    boolean marked =
        options.size() > 1 && options.stream().allMatch(o -> mark(o).matcher(o.text()).lookingAt());
    return marked
        ? options.stream()
            .map(o -> new Choices.Option(o.letter(), mark(o).matcher(o.text()).replaceFirst("")))
            .toList()
        : options;
  }

  private static Pattern mark(Choices.Option option) {
    return Pattern.compile("\\(?" + option.letter() + "\\s*[).:：）．]\\s*(?=\\S)");
  }
}
