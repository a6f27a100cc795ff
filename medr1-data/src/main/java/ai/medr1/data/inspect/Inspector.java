package ai.medr1.data.inspect;

import ai.medr1.core.FileKind;
import ai.medr1.core.InputException;
import ai.medr1.core.checkpoint.Adapter;
import ai.medr1.core.image.Images;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tells what medr1 sees of a path. What cannot be used is a fact as well: it stands under {@code
 * refused}, and what would be passed over under {@code ignored}.
 */
public final class Inspector {
  private static final String LINE = "%-17s %s%n";

  private static final Set<FileKind> TABLES =
      Set.of(FileKind.JSON, FileKind.TEXT, FileKind.PARQUET);

  private Inspector() {}

  /**
   * Looks at a path.
   *
   * @param path an image, the directory of a checkpoint or an adapter, or data: a file or a folder
   * @param model a checkpoint whose settings say how many tokens an image costs; or the base of an
   *     adapter, in place of the recorded one
   * @return facts by name; {@code kind} is image, checkpoint, adapter or data
   * @throws InputException if there is nothing, or nothing that medr1 could read
   */
  public static ObjectNode inspect(Path path, Optional<Path> model) {
    if (Files.isDirectory(path)) {
      return directory(path, model);
    }
    FileKind kind = FileKind.of(Images.file(path));
    if (kind == FileKind.SAFETENSORS) {
      throw new InputException(
          path + " is the weights of a checkpoint or an adapter: give the folder that holds it");
    }
    if (kind == FileKind.MISSING) {
      throw new InputException(path + " does not exist: give an image, a folder or a file of data");
    }
    return TABLES.contains(kind) ? DataFacts.of(path) : ImageFacts.of(path, model);
  }

  private static ObjectNode directory(Path path, Optional<Path> model) {
    if (Adapter.isAdapter(path)) {
      return AdapterFacts.of(path, model);
    }
    return CheckpointFacts.isCheckpoint(path) ? CheckpointFacts.of(path) : DataFacts.of(path);
  }

  /** Whether anything of what was looked at cannot be used. */
  public static boolean isRefused(ObjectNode facts) {
    return !facts.path(Facts.REFUSED).isEmpty();
  }

  /** Facts as lines for people, the names padded to one width. */
  public static String text(ObjectNode facts) {
    StringBuilder text = new StringBuilder();
    facts.properties().forEach(fact -> line(text, fact));
    return text.toString();
  }

  private static void line(StringBuilder text, Map.Entry<String, JsonNode> fact) {
    boolean sentences = fact.getKey().equals(Facts.REFUSED) || fact.getKey().equals(Facts.IGNORED);
    if (!sentences) {
      text.append(LINE.formatted(fact.getKey(), words(fact.getValue())));
      return;
    }
    for (JsonNode sentence : fact.getValue()) {
      text.append(LINE.formatted(fact.getKey(), sentence.asText()));
    }
  }

  private static String words(JsonNode value) {
    if (value.isObject()) {
      return value.properties().stream()
          .map(entry -> entry.getKey() + " " + words(entry.getValue()))
          .reduce((a, b) -> a + ", " + b)
          .orElse("-");
    }
    if (value.isArray()) {
      StringBuilder list = new StringBuilder();
      value.forEach(one -> list.append(list.isEmpty() ? "" : ", ").append(words(one)));
      return list.isEmpty() ? "-" : list.toString();
    }
    return value.isIntegralNumber()
        ? String.format(Locale.ROOT, "%,d", value.longValue())
        : value.asText();
  }
}
