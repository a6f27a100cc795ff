package ai.medr1.core.text.internal.jinja;

import ai.medr1.core.text.internal.jinja.Expression.Call;
import ai.medr1.core.text.internal.jinja.Values.Dict;
import ai.medr1.core.text.internal.jinja.Values.Function;
import ai.medr1.core.text.internal.jinja.Values.Namespace;
import ai.medr1.core.text.internal.jinja.Values.Tuple;
import ai.medr1.core.text.internal.jinja.Values.Undefined;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What writes text or changes variables. */
interface Statement {
  /** How a loop goes on. */
  enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  Flow run(Scope scope, Python.Text out);

  record Data(String text) implements Statement {
    @Override
    public Flow run(Scope scope, Python.Text out) {
      scope.python().charge(1);
      out.append(text);
      return Flow.NEXT;
    }
  }

  record Print(Expression expression, int line) implements Statement {
    @Override
    public Flow run(Scope scope, Python.Text out) {
      scope.python().at(line);
      out.append(scope.python().str(expression.value(scope)));
      return Flow.NEXT;
    }
  }

  record Block(List<Statement> statements) implements Statement {
    @Override
    public Flow run(Scope scope, Python.Text out) {
      for (Statement statement : statements) {
        Flow flow = statement.run(scope, out);
        if (flow != Flow.NEXT) {
          return flow;
        }
      }
      return Flow.NEXT;
    }

    /** What the block writes, in a scope of its own. */
    String text(Scope scope) {
      Python.Text text = scope.python().text();
      scope.python().nested(() -> run(scope.inner(), text));
      return text.toString();
    }
  }

  record If(Expression condition, Block then, Block otherwise, int line) implements Statement {
    @Override
    public Flow run(Scope scope, Python.Text out) {
      scope.python().at(line);
      boolean holds = scope.python().truth(condition.value(scope));
      return (holds ? then : otherwise).run(scope, out);
    }
  }

  record Jump(Flow flow) implements Statement {
    @Override
    public Flow run(Scope scope, Python.Text out) {
      return flow;
    }
  }

  record For(
      Target target,
      Expression items,
      @Nullable Expression condition,
      boolean recursive,
      Block body,
      Block otherwise,
      int line)
      implements Statement {
    @Override
    public Flow run(Scope scope, Python.Text out) {
      scope.python().at(line);
      return loop(scope, items.value(scope), 0, out);
    }

    private Flow loop(Scope scope, Object values, int depth, Python.Text out) {
      List<Object> chosen = chosen(scope, values);
      Function recursion = (python, args) -> recursion(scope, args, depth);
      Loop loop = new Loop(chosen, depth, recursive ? recursion : null);
      for (int i = 0; i < chosen.size(); i++) {
        scope.python().at(line);
        loop.moveTo(i);
        Scope inner = scope.inner();
        target.set(inner, chosen.get(i));
        inner.set("loop", loop);
        if (body.run(inner, out) == Flow.BREAK) {
          break;
        }
      }
      return chosen.isEmpty() ? otherwise.run(scope.inner(), out) : Flow.NEXT;
    }

    private Object recursion(Scope scope, Args args, int depth) {
      Python.Text text = scope.python().text();
      loop(scope, args.bindPositional("loop()", "iterable").get("iterable"), depth + 1, text);
      return text.toString();
    }

    private List<Object> chosen(Scope scope, Object values) {
      List<Object> all = scope.python().list(values);
      if (condition == null) {
        return all;
      }
      List<Object> chosen = new ArrayList<>();
      for (Object item : all) {
        Scope inner = scope.inner();
        target.set(inner, item);
        if (scope.python().truth(condition.value(inner))) {
          chosen.add(item);
        }
      }
      return chosen;
    }
  }

  /** What can be assigned to. */
  interface Target {
    void set(Scope scope, Object value);
  }

  record NameTarget(String name) implements Target {
    @Override
    public void set(Scope scope, Object value) {
      scope.set(name, value);
    }
  }

  /** {@code set ns.name = …}. */
  record NamespaceTarget(String namespace, String name) implements Target {
    @Override
    public void set(Scope scope, Object value) {
      if (!(scope.get(namespace) instanceof Namespace target)) {
        throw new JinjaException(
            "'" + namespace + "' is no namespace; only attributes of namespaces can be set");
      }
      put(target, value);
    }

    void put(Namespace target, Object value) {
      if (name.startsWith("_")) {
        throw new JinjaException("an attribute of a namespace cannot begin with an underscore");
      }
      target.attributes.put(name, value);
    }
  }

  record TupleTarget(List<Target> targets) implements Target {
    @Override
    public void set(Scope scope, Object value) {
      List<Object> values = scope.python().list(value);
      if (values.size() != targets.size()) {
        throw new JinjaException(
            "%d values cannot be given to %d names".formatted(values.size(), targets.size()));
      }
      for (int i = 0; i < values.size(); i++) {
        targets.get(i).set(scope, values.get(i));
      }
    }
  }

