package ai.medr1.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
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
