package ai.medr1.core.text.internal.jinja;

import ai.medr1.core.text.internal.jinja.Values.Dict;
import ai.medr1.core.text.internal.jinja.Values.Function;
import ai.medr1.core.text.internal.jinja.Values.None;
import ai.medr1.core.text.internal.jinja.Values.Tuple;
import ai.medr1.core.text.internal.jinja.Values.Unavailable;
import ai.medr1.core.text.internal.jinja.Values.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What has a value. */
interface Expression {
  Object value(Scope scope);

  private static Object[] values(Scope scope, List<Expression> expressions) {
    return expressions.stream().map(e -> e.value(scope)).toArray();
  }

  record Constant(Object constant) implements Expression {
    @Override
    public Object value(Scope scope) {
      return constant;
    }
  }

  record Name(String name, int line) implements Expression {
    @Override
    public Object value(Scope scope) {
      scope.python().at(line);
      Object value = scope.get(name);
      if (value instanceof Unavailable unavailable) {
        throw new JinjaException(unavailable.reason());
      }
      return value;
    }
  }

  record ListOf(List<Expression> items) implements Expression {
    @Override
    public Object value(Scope scope) {
      return new ArrayList<>(List.of(values(scope, items)));
    }
  }

  record TupleOf(List<Expression> items) implements Expression {
    @Override
    public Object value(Scope scope) {
      return Tuple.of(values(scope, items));
    }
  }

  record DictOf(List<Expression> keys, List<Expression> values) implements Expression {
    @Override
    public Object value(Scope scope) {
      Dict dict = new Dict();
      for (int i = 0; i < keys.size(); i++) {
        dict.put(scope.python(), keys.get(i).value(scope), values.get(i).value(scope));
      }
      return dict;
    }
  }

  /** {@code + - * / // % **}. */
  record Arithmetic(String operator, Expression left, Expression right, int line)
      implements Expression {
    @Override
    public Object value(Scope scope) {
      Object a = left.value(scope);
      Object b = right.value(scope);
      Python python = scope.python();
      python.at(line);
      return switch (operator) {
        case "+" -> PythonNumbers.add(python, a, b);
        case "*" -> PythonNumbers.multiply(python, a, b);
        case "%" ->
            a instanceof String format
                ? Formats.percent(python, format, b)
                : PythonNumbers.arithmetic(python, "%", a, b);
        default -> PythonNumbers.arithmetic(python, operator, a, b);
      };
    }
  }

  record Sign(boolean negative, Expression operand, int line) implements Expression {
    @Override
    public Object value(Scope scope) {
      Object value = operand.value(scope);
      scope.python().at(line);
      return negative
          ? PythonNumbers.negate(scope.python(), value)
          : PythonNumbers.arithmetic(scope.python(), "+", value, 0L);
    }
  }

  /** {@code a ~ b}. */
  record Concat(List<Expression> parts) implements Expression {
    @Override
    public Object value(Scope scope) {
      Python.Text text = scope.python().text();
      parts.forEach(part -> text.append(scope.python().str(part.value(scope))));
      return text.toString();
    }
  }

  record Not(Expression operand) implements Expression {
    @Override
    public Object value(Scope scope) {
      return !scope.python().truth(operand.value(scope));
    }
  }

  /** {@code and}, {@code or}: the value that decides. */
  record Logical(boolean and, Expression left, Expression right) implements Expression {
    @Override
    public Object value(Scope scope) {
      Object value = left.value(scope);
      return scope.python().truth(value) == and ? right.value(scope) : value;
    }
  }

  /** {@code a < b == c}, {@code in}, {@code not in}. */
  record Comparison(Expression first, List<String> operators, List<Expression> others, int line)
      implements Expression {
    @Override
    public Object value(Scope scope) {
      Object left = first.value(scope);
      for (int i = 0; i < others.size(); i++) {
        Object right = others.get(i).value(scope);
        scope.python().at(line);
        if (!holds(scope.python(), operators.get(i), left, right)) {
          return false;
        }
        left = right;
      }
      return true;
    }

    private static boolean holds(Python python, String operator, Object a, Object b) {
      return switch (operator) {
        case "==" -> PythonOrder.equal(python, a, b);
        case "!=" -> !PythonOrder.equal(python, a, b);
        case "in" -> PythonOrder.contains(python, b, a);
        case "not in" -> !PythonOrder.contains(python, b, a);
        default -> PythonOrder.ordered(python, operator, a, b);
      };
    }
  }

