package ai.medr1.core.text.internal.jinja;

import ai.medr1.core.text.internal.jinja.Values.Undefined;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The variables that a part of a template sees; what it sets is gone at its end.
 *
 * <p>Jinja2 decides before it renders whether a name is a variable of a block. So an inner block
 * that reads a given variable before the block around it sets one of the same name gets nothing.
 * Here it has got the given one by then, and the setting is refused.
 */
final class Scope {
  private final Python python;
  private final @Nullable Scope outer;
  private final Map<String, Object> variables = new HashMap<>();
  private final Set<String> readHere = new HashSet<>();
  private final Set<String> readInside = new HashSet<>();

  private Scope(Python python, @Nullable Scope outer) {
    this.python = python;
    this.outer = outer;
  }

  static Scope root(Python python, Map<String, Object> variables) {
    Scope root = new Scope(python, null);
    root.variables.putAll(variables);
    return root;
  }

  Scope inner() {
    return new Scope(python, this);
  }

  Python python() {
    return python;
  }

  void set(String name, Object value) {
    if (readInside.contains(name) && !readHere.contains(name) && !variables.containsKey(name)) {
      throw new JinjaException(
          "'" + name + "' is set here, but read in an inner block before, which is not supported");
    }
    variables.put(name, value);
  }

  /** The value of the nearest variable of this name, else an undefined value. */
  Object get(String name) {
    readHere.add(name);
    Scope scope = this;
    while (scope.outer != null && !scope.variables.containsKey(name)) {
      scope = scope.outer;
    }
    Object value = scope.variables.get(name);
    if (value == null) {
      return new Undefined("'" + name + "' is undefined");
    }
    if (scope.outer == null) {
      noteInside(name);
    }
    return value;
  }

  private void noteInside(String name) {
    for (Scope around = outer; around != null; around = around.outer) {
      around.readInside.add(name);
    }
  }
}
