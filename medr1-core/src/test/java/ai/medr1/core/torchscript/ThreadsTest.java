package ai.medr1.core.torchscript;

import static org.assertj.core.api.Assertions.assertThat;

import ai.medr1.core.model.LoadOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ThreadsTest {
  @TempDir Path temp;

  /** A program that embeds the library: loads libtorch by asking for the options of a model. */
  public static final class Program {
    private Program() {}

    public static void main(String[] args) {
      LoadOptions.inference();
      Threads.use(Integer.parseInt(args[0]));
      System.out.println("threads " + ai.djl.pytorch.jni.JniUtils.getNumThreads());
    }
  }

  /** What it prints, OpenMP's settings among it, in an environment that says nothing else. */
  private String run(int threads, Map<String, String> environment) throws Exception {
    Path said = temp.resolve("said.txt");
    ProcessBuilder program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName(),
                Integer.toString(threads))
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    List.of("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME", "OMP_NUM_THREADS")
        .forEach(program.environment()::remove);
    program.environment().put("OMP_DISPLAY_ENV", "VERBOSE");
    program.environment().putAll(environment);
    Process process = program.start();
    try {
      assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new String(Files.readAllBytes(said), StandardCharsets.UTF_8);
  }

  @Test
  @Timeout(120)
  @EnabledOnOs(OS.LINUX)
  void waitingThreadsSleepInProgramsThatSetNothing() throws Exception {
    assertThat(run(0, Map.of())).contains("OMP_WAIT_POLICY = 'PASSIVE'", "GOMP_SPINCOUNT = '0'");
  }

  @Test
  @Timeout(120)
  @EnabledOnOs(OS.LINUX)
  void whatTheEnvironmentSaysStays() throws Exception {
    assertThat(run(0, Map.of("GOMP_SPINCOUNT", "4321", "OMP_NUM_THREADS", "1")))
        .contains("GOMP_SPINCOUNT = '4321'", "threads 1");
    assertThat(run(2, Map.of("OMP_NUM_THREADS", "1"))).contains("threads 2");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 64, false, 2, 2", // a container with two of 64 cores
    "0, 2, false, 2, 2",
    "0, 1, true, 8, 1",
    "0, 8, true, 2, 8",
    "3, 8, true, 2, 3",
    "6, 2, false, 2, 6"
  })
  void threadsAreThoseWantedElseThoseThatMayBeUsed(
      int wanted, int now, boolean told, int available, int chosen) {
    assertThat(Threads.chosen(wanted, now, told, available)).isEqualTo(chosen);
  }

  /**
   * What Java calls of libtorch, of the tokenizers and of the system is there for every platform.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "jnilib/linux-x86_64/cpu/libdjl_torch.so",
        "jnilib/linux-x86_64/cu128/libdjl_torch.so",
        "jnilib/linux-aarch64/cpu/libdjl_torch.so",
        "jnilib/osx-aarch64/cpu/libdjl_torch.dylib",
        "jnilib/win-x86_64/cpu/djl_torch.dll",
        "jnilib/win-x86_64/cu128/djl_torch.dll",
        "native/lib/linux-x86_64/cpu/libtokenizers.so",
        "native/lib/linux-aarch64/cpu/libtokenizers.so",
        "native/lib/osx-aarch64/cpu/libtokenizers.dylib",
        "native/lib/win-x86_64/cpu/tokenizers.dll",
        "com/sun/jna/linux-x86-64/libjnidispatch.so",
        "com/sun/jna/linux-aarch64/libjnidispatch.so",
        "com/sun/jna/darwin-aarch64/libjnidispatch.jnilib",
        "com/sun/jna/win32-x86-64/jnidispatch.dll"
      })
  void nativeLibrariesAreThereForEveryPlatform(String name) {
    assertThat(ClassLoader.getSystemResource(name)).as(name).isNotNull();
  }
}
