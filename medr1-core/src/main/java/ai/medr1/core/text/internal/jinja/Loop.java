package ai.medr1.core.text.internal.jinja;

import ai.medr1.core.text.internal.jinja.Values.Function;
import ai.medr1.core.text.internal.jinja.Values.Tuple;
import ai.medr1.core.text.internal.jinja.Values.Undefined;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The variable {@code loop}. */
final class Loop implements Function {
  private final List<Object> items;
  private final int depth;
  private final @Nullable Function recursion;
  private int index = -1;
  private @Nullable Object lastChanged;

  /**
   * @param depth 0 for the outermost level
   * @param recursion renders the body for another list; null where the loop is not {@code
   *     recursive}
   */
  Loop(List<Object> items, int depth, @Nullable Function recursion) {
    this.items = items;
    this.depth = depth;
    this.recursion = recursion;
  }

  void moveTo(int newIndex) {
    index = newIndex;
  }

  int length() {
    return items.size();
  }

  @Override
  public Object call(Python python, Args args) {
    if (recursion == null) {
      throw new JinjaException("loop(…) needs {% for … recursive %}");
    }
    return recursion.call(python, args);
  }

  /** null where {@code loop} has nothing of this name. */
  @Nullable Object attribute(String name) {
    return switch (name) {
      case "index" -> index + 1L;
      case "index0" -> (long) index;
      case "revindex" -> (long) items.size() - index;
      case "revindex0" -> items.size() - index - 1L;
      case "first" -> index == 0;
      case "last" -> index == items.size() - 1;
      case "length" -> (long) items.size();
      case "depth" -> depth + 1L;
      case "depth0" -> (long) depth;
      case "previtem" ->
          index > 0 ? items.get(index - 1) : new Undefined("there is no previous item");
      case "nextitem" ->
          index + 1 < items.size() ? items.get(index + 1) : new Undefined("there is no next item");
      case "cycle" -> (Function) (python, args) -> cycle(args);
      case "changed" -> (Function) this::changed;
      default -> null;
    };
  }

  private Object cycle(Args args) {
    if (args.positional().isEmpty() || !args.named().isEmpty()) {
      throw new JinjaException("loop.cycle() needs values");
    }
    return args.positional().get(index % args.positional().size());
  }

  private Object changed(Python python, Args args) {
    Object now = new Tuple(List.copyOf(args.positional()));
    boolean changed = lastChanged == null || !PythonOrder.equal(python, lastChanged, now);
    lastChanged = changed ? now : lastChanged;
    return changed;
  }
}
