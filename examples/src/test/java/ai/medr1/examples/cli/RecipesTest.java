package ai.medr1.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Every recipe makes two steps on phantoms with a small model. */
class RecipesTest {
  private static final Path RECIPES = Path.of("recipes");

  /** What a recipe needs of the world, and sizes that a small model is fast with. */
  private static final List<String> SMALL =
      List.of(
          "maxSteps=2",
          "batch=2",
          "accumulation=1",
          "data.images=",
          "load.device=cpu",
          "load.dtype=float32",
          "load.recompute=false");

  private static final List<String> SMALL_GROUPS =
      List.of("group=2", "sampling.maxCompletionLength=4");

  @TempDir private static Path dir;
  private static Path model;
  private static Path phantoms;

  private record Outcome(int code, String out, String err) {}

  private static Outcome medr1(List<String> arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Medr1.commandLine();
    line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return new Outcome(
        line.execute(arguments.toArray(String[]::new)), out.toString(), err.toString());
  }

  @BeforeAll
  static void makeModelAndPhantoms() {
    model = dir.resolve("model");
    phantoms = dir.resolve("phantoms");
    medr1(List.of("init", "--shape=smoke", "--family=qwen2-vl", "--out=" + model));
    medr1(List.of("phantom", "--out=" + phantoms, "--train=1", "--test=1", "--size=56"));
  }

  static Stream<String> names() {
    return RecipesCommand.NAMES.stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void makesTwoSteps(String name) throws IOException {
    Path run = dir.resolve(name);
    List<String> settings = new ArrayList<>(SMALL);
    settings.addAll(List.of("model=" + model, "out=" + run, "data.splits=" + phantoms));
    String kind = name.equals("sft") ? "sft" : "grpo";
    if (kind.equals("grpo")) {
      settings.addAll(SMALL_GROUPS);
    }
    List<String> arguments = new ArrayList<>(List.of("train", kind));
    arguments.addAll(List.of("--config", RECIPES.resolve(name + ".yaml").toString()));
    settings.forEach(setting -> arguments.add("--set=" + setting));

    Outcome done = medr1(arguments);

    assertThat(done.code()).as(done.err()).isZero();
    assertThat(Files.readAllLines(run.resolve("metrics.jsonl"))).hasSize(2);
  }

  @Test
  void theCommandListsAndPrintsAllThatThereAre() throws IOException {
    Outcome list = medr1(List.of("recipes"));
    assertThat(list.code()).isZero();
    try (Stream<Path> files = Files.list(RECIPES)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString().replace(".yaml", "");
        String text = Files.readString(file);
        assertThat(list.out()).contains(name, text.lines().findFirst().orElse("").substring(2));
        assertThat(medr1(List.of("recipes", name)).out()).isEqualTo(text);
      }
    }
    Outcome wrong = medr1(List.of("recipes", "dappo"));
    assertThat(wrong.code()).isEqualTo(1);
    assertThat(wrong.err()).contains("there is no recipe dappo");
  }
}
