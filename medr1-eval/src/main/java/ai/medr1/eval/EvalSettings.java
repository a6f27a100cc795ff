package ai.medr1.eval;

import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import ai.medr1.data.AtomicFile;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

  void write(Path directory) {
    Map<String, Object> all = new LinkedHashMap<>(deciding);
    all.putAll(free);
    String text = JSON.valueToTree(all).toPrettyString() + "\n";
    AtomicFile.write(directory.resolve(FILE), text.getBytes(StandardCharsets.UTF_8));
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
      JsonNode settings = JSON.readTree(file.toFile());
      if (!settings.isObject()) {
        throw new InputException(unreadable(file, "it holds no JSON object"));
      }
      return settings;
    } catch (IOException e) {
      throw new InputException(unreadable(file, IoReason.of(e)), e);
    }
  }

  private static String unreadable(Path file, String why) {
    return "cannot read %s, which tells how the rows beside it were made: %s; remove it and the rows to evaluate anew"
        .formatted(file, why);
  }
}
