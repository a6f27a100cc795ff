package ai.medr1.grpo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program that trains gets none of the libraries that draw pages or read command lines. */
class ClassPathTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "org/jfree/chart/JFreeChart.class",
        "org/apache/batik/svggen/SVGGraphics2D.class",
        "org/apache/xmlgraphics/util/XMLConstants.class",
        "picocli/CommandLine.class",
        "ai/medr1/report/Report.class"
      })
  void isFreeOf(String name) {
    assertThat(ClassPathTest.class.getClassLoader().getResource(name)).isNull();
  }
}