  /** {@code a if b else c}. */
  record Conditional(Expression then, Expression condition, @Nullable Expression otherwise)
      implements Expression {
    @Override
    public Object value(Scope scope) {
      if (scope.python().truth(condition.value(scope))) {
        return then.value(scope);
      }
      return otherwise == null
          ? new Undefined("an if without else has no value here")
          : otherwise.value(scope);
    }
  }

  record Attribute(Expression of, String name, int line) implements Expression {
    @Override
    public Object value(Scope scope) {
      Object value = of.value(scope);
      scope.python().at(line);
      return scope.python().attribute(value, name);
    }
  }

  record Subscript(Expression of, Expression index, int line) implements Expression {
    @Override
    public Object value(Scope scope) {
      Object value = of.value(scope);
      Object at = index.value(scope);
      scope.python().at(line);
      return scope.python().subscript(value, at);
    }
  }

  record Slice(Expression of, Expression start, Expression stop, Expression step, int line)
      implements Expression {
    @Override
    public Object value(Scope scope) {
      Object value = of.value(scope);
      Object[] bounds = values(scope, List.of(start, stop, step));
      scope.python().at(line);
      return scope.python().slice(value, bounds[0], bounds[1], bounds[2]);
    }
  }

  /** The arguments of a call, with {@code *} and {@code **}. */
  record Arguments(
      List<Expression> positional,
      Map<String, Expression> named,
      @Nullable Expression more,
      @Nullable Expression moreNamed) {
    static final Arguments NONE = new Arguments(List.of(), Map.of(), null, null);

    Args values(Scope scope) {
      List<Object> values = new ArrayList<>(List.of(Expression.values(scope, positional)));
      Map<String, Object> byName = new LinkedHashMap<>();
      named.forEach((name, expression) -> byName.put(name, expression.value(scope)));
      if (more != null) {
        values.addAll(scope.python().list(more.value(scope)));
      }
      if (moreNamed != null) {
        addNamed(moreNamed.value(scope), byName);
      }
      return new Args(values, byName);
    }

    private static void addNamed(Object value, Map<String, Object> named) {
      if (!(value instanceof Dict dict)) {
        throw new JinjaException("** needs a dictionary");
      }
      dict.stream()
          .forEach(
              entry -> {
                if (!(entry.getKey() instanceof String name)
                    || named.put(name, entry.getValue()) != null) {
                  throw new JinjaException("** needs texts as keys, none of them given already");
                }
              });
    }
  }

  record Call(Expression function, Arguments arguments, int line) implements Expression {
    @Override
    public Object value(Scope scope) {
      return call(scope, Map.of());
    }

    /** Calls with further named arguments. */
    Object call(Scope scope, Map<String, Object> more) {
      Object called = function.value(scope);
      Args args = arguments.values(scope);
      args.named().putAll(more);
      Python python = scope.python();
      python.at(line);
      if (called instanceof Undefined undefined) {
        throw undefined.error();
      }
      if (!(called instanceof Function target)) {
        throw new JinjaException(
            "a value of type " + Python.typeName(called) + " cannot be called");
      }
      return python.nested(() -> target.call(python, args));
    }
  }

  /** What a filter or a test makes of a value. */
  interface Rule {
    Object apply(Python python, String name, Object value, Args args);
  }

  /** {@code of | name(arguments)} and {@code of is name(arguments)}. */
  record Applied(Rule rule, Expression of, String name, Arguments arguments, int line)
      implements Expression {
    @Override
    public Object value(Scope scope) {
      Object value = of.value(scope);
      Args args = arguments.values(scope);
      scope.python().at(line);
      return rule.apply(scope.python(), name, value, args);
    }
  }

  /** No bound of a slice. */
  Expression NOTHING = new Constant(None.NONE);
}
