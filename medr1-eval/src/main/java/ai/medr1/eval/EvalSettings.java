package ai.medr1.eval;

import ai.medr1.core.AtomicFile;
import ai.medr1.core.InputException;
import ai.medr1.core.JsonFile;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The settings of an evaluation by name, as {@code config.json} keeps them.
 *
 * @param deciding decide what is asked and answered; the same when an evaluation is gone on with
 * @param free decide only how it is computed
 */
public record EvalSettings(Map<String, Object> deciding, Map<String, Object> free) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FILE = "config.json";

  public EvalSettings {
    deciding = Collections.unmodifiableMap(new LinkedHashMap<>(deciding));
    free = Collections.unmodifiableMap(new LinkedHashMap<>(free));
  }

  /** The settings of an evaluation of a subject; those of the subject are deciding. */
  public static EvalSettings of(
      EvalSubject subject, Map<String, Object> deciding, Map<String, Object> free) {
    Map<String, Object> all = subject.settings();
    all.putAll(deciding);
    return new EvalSettings(all, free);
  }

  void write(Path directory) {
    Map<String, Object> all = new LinkedHashMap<>(deciding);
    all.putAll(free);
    String text = JSON.valueToTree(all).toPrettyString() + "\n";
    AtomicFile.write(directory.resolve(FILE), text);
  }

  /** Fails on the first deciding setting that is another than that in the directory. */
  void requireSame(Path directory) {
    JsonNode before = read(directory.resolve(FILE));
    JsonNode now = JSON.valueToTree(deciding);
    Set<String> keys = new LinkedHashSet<>(deciding.keySet());
    before.fieldNames().forEachRemaining(keys::add);
    keys.removeAll(free.keySet());
    for (String key : keys) {
      JsonNode old = before.path(key);
      // As text: numbers that are read back may be of another Java type.
      if (!old.toString().equals(now.path(key).toString())) {
        throw new InputException(
            "%s was evaluated with %s %s, now it is %s; resume with the same, or take another directory (--out)"
                .formatted(directory, key, shown(old), shown(now.path(key))));
      }
    }
  }

  private static String shown(JsonNode value) {
    return value.isMissingNode() ? "not set" : value.toString();
  }

  private static JsonNode read(Path file) {
    try {
      return JsonFile.read(file);
    } catch (InputException e) {
      throw new InputException(
          e.getMessage()
              + "; the file tells how the rows beside it were made: remove it and them to evaluate anew",
          e);
    }
  }
}
