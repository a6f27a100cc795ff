package ai.medr1.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code audit --fail-on}, {@code help}: what continuous integration calls. */
class GatesTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int medr1(String... arguments) {
    CommandLine line = Medr1.commandLine();
    return line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(arguments);
  }

  /** An item without its image whose answer is none of the options. */
  private static String faulty(Path dir) throws IOException {
    Path file = dir.resolve("items.json");
    Files.writeString(
        file,
        """
        [{"image": "nowhere.png", "problem": "Which organ? A)Liver, B)Kidney", "solution": "<answer> C </answer>"}]
        """);
    return file.toString();
  }

  @Test
  void allProblemsOfAnItemAreCountedAndGated(@TempDir Path dir) throws IOException {
    String data = faulty(dir);

    assertThat(medr1("audit", data, "--fail-on", "missing,answer,options")).isEqualTo(4);
    assertThat(out.toString())
        .contains("missing image: 1", "answer not among options: 1", "no options: 0");
    assertThat(err.toString())
        .contains("--fail-on missing: 1 items", "--fail-on answer: 1 items")
        .doesNotContain("--fail-on options");
  }

  @Test
  void gatesThatHoldEndWellAndUnknownOnesAreNamed(@TempDir Path dir) throws IOException {
    String data = faulty(dir);
    assertThat(medr1("audit", data, "--fail-on", "clipped,leak")).isZero();
    assertThat(medr1("audit", data, "--fail-on", "lek")).isEqualTo(2);
    assertThat(err.toString()).contains("leak, missing", "found 'lek'");
  }

  @Test
  void helpIsThatOfTheCommand() {
    assertThat(medr1("help", "audit")).isZero();
    assertThat(out.toString()).contains("Usage: medr1 audit", "--fail-on");
  }

  @Test
  void examplesCanBePasted() {
    all(Medr1.commandLine())
        .filter(command -> command.getCommand().getClass().getName().startsWith("ai.medr1"))
        .forEach(
            command ->
                assertThat(command.getCommandSpec().usageMessage().footer())
                    .allSatisfy(line -> assertThat(line.length()).as(line).isLessThan(80)));
  }

  private static Stream<CommandLine> all(CommandLine command) {
    return Stream.concat(
        Stream.of(command), command.getSubcommands().values().stream().flatMap(GatesTest::all));
  }

  @Test
  void aMistypedOptionIsNamedWithTheNearest() {
    assertThat(medr1("evaluate", "--modle", "m")).isEqualTo(2);
    assertThat(err.toString()).contains("Unknown option: '--modle'", "--model");
  }
}
