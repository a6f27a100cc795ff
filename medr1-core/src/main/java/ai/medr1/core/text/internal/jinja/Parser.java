package ai.medr1.core.text.internal.jinja;

import ai.medr1.core.text.internal.jinja.Expression.Arguments;
import ai.medr1.core.text.internal.jinja.Expression.Call;
import ai.medr1.core.text.internal.jinja.Statement.Block;
import ai.medr1.core.text.internal.jinja.Statement.Flow;
import ai.medr1.core.text.internal.jinja.Statement.NameTarget;
import ai.medr1.core.text.internal.jinja.Statement.NamespaceTarget;
import ai.medr1.core.text.internal.jinja.Statement.Signature;
import ai.medr1.core.text.internal.jinja.Statement.Target;
import ai.medr1.core.text.internal.jinja.Values.None;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes statements of tokens, by Jinja2's grammar and precedence. */
final class Parser {
  private static final int MAX_DEPTH = 60;
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

  private final List<Token> tokens;
  private final Deque<Set<String>> macroNames = new ArrayDeque<>();
  private int at;
  private int depth;
  private int loops;
  private int branches;

  private Parser(List<Token> tokens) {
    this.tokens = tokens;
  }

  /**
   * The template as a block.
   *
   * @throws JinjaException if it is none, or uses what is not supported
   */
  static Block parse(String template) {
    Parser parser = new Parser(Lexer.tokens(template));
    Block block = parser.statements();
    if (parser.current().type() != TokenType.END) {
      throw parser.error("unexpected " + parser.current().describe());
    }
    return block;
  }

  // ---- tokens ----

  private Token current() {
    return tokens.get(at);
  }

  private Token next() {
    return tokens.get(at + 1 < tokens.size() ? at++ : at);
  }

  private Token following() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  private boolean skipName(String name) {
    return skip(current().isName(name));
  }

  private boolean skipOperator(String operator) {
    return skip(current().isOperator(operator));
  }

  private boolean skip(boolean fits) {
    at += fits ? 1 : 0;
    return fits;
  }

  private void expectOperator(String operator) {
    if (!skipOperator(operator)) {
      throw error("expected '" + operator + "', found " + current().describe());
    }
  }

  private void expect(TokenType type, String shown) {
    if (!skip(current().type() == type)) {
      throw error("expected " + shown + ", found " + current().describe());
    }
  }

  private String name() {
    if (current().type() != TokenType.NAME) {
      throw error("expected a name, found " + current().describe());
    }
    return next().text();
  }

  private JinjaException error(String reason) {
    return new JinjaException(reason, current().line());
  }

  private <T> T nested(Supplier<T> action) {
    if (++depth > MAX_DEPTH) {
      throw error("it nests deeper than " + MAX_DEPTH + " levels");
    }
    try {
      return action.get();
    } finally {
      depth--;
    }
  }

  /** What has variables of its own; a branch around it no longer counts there. */
  private <T> T frame(Supplier<T> action) {
    int outer = branches;
    branches = 0;
    T result = action.get();
    branches = outer;
    return result;
  }

  // ---- statements ----

  /** Statements up to one of these tags, which stays, or the end. */
  private Block statements(String... ends) {
    return nested(
        () -> {
          List<Statement> all = new ArrayList<>();
          while (current().type() != TokenType.END) {
            Token token = current();
            if (token.type() == TokenType.BLOCK_BEGIN
                && Arrays.stream(ends).anyMatch(following()::isName)) {
              next();
              return new Block(all);
            }
            all.add(statement());
          }
          if (ends.length > 0) {
            throw error("{% " + ends[ends.length - 1] + " %} is missing");
          }
          return new Block(all);
        });
  }

  private Statement statement() {
    Token token = next();
    if (token.type() == TokenType.DATA) {
      return new Statement.Data(token.text());
    }
    if (token.type() == TokenType.VARIABLE_BEGIN) {
      Expression expression = tuple(true, false);
      expect(TokenType.VARIABLE_END, "}}");
      return new Statement.Print(expression, token.line());
    }
    int line = current().line();
    Statement statement = tag(name(), line);
    expect(TokenType.BLOCK_END, "%}");
    return statement;
  }

