package ai.medr1.core.text.internal.jinja;

import ai.medr1.core.text.internal.jinja.Statement.Block;
import ai.medr1.core.text.internal.jinja.Values.Dict;
import ai.medr1.core.text.internal.jinja.Values.Function;
import ai.medr1.core.text.internal.jinja.Values.None;
import ai.medr1.core.text.internal.jinja.Values.Unavailable;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A template, ready to be rendered as transformers renders it with Jinja2. Safe for use by several
 * threads.
 */
public final class JinjaTemplate {
  private static final List<String> NOT_HERE = List.of("lipsum", "cycler", "joiner", "self");

  private final Block block;

  private JinjaTemplate(Block block) {
    this.block = block;
  }

  /**
   * Reads a template.
   *
   * @throws JinjaException if it is wrong, or uses what is not supported
   */
  public static JinjaTemplate parse(String template) {
    try {
      return new JinjaTemplate(Parser.parse(template));
    } catch (StackOverflowError e) {
      throw new JinjaException("it nests too deeply", 1);
    }
  }

  /**
   * The text of the template.
   *
   * @param variables texts, numbers, truth values, lists, maps with texts as keys, and null for
   *     None
   * @param unavailable names that the reference may know and these variables do not: using one is
   *     an error
   * @throws JinjaException if an operation fails or is not supported, the template raises, or a
   *     bound is passed
   */
  public String render(
      Map<String, ? extends @Nullable Object> variables, List<String> unavailable) {
    Python python = new Python();
    Python.Text out = python.text();
    try {
      block.run(Scope.root(python, root(python, variables, unavailable)).inner(), out);
      return out.toString();
    } catch (JinjaException e) {
      throw new JinjaException(String.valueOf(e.getMessage()), python.line());
    } catch (StackOverflowError e) {
      throw new JinjaException("it nests too deeply", python.line());
    }
  }

  private static Map<String, Object> root(
      Python python, Map<String, ? extends @Nullable Object> variables, List<String> unavailable) {
    Map<String, Object> root = new HashMap<>(Statement.globals());
    root.put("strftime_now", (Function) JinjaTemplate::now);
    NOT_HERE.forEach(name -> root.put(name, new Unavailable("'" + name + "' is not supported")));
    unavailable.forEach(
        name -> root.put(name, new Unavailable("the value of '" + name + "' is not known here")));
    variables.forEach((name, value) -> root.put(name, value(python, value)));
    return root;
  }

  private static Object now(Python python, Args args) {
    Args.Bound bound = args.bind("strftime_now()", "format");
    return Formats.time(LocalDateTime.now(java.time.ZoneId.systemDefault()), bound.text("format"));
  }

  private static Object value(Python python, @Nullable Object value) {
    if (value == null) {
      return None.NONE;
    } else if (value instanceof Map<?, ?> map) {
      Dict dict = new Dict();
      map.forEach((key, item) -> dict.put(python, value(python, key), value(python, item)));
      return dict;
    } else if (value instanceof List<?> list) {
      List<Object> items = new ArrayList<>();
      list.forEach(item -> items.add(value(python, item)));
      return items;
    } else if (value instanceof Integer integer) {
      return integer.longValue();
    } else if (value instanceof String
        || value instanceof Boolean
        || value instanceof Long
        || value instanceof Double) {
      return value;
    }
    throw new IllegalArgumentException("no value for a template: " + value.getClass());
  }
}
