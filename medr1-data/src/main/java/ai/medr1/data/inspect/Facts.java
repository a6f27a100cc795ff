package ai.medr1.data.inspect;

import ai.medr1.core.InputException;
import ai.medr1.core.Warnings;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Facts as they are found, and what was refused and ignored on the way. */
final class Facts {
  static final String REFUSED = "refused";
  static final String IGNORED = "ignored";

  private final ObjectNode found = JsonNodeFactory.instance.objectNode();
  private final Set<String> told = new LinkedHashSet<>();
  private final Set<String> passedOver = new LinkedHashSet<>();

  Facts(String kind, Path path) {
    found.put("kind", kind);
    found.put("path", path.toString());
  }

  /** Where the facts go. */
  ObjectNode found() {
    return found;
  }

  /** An object of facts below a name. */
  ObjectNode below(String name) {
    return found.putObject(name);
  }

  void list(String name, Collection<String> values) {
    ArrayNode list = found.putArray(name);
    values.forEach(list::add);
  }

  /** Opens a part: what it warns about is ignored, and if it fails, it is refused. */
  <T> Optional<T> part(Supplier<T> opening) {
    try {
      return Optional.of(Warnings.listening(passedOver::add, opening));
    } catch (InputException e) {
      told.add(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /** All of it. */
  ObjectNode end() {
    list(IGNORED, passedOver);
    list(REFUSED, told);
    return found;
  }
}