  private Statement tag(String tag, int line) {
    return switch (tag) {
      case "if" -> ifTag(line);
      case "for" -> forTag(line);
      case "set" -> setTag(line);
      case "macro" -> new Statement.DefineMacro(signature(name(), "endmacro", true));
      case "call" -> callTag(line);
      case "generation" ->
          new Statement.Print(new Statement.BlockText(isolated("endgeneration")), line);
      case "filter" -> filterTag(line);
      case "with" -> withTag();
      case "print" -> new Statement.Print(tuple(true, false), line);
      case "break", "continue" -> jump(tag);
      default -> throw new JinjaException("the tag {% " + tag + " %} is not supported", line);
    };
  }

  /** The rest of a tag and its body. */
  private Block body(String... ends) {
    skipOperator(":");
    expect(TokenType.BLOCK_END, "%}");
    return statements(ends);
  }

  private Block bodyAndEnd(String end) {
    Block block = body(end);
    next();
    return block;
  }

  /** A body that loops around it cannot be left from. */
  private Block isolated(String end) {
    int outer = loops;
    loops = 0;
    Block block = frame(() -> bodyAndEnd(end));
    loops = outer;
    return block;
  }

  private Statement ifTag(int line) {
    branches++;
    Expression condition = tuple(false, false);
    Block then = body("elif", "else", "endif");
    String end = next().text();
    Block otherwise =
        switch (end) {
          case "elif" -> new Block(List.of(ifTag(current().line())));
          case "else" -> bodyAndEnd("endif");
          default -> new Block(List.of());
        };
    branches--;
    return new Statement.If(condition, then, otherwise, line);
  }

  private Statement forTag(int line) {
    Target target = targets("in", false);
    if (!skipName("in")) {
      throw error("expected 'in', found " + current().describe());
    }
    Expression items = tuple(false, true);
    Expression condition = null;
    if (skipName("if")) {
      Set<String> names = new HashSet<>();
      macroNames.push(names);
      condition = frame(this::expression);
      macroNames.pop();
      macroNames.forEach(outer -> outer.addAll(names));
      if (names.contains("loop")) {
        throw error("'loop' in the condition of a loop is not supported");
      }
    }
    boolean recursive = skipName("recursive");
    loops++;
    Block body = frame(() -> body("else", "endfor"));
    loops--;
    Block otherwise =
        next().text().equals("else") ? frame(() -> bodyAndEnd("endfor")) : new Block(List.of());
    return new Statement.For(target, items, condition, recursive, body, otherwise, line);
  }

  private Statement jump(String tag) {
    if (loops == 0) {
      throw error("{% " + tag + " %} outside of a loop");
    }
    return new Statement.Jump(tag.equals("break") ? Flow.BREAK : Flow.CONTINUE);
  }

  private Statement setTag(int line) {
    Target target = targets("=", true);
    if (skipOperator("=")) {
      return new Statement.Set(target, tuple(true, false), line);
    }
    List<Filtering> filters = frame(this::filters);
    Expression text = new Statement.BlockText(isolated("endset"));
    return new Statement.Set(target, filtered(text, filters), line);
  }

  private Statement filterTag(int line) {
    List<Filtering> filters = new ArrayList<>(List.of(frame(this::filtering)));
    filters.addAll(frame(this::filters));
    Expression text = new Statement.BlockText(isolated("endfilter"));
    return new Statement.Print(filtered(text, filters), line);
  }

  private Statement withTag() {
    List<Target> targets = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (current().type() != TokenType.BLOCK_END && !current().isOperator(":")) {
      if (!targets.isEmpty()) {
        expectOperator(",");
      }
      targets.add(targets("=", false));
      expectOperator("=");
      values.add(expression());
    }
    return new Statement.With(targets, values, frame(() -> bodyAndEnd("endwith")));
  }

  private Statement callTag(int line) {
    Signature header = current().isOperator("(") ? parameters("caller") : null;
    if (!(expression() instanceof Call call)) {
      throw error("{% call %} needs the call of a macro");
    }
    Signature caller =
        header == null ? new Signature("caller", List.of(), List.of(), NO_BODY) : header;
    return new Statement.CallBlock(withBody(caller, "endcall"), call, line);
  }

  private static final Signature.Body NO_BODY =
      new Signature.Body(new Block(List.of()), false, false, false);

