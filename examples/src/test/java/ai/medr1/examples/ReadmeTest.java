package ai.medr1.examples;

import static org.assertj.core.api.Assertions.assertThat;

import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.RandomCheckpoint;
import ai.medr1.core.checkpoint.Shape;
import ai.medr1.core.config.Family;
import ai.medr1.data.phantom.PhantomConfig;
import ai.medr1.data.phantom.Phantoms;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Code in the documentation is compiled as it stands, and what is a program is run. */
class ReadmeTest {
  /** Tests run in the folder of the module. */
  private static final Path PROJECT = Path.of("..");

  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Path EMBEDDING =
      PROJECT.resolve("examples/embedding/src/main/java/example/Embedding.java");

  @TempDir Path dir;

  private static List<String> blocks(String page) throws IOException {
    Matcher blocks = JAVA.matcher(Files.readString(PROJECT.resolve(page)));
    return blocks.results().map(block -> block.group(1)).toList();
  }

  private Class<?> compile(Path file, String name) throws IOException, ClassNotFoundException {
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-proc:none", "-d", dir.toString(), file.toString());
    assertThat(code).as("javac's exit code, see above").isZero();
    URL[] classes = {dir.toUri().toURL()};
    return new URLClassLoader(classes, getClass().getClassLoader()).loadClass(name);
  }

  /** Calls {@code main} with a directory. */
  private static void run(Class<?> program, Path directory) throws ReflectiveOperationException {
    Method main = program.getDeclaredMethod("main", String[].class);
    main.setAccessible(true);
    main.invoke(null, (Object) new String[] {directory.toString()});
  }

  @Test
  void theProgramOfTheReadmeTrainsAndEvaluates() throws Exception {
    List<String> blocks = blocks("README.md");
    assertThat(blocks).hasSize(1);
    Path file = Files.writeString(dir.resolve("Train.java"), blocks.get(0));
    new RandomCheckpoint(Shape.SMOKE, Family.QWEN2_VL, Optional.empty(), DType.F32, 1)
        .write(dir.resolve("model"));
    Phantoms.generate(PhantomConfig.of(1, 1, 1).withImageSize(56), dir.resolve("phantoms"));

    run(compile(file, "Train"), dir);

    try (Stream<String> rows = Files.lines(dir.resolve("run/metrics.jsonl"))) {
      assertThat(rows).hasSize(20);
    }
  }

  @Test
  void theProgramThatEmbedsRuns() throws Exception {
    run(compile(EMBEDDING, "example.Embedding"), dir.resolve("work"));

    assertThat(dir.resolve("work/run/checkpoint-3")).isDirectory();
    assertThat(dir.resolve("work/cancelled/checkpoint-1")).doesNotExist();
  }

  @Test
  void thePageAboutEmbeddingShowsIt() throws IOException {
    String program = flat(Files.readString(EMBEDDING));
    assertThat(blocks("docs/embedding.md"))
        .hasSizeGreaterThan(3)
        .allSatisfy(block -> assertThat(program).contains(flat(block)));
  }

  /** Without indentation. */
  private static String flat(String text) {
    return text.replaceAll("(?m)^ +", "").strip();
  }
}
