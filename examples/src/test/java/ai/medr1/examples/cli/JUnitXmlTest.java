package ai.medr1.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.medr1.grpo.check.Verdict;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

class JUnitXmlTest {
  @Test
  void failuresAreCountedAndTold(@TempDir Path dir) throws Exception {
    Path file = dir.resolve("new").resolve("smoke.xml");
    Verdict verdict =
        new Verdict(
            List.of(
                new Verdict.Check("one", true, "fine"),
                new Verdict.Check("two", false, "1 < 2 & \"so\"")),
            List.of(),
            List.of(),
            1.5);

    JUnitXml.write(file, "medr1 smoke", "medr1.smoke.qwen2-vl", verdict);

    Element suite =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(file.toFile())
            .getDocumentElement();
    assertThat(suite.getTagName()).isEqualTo("testsuite");
    assertThat(suite.getAttribute("tests")).isEqualTo("2");
    assertThat(suite.getAttribute("failures")).isEqualTo("1");
    assertThat(suite.getElementsByTagName("testcase").getLength()).isEqualTo(2);
    Element failure = (Element) suite.getElementsByTagName("failure").item(0);
    assertThat(failure.getAttribute("message")).isEqualTo("1 < 2 & \"so\"");
    assertThat(((Element) failure.getParentNode()).getAttribute("name")).isEqualTo("two");
  }
}
