package ai.medr1.eval;

import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import ai.medr1.data.Choices;
import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import ai.medr1.data.VqaItem;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** The rows of {@code items.jsonl}: evaluated items as JSON, and back. */
public final class ItemRows {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ItemRows() {}

  /** A row with its line end. Modality and task are null where unknown, and so on. */
  static String write(EvaluatedItem evaluated, String prompt) {
    VqaItem item = evaluated.item();
    ObjectNode row =
        JSON.createObjectNode()
            .put("id", item.id())
            .put("image", item.imageName())
            .put("imageFile", item.imageFile())
            .put("problem", item.problem())
            .put("solution", item.solution());
    putText(row, "modality", item.modality().map(Modality::fullName));
    putText(row, "task", item.task().map(Task::fullName));
    putText(row, "dataset", item.dataset());
    row.put("prompt", prompt).put("output", evaluated.output());
    putText(row, "extracted", evaluated.extracted());
    row.put("gold", item.gold())
        .put("right", evaluated.right())
        .put("parsable", evaluated.parsable())
        .put("tokens", evaluated.tokens());
    row.putPOJO("answerLogprob", evaluated.answerLogprob().orElse(null));
    ArrayNode options = row.putArray("options");
    item.options().forEach(option -> options.add(option.letter()));
    row.putPOJO("letterProbs", evaluated.letterProbs().isEmpty() ? null : evaluated.letterProbs());
    row.putPOJO("leaked", evaluated.leaked().orElse(null));
    if (!evaluated.samples().isEmpty()) {
      ArrayNode samples = row.putArray("samples");
      evaluated.samples().forEach(s -> sample(samples.addObject(), s, evaluated.right(s)));
    }
    return line(row);
  }

  private static void sample(ObjectNode row, EvaluatedItem.Sample sample, boolean right) {
    row.put("output", sample.output());
    putText(row, "extracted", sample.extracted());
    row.put("right", right);
  }

  static void putText(ObjectNode row, String key, Optional<String> value) {
    row.put(key, value.orElse(null));
  }

  private static String line(ObjectNode row) {
    try {
      return JSON.writeValueAsString(row) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Reads the items of an evaluation. A last line that is cut off, as a process that was killed
   * leaves it, is left out.
   *
   * @throws InputException naming file, line and key if there is something else than such rows
   */
  public static List<EvaluatedItem> read(Path file) {
    List<EvaluatedItem> items = new ArrayList<>();
    for (String line : whole(file)) {
      items.add(new Row(parse(line, file, items.size()), file, items.size()).item());
    }
    return items;
  }

  private static List<String> whole(Path file) {
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      // Not String.lines: outputs may hold any character but \n, which JSON escapes.
      String complete = text.substring(0, text.lastIndexOf('\n') + 1);
      return complete.isEmpty() ? List.of() : List.of(complete.split("\n"));
    } catch (IOException e) {
      throw new InputException("cannot read " + file + ": " + IoReason.of(e), e);
    }
  }

  private static JsonNode parse(String line, Path file, int index) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new InputException(
          "%s:%d: not a JSON object, %s; mend the line, or remove the file to evaluate anew"
              .formatted(file, index + 1, e.getOriginalMessage()),
          e);
    }
  }

  /** A row that is read, with the place that errors about it name. */
  private record Row(JsonNode json, Path file, int index) {

    EvaluatedItem item() {
      return new EvaluatedItem(
          question(),
          text("output"),
          optional("extracted"),
          require("tokens", JsonNode::isInt, "a whole number").intValue(),
          optional("answerLogprob", JsonNode::isNumber, "a number").map(JsonNode::asDouble),
          letterProbs(),
          optional("leaked", JsonNode::isBoolean, "true or false").map(JsonNode::booleanValue),
          samples());
    }

    private VqaItem question() {
      return new VqaItem(
          text("id"),
          text("image"),
          imageFile(),
          text("problem"),
          text("solution"),
          options(),
          optional("modality").flatMap(Modality::of),
          optional("task").flatMap(Task::of),
          optional("dataset"),
          new VqaItem.Source(file, index));
    }

    private Path imageFile() {
      try {
        return Path.of(text("imageFile"));
      } catch (InvalidPathException e) {
        throw wrong("imageFile", "a path", json.path("imageFile"));
      }
    }

    /** The letters as they are in the row; the texts as the problem has them. */
    private List<Choices.Option> options() {
      Map<String, String> texts = new LinkedHashMap<>();
      Choices.parse(text("problem")).options().forEach(o -> texts.put(o.letter(), o.text()));
      List<Choices.Option> options = new ArrayList<>();
      for (JsonNode letter : require("options", JsonNode::isArray, "a list")) {
        String name = letter.asText();
        options.add(new Choices.Option(name, texts.getOrDefault(name, "")));
      }
      return options;
    }

    private Map<String, Double> letterProbs() {
      Map<String, Double> probabilities = new LinkedHashMap<>();
      optional("letterProbs", Row::holdsNumbers, "numbers by letter")
          .map(JsonNode::properties)
          .orElse(Set.of())
          .forEach(entry -> probabilities.put(entry.getKey(), entry.getValue().asDouble()));
      return probabilities;
    }

    private List<EvaluatedItem.Sample> samples() {
      List<EvaluatedItem.Sample> samples = new ArrayList<>();
      optional("samples", JsonNode::isArray, "a list")
          .ifPresent(
              list -> list.forEach(sample -> samples.add(new Row(sample, file, index).sample())));
      return samples;
    }

    private EvaluatedItem.Sample sample() {
      return new EvaluatedItem.Sample(text("output"), optional("extracted"));
    }

    private String text(String key) {
      return require(key, JsonNode::isTextual, "a text").textValue();
    }

    private Optional<String> optional(String key) {
      return optional(key, JsonNode::isTextual, "a text").map(JsonNode::textValue);
    }

    private Optional<JsonNode> optional(String key, Predicate<JsonNode> kind, String expected) {
      return json.hasNonNull(key)
          ? Optional.of(require(key, kind, expected + " or null"))
          : Optional.empty();
    }

    private JsonNode require(String key, Predicate<JsonNode> kind, String expected) {
      JsonNode value = json.path(key);
      if (!kind.test(value)) {
        throw wrong(key, expected, value);
      }
      return value;
    }

    private static boolean holdsNumbers(JsonNode value) {
      return value.isObject()
          && value.properties().stream().allMatch(entry -> entry.getValue().isNumber());
    }

    private InputException wrong(String key, String expected, JsonNode value) {
      return new InputException(
          "%s:%d: '%s' must be %s, found %s; are these rows of an evaluation by this version? if not, evaluate anew"
              .formatted(
                  file, index + 1, key, expected, value.isMissingNode() ? "no such key" : value));
    }
  }
}
