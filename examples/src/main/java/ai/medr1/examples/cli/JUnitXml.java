package ai.medr1.examples.cli;

import ai.medr1.grpo.check.Verdict;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Checks in the form of JUnit's reports, which every server of continuous integration reads. */
final class JUnitXml {
  private JUnitXml() {}

  /** Writes a file with one test case per check; its folder is made. */
  static void write(Path file, String suite, String className, Verdict verdict) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.writeString(file, xml(suite, className, verdict));
  }

  private static String xml(String suite, String className, Verdict verdict) {
    List<Verdict.Check> checks = verdict.checks();
    long failed = checks.stream().filter(check -> !check.passed()).count();
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeStartElement("testsuite");
      xml.writeAttribute("name", suite);
      xml.writeAttribute("tests", String.valueOf(checks.size()));
      xml.writeAttribute("failures", String.valueOf(failed));
      xml.writeAttribute("errors", "0");
      xml.writeAttribute("skipped", "0");
      xml.writeAttribute("time", String.format(Locale.ROOT, "%.3f", verdict.seconds()));
      for (Verdict.Check check : checks) {
        xml.writeStartElement("testcase");
        xml.writeAttribute("name", check.name());
        xml.writeAttribute("classname", className);
        xml.writeAttribute("time", "0");
        xml.writeStartElement(check.passed() ? "system-out" : "failure");
        if (!check.passed()) {
          xml.writeAttribute("message", check.detail());
        }
        xml.writeCharacters(check.detail());
        xml.writeEndElement();
        xml.writeEndElement();
      }
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException(e);
    }
    return text + "\n";
  }
}