  private Signature signature(String name, String end, boolean hasParameters) {
    return withBody(
        hasParameters ? parameters(name) : new Signature(name, List.of(), List.of(), NO_BODY), end);
  }

  private Signature parameters(String name) {
    List<String> parameters = new ArrayList<>();
    List<Expression> defaults = new ArrayList<>();
    expectOperator("(");
    while (!current().isOperator(")")) {
      if (!parameters.isEmpty()) {
        expectOperator(",");
      }
      String parameter = name();
      requireFree(parameter);
      parameters.add(parameter);
      if (skipOperator("=")) {
        defaults.add(frame(this::expression));
      } else if (!defaults.isEmpty()) {
        throw error("a parameter without default follows one with a default");
      }
    }
    expectOperator(")");
    return new Signature(name, parameters, defaults, NO_BODY);
  }

  private Signature withBody(Signature header, String end) {
    Set<String> names = new HashSet<>();
    macroNames.push(names);
    Block block = isolated(end);
    macroNames.pop();
    macroNames.forEach(outer -> outer.addAll(names));
    Signature.Body body =
        new Signature.Body(
            block, names.contains("caller"), names.contains("varargs"), names.contains("kwargs"));
    return new Signature(header.name(), header.parameters(), header.defaults(), body);
  }

  // ---- targets ----

  private Target targets(String end, boolean namespaces) {
    List<Target> all = new ArrayList<>();
    boolean tuple = false;
    do {
      if (tuple && (current().isName(end) || current().isOperator(end))) {
        break;
      }
      all.add(target(namespaces));
      tuple |= current().isOperator(",");
    } while (skipOperator(","));
    return tuple ? new Statement.TupleTarget(all) : all.get(0);
  }

  private Target target(boolean namespaces) {
    if (skipOperator("(")) {
      Target inner = targets(")", namespaces);
      expectOperator(")");
      return inner;
    }
    String name = name();
    if (namespaces && skipOperator(".")) {
      return new NamespaceTarget(name, name());
    }
    requireFree(name);
    return new NameTarget(name);
  }

  private void requireFree(String name) {
    Set<String> taken =
        Set.of(
            "true", "True", "false", "False", "none", "None", "loop", "caller", "varargs", "kwargs",
            "self", "not");
    if (taken.contains(name)) {
      throw error("'" + name + "' cannot be assigned to");
    }
  }

  // ---- expressions ----

  private Expression expression() {
    return nested(this::conditional);
  }

  private Expression conditional() {
    Expression value = or();
    while (skipName("if")) {
      branches++;
      Expression condition = or();
      Expression otherwise = skipName("else") ? nested(this::conditional) : null;
      branches--;
      value = new Expression.Conditional(value, condition, otherwise);
    }
    return value;
  }

