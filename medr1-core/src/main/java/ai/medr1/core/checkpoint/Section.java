package ai.medr1.core.checkpoint;

import ai.medr1.core.InputException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * Objects of one JSON file in which a key is looked up, the first that has it wins; null counts as
 * absent. Errors name file and key.
 *
 * @param prefix of the keys in errors, such as {@code vision_config.}
 */
record Section(Path file, String prefix, List<JsonNode> objects) {

  static Section root(Path file, ObjectNode root) {
    return new Section(file, "", List.of(root));
  }

  /** The object under a key, empty where there is none. */
  Section child(String key) {
    JsonNode node = find(key);
    require(key, node, node.isObject() || node.isMissingNode(), "an object");
    return new Section(file, prefix + key + ".", List.of(node));
  }

  /** This section, and the other one for what is not here. */
  Section or(Section other) {
    List<JsonNode> all = new ArrayList<>(objects);
    all.addAll(other.objects);
    return new Section(file, prefix, List.copyOf(all));
  }

  boolean has(String key) {
    return !find(key).isMissingNode();
  }

  /** Whether the first object that has the key has null for it. */
  boolean isNull(String key) {
    return objects.stream()
        .map(object -> object.path(key))
        .filter(node -> !node.isMissingNode())
        .findFirst()
        .map(JsonNode::isNull)
        .orElse(false);
  }

  boolean isEmpty() {
    return objects.stream().allMatch(JsonNode::isEmpty);
  }

  int integer(String key) {
    return optionalInteger(key).orElseThrow(() -> missing(key));
  }

  int integer(String key, int fallback) {
    return optionalInteger(key).orElse(fallback);
  }

  double number(String key, double fallback) {
    return optionalNumber(key).orElse(fallback);
  }

  OptionalDouble optionalNumber(String key) {
    JsonNode node = find(key);
    if (node.isMissingNode()) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(require(key, node, node.isNumber(), "a number").doubleValue());
  }

  boolean flag(String key) {
    JsonNode node = find(key);
    return !node.isMissingNode()
        && require(key, node, node.isBoolean(), "true or false").booleanValue();
  }

  Optional<String> text(String key) {
    JsonNode node = find(key);
    return node.isMissingNode()
        ? Optional.empty()
        : Optional.of(require(key, node, node.isTextual(), "a text").textValue());
  }

  /** A whole number or a list of such; empty where there is none. */
  List<Integer> integers(String key) {
    JsonNode node = find(key);
    if (node.isMissingNode() || isInteger(node)) {
      return optionalInteger(key).stream().boxed().toList();
    }
    return list(key, node, Section::isInteger).stream().map(JsonNode::intValue).toList();
  }

  /** A list of texts; empty where there is none. */
  List<String> texts(String key) {
    JsonNode node = find(key);
    return node.isMissingNode()
        ? List.of()
        : list(key, node, JsonNode::isTextual).stream().map(JsonNode::textValue).toList();
  }

  InputException bad(String key, String expected, Object found) {
    return new InputException(
        file + ": " + prefix + key + " must be " + expected + ", found " + found);
  }

  private OptionalInt optionalInteger(String key) {
    JsonNode node = find(key);
    if (node.isMissingNode()) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(require(key, node, isInteger(node), "a whole number").intValue());
  }

  private List<JsonNode> list(String key, JsonNode node, Predicate<JsonNode> good) {
    List<JsonNode> items = new ArrayList<>();
    node.forEach(items::add);
    require(key, node, node.isArray() && items.stream().allMatch(good), "a list of such values");
    return items;
  }

  private JsonNode find(String key) {
    return objects.stream()
        .map(object -> object.path(key))
        .filter(node -> !node.isMissingNode() && !node.isNull())
        .findFirst()
        .orElse(MissingNode.getInstance());
  }

  private JsonNode require(String key, JsonNode node, boolean good, String expected) {
    if (!good) {
      throw bad(key, expected, node);
    }
    return node;
  }

  private InputException missing(String key) {
    return new InputException(file + ": " + prefix + key + " is missing");
  }

  private static boolean isInteger(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToInt();
  }
}