  record Set(Target target, Expression expression, int line) implements Statement {
    @Override
    public Flow run(Scope scope, Python.Text out) {
      scope.python().at(line);
      target.set(scope, expression.value(scope));
      return Flow.NEXT;
    }
  }

  /** {@code with a = 1, b = 2}. */
  record With(List<Target> targets, List<Expression> values, Block body) implements Statement {
    @Override
    public Flow run(Scope scope, Python.Text out) {
      Scope inner = scope.inner();
      List<Object> given = values.stream().map(value -> value.value(scope)).toList();
      for (int i = 0; i < given.size(); i++) {
        targets.get(i).set(inner, given.get(i));
      }
      return body.run(inner, out);
    }
  }

  /** A block whose text is a value. */
  record BlockText(Block body) implements Expression {
    @Override
    public Object value(Scope scope) {
      return body.text(scope);
    }
  }

  /** Parameters and body of a macro or of a call block. */
  record Signature(String name, List<String> parameters, List<Expression> defaults, Body body) {
    /** Which of the special names the body uses decides what may be given. */
    record Body(Block block, boolean usesCaller, boolean usesVarargs, boolean usesKwargs) {}

    Function in(Scope scope) {
      return new Macro(this, scope);
    }
  }

  record Macro(Signature signature, Scope definition) implements Function {
    @Override
    public Object call(Python python, Args args) {
      Scope scope = definition.inner();
      Dict unknown = new Dict();
      List<String> parameters = signature.parameters();
      int given = Math.min(parameters.size(), args.positional().size());
      for (int i = 0; i < given; i++) {
        scope.set(parameters.get(i), args.positional().get(i));
      }
      Object caller = new Undefined("no caller is defined");
      for (Map.Entry<String, Object> argument : args.named().entrySet()) {
        int position = parameters.indexOf(argument.getKey());
        if (position >= 0 && position < given) {
          throw new JinjaException(
              "the macro '%s' gets '%s' twice".formatted(signature.name(), argument.getKey()));
        } else if (position >= 0) {
          scope.set(argument.getKey(), argument.getValue());
        } else if (argument.getKey().equals("caller") && signature.body().usesCaller()) {
          caller = argument.getValue();
        } else {
          unknown.put(python, argument.getKey(), argument.getValue());
        }
      }
      special(scope, args, caller, unknown);
      defaults(scope, given, args);
      return signature.body().block().text(scope);
    }

    private void special(Scope scope, Args args, Object caller, Dict unknown) {
      Signature.Body body = signature.body();
      List<Object> rest =
          args.positional()
              .subList(
                  Math.min(signature.parameters().size(), args.positional().size()),
                  args.positional().size());
      if ((!rest.isEmpty() && !body.usesVarargs()) || (unknown.size() > 0 && !body.usesKwargs())) {
        throw new JinjaException(
            "the macro '" + signature.name() + "' gets more arguments than it takes");
      }
      if (body.usesCaller()) {
        scope.set("caller", caller);
      }
      if (body.usesVarargs()) {
        scope.set("varargs", new Tuple(rest));
      }
      if (body.usesKwargs()) {
        scope.set("kwargs", unknown);
      }
    }

    private void defaults(Scope scope, int given, Args args) {
      List<String> parameters = signature.parameters();
      int required = parameters.size() - signature.defaults().size();
      for (int i = given; i < parameters.size(); i++) {
        String name = parameters.get(i);
        if (!args.named().containsKey(name)) {
          scope.set(
              name,
              i < required
                  ? new Undefined("parameter '" + name + "' was not provided")
                  : signature.defaults().get(i - required).value(scope));
        }
      }
    }
  }

  record DefineMacro(Signature signature) implements Statement {
    @Override
    public Flow run(Scope scope, Python.Text out) {
      scope.set(signature.name(), signature.in(scope));
      return Flow.NEXT;
    }
  }

  /** {@code call(…) macro(…)}. */
  record CallBlock(Signature caller, Call call, int line) implements Statement {
    @Override
    public Flow run(Scope scope, Python.Text out) {
      scope.python().at(line);
      Object result = call.call(scope, Map.of("caller", caller.in(scope)));
      out.append(scope.python().str(result));
      return Flow.NEXT;
    }
  }

  /** What is there without being given: nothing but what makes values. */
  static Map<String, Object> globals() {
    return Map.of(
        "range", (Function) Python::range,
        "dict", (Function) Filters::dict,
        "namespace", (Function) Statement::namespace,
        "raise_exception", (Function) Statement::raise);
  }

  private static Object namespace(Python python, Args args) {
    Namespace namespace = new Namespace();
    ((Dict) Filters.dict(python, args))
        .stream()
            .forEach(
                entry ->
                    new NamespaceTarget("", python.str(entry.getKey()))
                        .put(namespace, entry.getValue()));
    return namespace;
  }

  private static Object raise(Python python, Args args) {
    Object message = args.bind("raise_exception()", "message").get("message");
    throw new JinjaException(python.str(message));
  }
}
