package ai.medr1.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launchers for Windows, which no build runs, say what the others say. */
class LaunchersTest {
  private static final Path SCRIPTS = Path.of("../scripts");

  private static String text(String... names) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String name : names) {
      text.append(Files.readString(SCRIPTS.resolve(name)));
    }
    return text.toString();
  }

  @Test
  void bothStartTheSameProgram() throws IOException {
    String unix = text("medr1", "runtime", "environment");
    String windows = text("medr1.cmd", "runtime.cmd");
    for (String part :
        List.of(
            Medr1.class.getName(),
            "-Xms64m",
            "-Djava.awt.headless=true",
            "--enable-native-access=ALL-UNNAMED",
            "runtime.classpath",
            "launcher.stamp",
            "-pl examples -am -Dmaven.test.skip=true package",
            "OMP_WAIT_POLICY=passive",
            "KMP_BLOCKTIME=0",
            "GOMP_SPINCOUNT",
            "OPT_OUT_TRACKING=true",
            "JAVA_HOME")) {
      assertThat(unix).contains(part);
      assertThat(windows).contains(part);
    }
  }

  /** In CI and in pipes there is none; a java that only tells what it was asked stands in. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theProgramStartsWithoutATerminal(@TempDir Path dir) throws Exception {
    Path target = Files.createDirectories(dir.resolve("examples/target"));
    Path scripts = Files.createDirectories(dir.resolve("scripts"));
    for (String name : List.of("medr1", "runtime", "environment")) {
      Files.copy(SCRIPTS.resolve(name), scripts.resolve(name));
    }
    Files.createFile(dir.resolve("pom.xml"));
    Path jar = Files.createFile(target.resolve("some.jar"));
    Files.writeString(target.resolve("runtime.classpath"), jar.toString());
    Files.createFile(target.resolve("launcher.stamp"));
    Path java = Files.createDirectories(dir.resolve("jdk/bin")).resolve("java");
    Files.writeString(
        java,
        """
        #!/bin/sh
        if [ "$1" = -version ]; then echo 'openjdk version "17.0.1"' >&2; else echo "$@"; fi
        """);
    assertThat(java.toFile().setExecutable(true)).isTrue();
    ProcessBuilder launcher =
        new ProcessBuilder("bash", scripts.resolve("medr1").toString(), "help");
    launcher.environment().put("JAVA_HOME", dir.resolve("jdk").toString());
    Process started = launcher.redirectErrorStream(true).start();
    String said = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(started.waitFor()).as(said).isZero();
    assertThat(said).contains("-Dmedr1.terminal=false", "-Dmedr1.columns=80", "Medr1 help");
  }

  /** What GNU's tools and newer shells know, and those of macOS do not. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "medr1",
        "jshell",
        "runtime",
        "environment",
        "make-warm-start",
        "check-platforms",
        "bench/evaluate",
        "bench/grpo-step",
        "bench/jmh",
        "../.ci/run"
      })
  void launchersUseWhatMacOsHas(String name) throws IOException {
    Pattern unknown =
        Pattern.compile(
            "readlink -f|-quit|sed -i|grep -\\w*P|find -|date -d|stat -c|mktemp -p|xargs"
                + " -r|mapfile|readarray|declare -A|local -n|\\$\\{\\w+(,,|\\^\\^|@)|\\|&|&>>|wait"
                + " -n|coproc");

    assertThat(text(name)).doesNotContainPattern(unknown).doesNotContain("\r");
  }
}
