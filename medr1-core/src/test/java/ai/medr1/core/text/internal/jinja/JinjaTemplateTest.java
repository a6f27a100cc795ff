package ai.medr1.core.text.internal.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Fragments of chat templates against what transformers renders; cases.json says how it is made.
 */
class JinjaTemplateTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private record Case(String template, JsonNode expected, Map<String, Object> variables) {
    @Override
    public String toString() {
      return template;
    }
  }

  private static Stream<Case> cases(InputStream file) throws IOException {
    JsonNode root = JSON.readTree(file);
    Map<String, Object> variables =
        JSON.convertValue(root.get("variables"), new TypeReference<Map<String, Object>>() {});
    return StreamSupport.stream(root.get("cases").spliterator(), false)
        .map(c -> new Case(c.get("template").asText(), c.get("expected"), variables));
  }

  static Stream<Case> cases() throws IOException {
    try (InputStream file = JinjaTemplateTest.class.getResourceAsStream("cases.json")) {
      return cases(file);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void rendersAsTheReferenceOrFailsAsItDoes(Case c) {
    if (c.expected().isNull()) {
      assertThatThrownBy(() -> render(c.template(), c.variables()))
          .isInstanceOf(JinjaException.class);
    } else {
      assertThat(render(c.template(), c.variables())).isEqualTo(c.expected().textValue());
    }
  }

  /** More cases, made at random: what is refused may be rendered by the reference, no more. */
  @Test
  @EnabledIfSystemProperty(named = "medr1.jinja.cases", matches = ".+")
  void neverRendersAnythingElse() throws IOException {
    try (InputStream file =
        Files.newInputStream(Path.of(System.getProperty("medr1.jinja.cases")))) {
      assertThat(cases(file).filter(JinjaTemplateTest::rendersAnythingElse)).isEmpty();
    }
  }

  private static boolean rendersAnythingElse(Case c) {
    try {
      return !render(c.template(), c.variables()).equals(c.expected().textValue());
    } catch (JinjaException e) {
      return false;
    }
  }

  private static String render(String template, Map<String, Object> variables) {
    return JinjaTemplate.parse(template).render(variables, List.of("pad_token"));
  }

  private static String render(String template) {
    return render(template, Map.of("s", "text", "x", 1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "{{ 1 }}~~{% include 'x' %} => 3: the tag {% include %} is not supported",
        "~{{ s | urlize }} => 2: the filter 'urlize' is not supported",
        "~{{ x is escaped }} => 2: the test 'is escaped' is not supported",
        "~{{ s.encode() }} => 2: the method .encode() of a str is not supported",
        "~{{ lipsum() }} => 2: 'lipsum' is not supported",
        "~{{ pad_token }} => 2: the value of 'pad_token' is not known here",
        "~~{{ nothing.name }} => 3: 'nothing' is undefined",
        "{% if x %}~{{ raise_exception('no images') }}~{% endif %} => 2: no images",
        "{% for a in [1] %}{{ s }}{% endfor %}~{% set s = 1 %} => 2: 's' is set here, but read in"
            + " an inner block before"
      })
  void whatIsNotSupportedIsRefusedWithItsLine(String template, String message) {
    assertThatThrownBy(() -> render(template.replace('~', '\n'), Map.of("s", "text", "x", 1)))
        .isInstanceOfSatisfying(
            JinjaException.class,
            e -> assertThat(e.line() + ": " + e.getMessage()).startsWith(message));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ s.__class__ }}",
        "{{ s['__class__'] }}",
        "{{ s | attr('__class__') | attr('__mro__') }}",
        "{{ [s] | map(attribute='__class__') | list }}",
        "{{ range.__globals__ }}",
        "{{ s.getClass() }}",
        "{{ s['getClass']() }}",
        "{{ x.class.forName('java.lang.Runtime') }}",
        "{{ loop.__init__ }}",
        "{% import 'os' as os %}",
        "{% extends '/etc/passwd' %}",
        "{{ '{0.__class__}'.format(s) }}",
        "{{ namespace(__class__=1) }}"
      })
  void nothingOutsideOfTheTemplateIsReached(String template) {
    assertThatThrownBy(() -> render(template)).isInstanceOf(JinjaException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% for a in range(99999) %}{{ 'x' * 10000 }}{% endfor %}",
        "{{ 'x' * 10000000000 }}",
        "{{ [1] * 10000000000 }}",
        "{{ 'x'.center(10000000000) }}",
        "{{ ('a' * 99999).replace('a', 'b' * 99999) }}",
        "{% set ns = namespace(s='ab') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{%"
            + " endfor %}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{%"
            + " endfor %}{{ ns.l }}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(9999) %}{% set ns.l = [ns.l] %}{% endfor"
            + " %}{{ ns.l | tojson }}",
        "{% set ns = namespace(l=[1], m=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l]"
            + " %}{% set ns.m = [ns.m, ns.m] %}{% endfor %}{{ ns.l == ns.m }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for a in [[1]] recursive %}{{ loop([a]) }}{% endfor %}",
        "{{ range(10000000) | list }}",
        "{{ [1] | batch(1000000000000, 0) | list }}",
        "{{ [] | slice(1000000000000) | list }}",
        "{{ {} | tojson(indent=10000000000) }}",
        "{{ 'a' | indent(10000000000) }}",
        "{{ 2 ** 100000000000 }}"
      })
  void workAndTextAreBounded(String template) {
    assertThatThrownBy(() -> render(template)).isInstanceOf(JinjaException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "[", "{'a':", "-", "not ", "x if ", "x.y("})
  void nestingInTheSourceIsBounded(String opening) {
    assertThatThrownBy(() -> render("{{ " + opening.repeat(100_000)))
        .isInstanceOf(JinjaException.class);
  }

  @Test
  void manyBlocksInARowAreNoNesting() {
    assertThat(render("{% if x %}a{% elif s %}b{% endif %}".repeat(5000))).hasSize(5000);
  }

  @Test
  void longTextsAndChainsAreRead() {
    assertThat(render("{{ '" + "a".repeat(100_000) + "' }}")).hasSize(100_000);
    assertThat(render("{{ x" + " + x".repeat(300) + " }}")).isEqualTo("301");
  }
}
