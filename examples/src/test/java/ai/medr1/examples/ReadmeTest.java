package ai.medr1.examples;

import static org.assertj.core.api.Assertions.assertThat;

import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.RandomCheckpoint;
import ai.medr1.core.checkpoint.Shape;
import ai.medr1.core.config.Family;
import ai.medr1.data.Splits;
import ai.medr1.data.phantom.PhantomConfig;
import ai.medr1.data.phantom.Phantoms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {
  /** Tests run in the folder of the module. */
  private static final Path PROJECT = Path.of("..");

  private static final Path PROGRAM = Path.of("src/main/java/ai/medr1/examples/FirstSteps.java");

  @Test
  void showsCodeThatCompiles() throws IOException {
    List<String> readme = Files.readAllLines(PROJECT.resolve("README.md"));
    int start = readme.indexOf("```java");
    assertThat(start).as("a block of Java in the README").isPositive();
    int end = start + readme.subList(start, readme.size()).indexOf("```");
    List<String> shown = readme.subList(start + 1, end);

    assertThat(shown).hasSizeBetween(5, 24);
    assertThat(flat(Files.readAllLines(PROGRAM))).contains(flat(shown));
  }

  @Test
  void showsCodeThatTrainsAndEvaluates(@TempDir Path dir) throws IOException {
    Path model = dir.resolve("model");
    new RandomCheckpoint(Shape.SMOKE, Family.QWEN2_VL, Optional.empty(), DType.F32, 1).write(model);
    PhantomConfig few = PhantomConfig.of(1, 1, 1).withImageSize(56);
    Splits splits = Phantoms.generate(few, dir.resolve("phantoms"));

    var report = FirstSteps.trainAndEvaluate(model, splits, dir.resolve("run"), 1);

    assertThat(report.overall().n()).isEqualTo(40);
    assertThat(report.byModality()).hasSize(8);
  }

  /** Without indentation. */
  private static String flat(List<String> lines) {
    return lines.stream().map(String::strip).collect(Collectors.joining("\n"));
  }
}
