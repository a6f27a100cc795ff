package ai.medr1.eval;

import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import ai.medr1.core.JsonLines;
import ai.medr1.core.image.RgbImage;
import ai.medr1.core.image.SmartResize;
import ai.medr1.data.AnswerKind;
import ai.medr1.data.AnswerType;
import ai.medr1.data.Choices;
import ai.medr1.data.Labels;
import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import ai.medr1.data.VqaImage;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.text.TextScore;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The rows of {@code items.jsonl}: evaluated items as JSON, and back. */
public final class ItemRows {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ItemRows() {}

  /**
   * A row with its line end. Modality and task are null where unknown, and so on. One image is a
   * text, several are a list, none is null.
   */
  static String write(EvaluatedItem evaluated, String prompt) {
    VqaItem item = evaluated.item();
    ObjectNode row = JSON.createObjectNode().put("id", item.id());
    row.set("image", oneOrList(item.images().stream().map(i -> Optional.of(i.name())).toList()));
    row.set("imageFile", oneOrList(item.images().stream().map(ItemRows::place).toList()));
    row.put("problem", item.problem()).put("solution", item.solution());
    if (item.answerKind() != AnswerKind.LETTER) {
      row.put("answerKind", item.answerKind().name().toLowerCase(Locale.ROOT));
    }
    putText(row, "modality", item.modality().map(Modality::fullName));
    putText(row, "task", item.task().map(Task::fullName));
    putText(row, "dataset", item.dataset());
    item.answerType().ifPresent(t -> row.put("answerType", t.name().toLowerCase(Locale.ROOT)));
    item.labels().language().ifPresent(language -> row.put("language", language));
    row.put("prompt", prompt).put("output", evaluated.output());
    putText(row, "extracted", evaluated.extracted());
    row.put("gold", item.gold())
        .put("right", evaluated.right())
        .put("parsable", evaluated.parsable())
        .put("tokens", evaluated.tokens());
    if (evaluated.checked().isPresent()) {
      row.put("checked", true);
    }
    if (evaluated.isText()) {
      ObjectNode scores = row.putObject("scores");
      evaluated.scores().forEach((score, value) -> scores.put(score.key(), value));
    }
    evaluated
        .lenient()
        .ifPresent(
            reading -> {
              putText(row, "lenient", reading.letter());
              row.put("rightLeniently", evaluated.rightLeniently().orElse(false));
            });
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

  private static JsonNode oneOrList(List<Optional<String>> texts) {
    ArrayNode list = JSON.createArrayNode();
    texts.forEach(text -> list.add(text.orElse(null)));
    return switch (list.size()) {
      case 0 -> list.nullNode();
      case 1 -> list.get(0);
      default -> list;
    };
  }

  private static Optional<String> place(VqaImage image) {
    return image.file().map(file -> file.toAbsolutePath().normalize().toString());
  }

  private static void sample(ObjectNode row, EvaluatedItem.Sample sample, boolean right) {
    row.put("output", sample.output());
    putText(row, "extracted", sample.extracted());
    row.put("right", right);
    if (sample.checked().isPresent()) {
      row.put("checked", true);
    }
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
    try (Stream<ObjectNode> rows = JsonLines.read(file)) {
      rows.forEach(row -> items.add(new Row(row, file, items.size()).item()));
    }
    return items;
  }

  /** An image that was in memory when it was asked about. */
  private record Gone(String name) implements VqaImage {
    @Override
    public Optional<Path> file() {
      return Optional.empty();
    }

    @Override
    public boolean exists() {
      return false;
    }

    @Override
    public RgbImage read() {
      throw new InputException("the image " + name + " was no file, and is no longer at hand");
    }

    @Override
    public SmartResize.Size size() {
      throw new InputException("the image " + name + " was no file, and is no longer at hand");
    }
  }

  /** A row that is read, with the place that errors about it name. */
  private record Row(JsonNode json, Path file, int index) {

    EvaluatedItem item() {
      VqaItem question = question();
      return new EvaluatedItem(
          question,
          text("output"),
          optional("extracted"),
          require("tokens", JsonNode::isInt, "a whole number").intValue(),
          optional("answerLogprob", JsonNode::isNumber, "a number").map(JsonNode::asDouble),
          letterProbs(),
          optional("leaked", JsonNode::isBoolean, "true or false").map(JsonNode::booleanValue),
          samples(),
          question.answerKind() == AnswerKind.TEXT ? scores() : Map.of(),
          json.has("rightLeniently")
              ? Optional.of(new EvaluatedItem.Lenient(optional("lenient")))
              : Optional.empty(),
          checked());
    }

    /** What a check has said stays, since the check is not at hand where rows are read. */
    private Optional<Boolean> checked() {
      return json.path("checked").asBoolean()
          ? Optional.of(require("right", JsonNode::isBoolean, "true or false").booleanValue())
          : Optional.empty();
    }

    private Map<TextScore, Double> scores() {
      JsonNode given = require("scores", Row::holdsNumbers, "numbers by score");
      Map<TextScore, Double> scores = new EnumMap<>(TextScore.class);
      for (TextScore score : TextScore.values()) {
        if (given.has(score.key())) {
          scores.put(score, given.get(score.key()).asDouble());
        }
      }
      if (!scores.containsKey(TextScore.EXACT_MATCH)) {
        throw wrong("scores", "scores with exactMatch among them", given);
      }
      return scores;
    }

    private VqaItem question() {
      return new VqaItem(
          text("id"),
          images(),
          text("problem"),
          text("solution"),
          options(),
          answerKind(),
          Labels.of(
                  optional("modality").flatMap(Modality::of),
                  optional("task").flatMap(Task::of),
                  optional("dataset"))
              .withAnswers(optional("answerType").flatMap(AnswerType::of), optional("language")),
          new VqaItem.Source(file, index));
    }

    private List<VqaImage> images() {
      List<Optional<String>> names = texts("image");
      List<Optional<String>> files = texts("imageFile");
      if (names.contains(Optional.<String>empty()) || names.size() != files.size()) {
        throw wrong("image", "as many names as imageFile has files", json.path("image"));
      }
      List<VqaImage> images = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        String name = names.get(i).orElseThrow();
        images.add(
            files.get(i).map(place -> VqaImage.of(name, path(place))).orElse(new Gone(name)));
      }
      return images;
    }

    private List<Optional<String>> texts(String key) {
      JsonNode value = require(key, Row::isOneOrListOrNull, "a text, a list of texts, or null");
      // One image in memory has a name, but null for its file.
      if (value.isNull()) {
        return json.path("image").isNull() ? List.of() : List.of(Optional.empty());
      }
      List<Optional<String>> texts = new ArrayList<>();
      for (JsonNode text : value.isArray() ? value : List.of(value)) {
        texts.add(Optional.ofNullable(text.textValue()));
      }
      return texts;
    }

    private static boolean isOneOrListOrNull(JsonNode value) {
      return value.isTextual() || value.isArray() || value.isNull();
    }

    private Path path(String place) {
      try {
        return Path.of(place);
      } catch (InvalidPathException e) {
        throw wrong("imageFile", "a path (" + IoReason.of(e) + ")", json.path("imageFile"));
      }
    }

    private AnswerKind answerKind() {
      return optional("answerKind", value -> value.asText().equals("text"), "text")
          .map(text -> AnswerKind.TEXT)
          .orElse(AnswerKind.LETTER);
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
      return new EvaluatedItem.Sample(text("output"), optional("extracted"), checked());
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