  private Expression or() {
    Expression left = and();
    while (skipName("or")) {
      left = new Expression.Logical(false, left, and());
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (skipName("and")) {
      left = new Expression.Logical(true, left, not());
    }
    return left;
  }

  private Expression not() {
    if (skipName("not")) {
      return new Expression.Not(nested(this::not));
    }
    return comparison();
  }

  private Expression comparison() {
    int line = current().line();
    Expression first = sum();
    List<String> operators = new ArrayList<>();
    List<Expression> others = new ArrayList<>();
    for (String operator = comparisonOperator();
        operator != null;
        operator = comparisonOperator()) {
      operators.add(operator);
      others.add(sum());
    }
    return others.isEmpty() ? first : new Expression.Comparison(first, operators, others, line);
  }

  private @Nullable String comparisonOperator() {
    if (current().type() == TokenType.OPERATOR && COMPARISONS.contains(current().text())) {
      return next().text();
    }
    if (skipName("in")) {
      return "in";
    }
    if (current().isName("not") && following().isName("in")) {
      at += 2;
      return "not in";
    }
    return null;
  }

  private Expression sum() {
    Expression left = concat();
    while (current().isOperator("+") || current().isOperator("-")) {
      Token operator = next();
      left = new Expression.Arithmetic(operator.text(), left, concat(), operator.line());
    }
    return left;
  }

  private Expression concat() {
    List<Expression> parts = new ArrayList<>(List.of(product()));
    while (skipOperator("~")) {
      parts.add(product());
    }
    return parts.size() == 1 ? parts.get(0) : new Expression.Concat(parts);
  }

  private Expression product() {
    Expression left = power();
    while (current().type() == TokenType.OPERATOR
        && Set.of("*", "/", "//", "%").contains(current().text())) {
      Token operator = next();
      left = new Expression.Arithmetic(operator.text(), left, power(), operator.line());
    }
    return left;
  }

  private Expression power() {
    Expression left = unary(true);
    while (current().isOperator("**")) {
      Token operator = next();
      left = new Expression.Arithmetic("**", left, unary(true), operator.line());
    }
    return left;
  }

  private Expression unary(boolean withFilters) {
    Token token = current();
    Expression value;
    if (skipOperator("-") || skipOperator("+")) {
      value = new Expression.Sign(token.isOperator("-"), nested(() -> unary(false)), token.line());
    } else {
      value = primary();
    }
    value = postfix(value);
    return withFilters ? filtersAndTests(value) : value;
  }

  private Expression primary() {
    Token token = next();
    return switch (token.type()) {
      case NAME -> nameOrConstant(token);
      case NUMBER -> new Expression.Constant(token.value());
      case STRING -> strings(token);
      case OPERATOR ->
          switch (token.text()) {
            case "(" -> parenthesis();
            case "[" -> new Expression.ListOf(items("]"));
            case "{" -> dict();
            default -> throw new JinjaException("unexpected '" + token.text() + "'", token.line());
          };
      default -> throw new JinjaException("unexpected " + token.describe(), token.line());
    };
  }

  private Expression nameOrConstant(Token token) {
    return switch (token.text()) {
      case "true", "True" -> new Expression.Constant(true);
      case "false", "False" -> new Expression.Constant(false);
      case "none", "None" -> new Expression.Constant(None.NONE);
      default -> {
        macroNames.forEach(names -> names.add(token.text()));
        yield new Expression.Name(token.text(), token.line());
      }
    };
  }

  /** Strings that follow one another are one. */
  private Expression strings(Token first) {
    StringBuilder text = new StringBuilder(first.text());
    while (current().type() == TokenType.STRING) {
      text.append(next().text());
    }
    return new Expression.Constant(text.toString());
  }

  private Expression parenthesis() {
    if (skipOperator(")")) {
      return new Expression.TupleOf(List.of());
    }
    Expression inner = tuple(true, false);
    expectOperator(")");
    return inner;
  }

  /** One expression, or several with commas: a tuple. */
  private Expression tuple(boolean withConditional, boolean inLoop) {
    List<Expression> items = new ArrayList<>();
    boolean tuple = false;
    do {
      if (tuple && atEndOfTuple(inLoop)) {
        break;
      }
      items.add(withConditional ? expression() : nested(this::or));
      tuple |= current().isOperator(",");
    } while (skipOperator(","));
    return tuple ? new Expression.TupleOf(items) : items.get(0);
  }

  private boolean atEndOfTuple(boolean inLoop) {
    TokenType type = current().type();
    return type == TokenType.VARIABLE_END
        || type == TokenType.BLOCK_END
        || current().isOperator(")")
        || (inLoop && current().isName("recursive"));
  }

  private List<Expression> items(String close) {
    List<Expression> items = new ArrayList<>();
    while (!skipOperator(close)) {
      items.add(expression());
      if (!current().isOperator(close)) {
        expectOperator(",");
      }
    }
    return items;
  }

  private Expression dict() {
    List<Expression> keys = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (!skipOperator("}")) {
      Expression key = expression();
      if (key instanceof Expression.ListOf || key instanceof Expression.DictOf) {
        throw error("a list or a dictionary cannot be a key");
      }
      keys.add(key);
      expectOperator(":");
      values.add(expression());
      if (!current().isOperator("}")) {
        expectOperator(",");
      }
    }
    return new Expression.DictOf(keys, values);
  }

  private Expression postfix(Expression start) {
    Expression value = start;
    while (true) {
      Token token = current();
      if (skipOperator(".")) {
        value = dotted(value, token.line());
      } else if (skipOperator("[")) {
        value = subscript(value, token.line());
      } else if (token.isOperator("(")) {
        value = new Call(value, arguments(), token.line());
      } else {
        return value;
      }
    }
  }

  private Expression dotted(Expression value, int line) {
    Token name = next();
    if (name.type() == TokenType.NAME) {
      return new Expression.Attribute(value, name.text(), line);
    }
    if (name.value() instanceof Long) {
      return new Expression.Subscript(value, new Expression.Constant(name.value()), line);
    }
    throw new JinjaException("expected a name behind '.', found " + name.describe(), line);
  }

  private Expression subscript(Expression value, int line) {
    Expression start = current().isOperator(":") ? Expression.NOTHING : expression();
    if (skipOperator("]")) {
      return new Expression.Subscript(value, start, line);
    }
    expectOperator(":");
    Expression stop = bound();
    Expression step = skipOperator(":") ? bound() : Expression.NOTHING;
    expectOperator("]");
    return new Expression.Slice(value, start, stop, step, line);
  }

  private Expression bound() {
    return current().isOperator(":") || current().isOperator("]")
        ? Expression.NOTHING
        : expression();
  }

  private Arguments arguments() {
    expectOperator("(");
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    Expression more = null;
    Expression moreNamed = null;
    while (!skipOperator(")")) {
      boolean last = moreNamed != null;
      if (!last && more == null && skipOperator("*")) {
        more = expression();
      } else if (!last && skipOperator("**")) {
        moreNamed = expression();
      } else if (!last && current().type() == TokenType.NAME && following().isOperator("=")) {
        String name = name();
        next();
        if (named.put(name, expression()) != null) {
          throw error("the argument '" + name + "' is given twice");
        }
      } else if (!last && more == null && named.isEmpty()) {
        positional.add(expression());
      } else {
        throw error("these arguments of a call are in no valid order");
      }
      if (!current().isOperator(")")) {
        expectOperator(",");
      }
    }
    return new Arguments(positional, named, more, moreNamed);
  }

  // ---- filters and tests ----

  private record Filtering(String name, Arguments arguments, int line) {}

  private Expression filtersAndTests(Expression start) {
    Expression value = start;
    while (true) {
      if (current().isOperator("|")) {
        value = filtered(value, filters());
      } else if (skipName("is")) {
        value = test(value);
      } else if (current().isOperator("(")) {
        int line = current().line();
        value = new Call(value, arguments(), line);
      } else {
        return value;
      }
    }
  }

  private List<Filtering> filters() {
    List<Filtering> filters = new ArrayList<>();
    while (skipOperator("|")) {
      filters.add(filtering());
    }
    return filters;
  }

  private Filtering filtering() {
    int line = current().line();
    String name = dottedName();
    requireKnown(Filters.has(name), "the filter '" + name + "'", line);
    return new Filtering(name, current().isOperator("(") ? arguments() : Arguments.NONE, line);
  }

  private static Expression filtered(Expression start, List<Filtering> filters) {
    Expression value = start;
    for (Filtering filter : filters) {
      value =
          new Expression.Applied(
              Filters::apply, value, filter.name(), filter.arguments(), filter.line());
    }
    return value;
  }

  /** Jinja2 looks for filters and tests in branches only when they are used. */
  private void requireKnown(boolean known, String what, int line) {
    if (!known && branches == 0) {
      throw new JinjaException(what + " is not supported", line);
    }
  }

  private String dottedName() {
    StringBuilder name = new StringBuilder(name());
    while (skipOperator(".")) {
      name.append('.').append(name());
    }
    return name.toString();
  }

  private Expression test(Expression value) {
    int line = current().line();
    boolean negated = skipName("not");
    String name = dottedName();
    requireKnown(Tests.has(name), "the test 'is " + name + "'", line);
    Arguments arguments = Arguments.NONE;
    if (current().isOperator("(")) {
      arguments = arguments();
    } else if (startsOperand()) {
      arguments = new Arguments(List.of(postfix(primary())), Map.of(), null, null);
    }
    Expression test = new Expression.Applied(Tests::test, value, name, arguments, line);
    return negated ? new Expression.Not(test) : test;
  }

  private boolean startsOperand() {
    Token token = current();
    if (token.isName("is")) {
      throw error("tests cannot be chained with 'is'");
    }
    return switch (token.type()) {
      case NAME -> !Set.of("else", "or", "and").contains(token.text());
      case STRING, NUMBER -> true;
      case OPERATOR -> token.text().equals("[") || token.text().equals("{");
      default -> false;
    };
  }
}
