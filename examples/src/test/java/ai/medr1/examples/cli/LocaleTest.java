package ai.medr1.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program, started without its launcher in the locale C, in which the JVM knows ASCII alone.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class LocaleTest {
  private static final String[] NAMED = {"ANSI_X3.4-1968", "LC_ALL=C.UTF-8"};

  @TempDir Path dir;

  private record Outcome(int code, String text) {}

  private Outcome run(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Medr1.class.getName()));
    command.addAll(Arrays.asList(arguments));
    return run(command, Map.of("LC_ALL", "C"));
  }

  private Outcome run(List<String> command, Map<String, String> environment) throws Exception {
    Path said = dir.resolve("said.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
    builder.environment().keySet().removeIf(name -> name.equals("LANG") || name.startsWith("LC_"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Outcome(
        process.exitValue(), new String(Files.readAllBytes(said), StandardCharsets.UTF_8));
  }

  @Test
  void argumentsWhoseLettersAreLostAreRefused() throws Exception {
    Outcome refused = // sh makes the bytes, which this JVM might not be able to
        run(
            List.of(
                "sh",
                "-c",
                "exec \"$0\" -cp \"$1\" ai.medr1.examples.cli.Medr1 audit \"$(printf"
                    + " '\\350\\202\\272')\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                System.getProperty("java.class.path")),
            Map.of("LC_ALL", "C"));

    assertThat(refused.code()).as(refused.text()).isEqualTo(2);
    assertThat(refused.text()).startsWith("medr1: the argument").contains(NAMED);
  }

  @Test
  void pathsInConfigurationsNameTheLocaleAndAreShown() throws Exception {
    Path config = dir.resolve("c.yaml");
    Files.writeString(config, "model: m\r\nout: runs/\u80ba\r\n", StandardCharsets.UTF_8);

    Outcome refused = run("train", "grpo", "--config", config.toString());

    assertThat(refused.code()).as(refused.text()).isEqualTo(1);
    assertThat(refused.text())
        .startsWith("medr1: " + config + ":2: out: expected a path")
        .contains(NAMED)
        .contains("runs/\u80ba");
  }

  @Test
  void imagesOfDataNameTheLocale() throws Exception {
    String item =
        "[{\"image\": \"Images/\u80ba \u00e90.png\", \"problem\": \"Which? A)x, B)y\","
            + " \"solution\": \"<answer> A </answer>\"}]";
    Path data = Files.writeString(dir.resolve("q.json"), item, StandardCharsets.UTF_8);

    Outcome refused = run("audit", data.toString());

    assertThat(refused.code()).as(refused.text()).isEqualTo(1);
    assertThat(refused.text()).contains("\u80ba \u00e90.png").contains(NAMED);
  }

  @Test
  void theEnvironmentOfTheLaunchersKnowsUnicode() throws Exception {
    Path environment = Path.of("..").resolve("scripts/environment");
    for (Map<String, String> locale :
        List.of(
            Map.<String, String>of(),
            Map.of("LC_ALL", "C"),
            Map.of("LC_ALL", "POSIX"),
            Map.of("LANG", "xx_XX.UTF-8"),
            Map.of("LC_ALL", "C", "LC_NUMERIC", "xx_XX"),
            Map.of("LC_CTYPE", "C", "LANG", "C.UTF-8"))) {
      Outcome said =
          run(
              List.of(
                  "bash",
                  "-euo",
                  "pipefail",
                  "-c",
                  "source \"$0\"; locale charmap",
                  script(environment)),
              locale);
      assertThat(said.text().strip()).as(locale.toString()).isEqualTo("UTF-8");
    }
  }

  @Test
  void theEnvironmentOfTheLaunchersKeepsWhatIsSet() throws Exception {
    Path environment = Path.of("..").resolve("scripts/environment");
    String show =
        "source \"$0\"; echo \"${OMP_WAIT_POLICY:-} ${GOMP_SPINCOUNT:-} ${LC_ALL:-} $LANG\"";
    List<String> command = List.of("bash", "-euo", "pipefail", "-c", show, script(environment));

    assertThat(run(command, Map.of("LANG", "C.UTF-8")).text()).startsWith("passive");
    assertThat(run(command, Map.of("LANG", "C.UTF-8", "GOMP_SPINCOUNT", "7")).text())
        .isEqualTo(" 7  C.UTF-8\n");
    assertThat(
            run(command, Map.of("LANG", "C", "LC_ALL", "C.UTF-8", "OMP_WAIT_POLICY", "active"))
                .text())
        .isEqualTo("active  C.UTF-8 C\n");
  }

  private static String script(Path environment) throws IOException {
    return environment.toRealPath().toString();
  }
}
