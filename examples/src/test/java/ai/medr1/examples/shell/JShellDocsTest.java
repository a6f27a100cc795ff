package ai.medr1.examples.shell;

import static org.assertj.core.api.Assertions.assertThat;

import ai.medr1.data.Modality;
import ai.medr1.data.phantom.PhantomConfig;
import ai.medr1.data.phantom.Phantoms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.regex.Pattern;
import jdk.jshell.Diag;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tutorial runs as it stands, in a JShell within this process. */
class JShellDocsTest {
  private static final Path PROJECT = Path.of("..");
  private static final Pattern BLOCK =
      Pattern.compile("```java( no-run)?\n(.*?)```", Pattern.DOTALL);

  /** With fewer phantoms, since builds have little time. */
  @Test
  void theTutorialRuns(@TempDir Path few) throws IOException {
    Phantoms.generate(
        PhantomConfig.of(1, 2, 1).withImageSize(84).withModalities(EnumSet.of(Modality.CT)), few);
    String page =
        Files.readString(PROJECT.resolve("docs/jshell.md"))
            .replace("data = phantom();", "data = data(\"%s\");".formatted(few));
    assertThat(page).contains(few.toString());
    List<String> run = new ArrayList<>();
    List<String> compiled = new ArrayList<>();
    BLOCK
        .matcher(page)
        .results()
        .forEach(block -> (block.group(1) == null ? run : compiled).add(block.group(2)));
    assertThat(run).hasSizeGreaterThan(5);

    try (JShell shell = JShell.builder().executionEngine("local").build()) {
      shell.addToClasspath(System.getProperty("java.class.path"));
      evaluate(shell, "import java.util.*; import java.nio.file.*;");
      evaluate(shell, Files.readString(PROJECT.resolve("scripts/startup.jsh")));
      for (String block : run) {
        evaluate(shell, block);
      }
      for (String block : compiled) {
        evaluate(shell, "void compiled() throws Exception {\n%s\n}".formatted(ended(block)));
      }
      assertThat(value(shell, "trained.directory()")).contains("checkpoint-3");
      assertThat(value(shell, "other.directory()")).contains("checkpoint-1");
      assertThat(value(shell, "after.report().items().size()")).isEqualTo("5");
    }
  }

  /** The startup imports whatever users may call; a package that is new has to be told there. */
  @Test
  void theStartupImportsAllPackages() throws IOException {
    String startup = Files.readString(PROJECT.resolve("scripts/startup.jsh"));
    List<String> packages = new ArrayList<>();
    for (String module :
        List.of("medr1-core", "medr1-data", "medr1-eval", "medr1-grpo", "medr1-eval/report")) {
      Path sources = PROJECT.resolve(module).resolve("src/main/java");
      try (var files = Files.walk(sources)) {
        files
            .filter(file -> file.endsWith("package-info.java"))
            .map(file -> sources.relativize(file.getParent()).toString().replaceAll("[/\\\\]", "."))
            .filter(name -> !name.contains("internal") && !name.endsWith("torchscript"))
            .forEach(packages::add);
      }
    }
    assertThat(packages)
        .hasSizeGreaterThan(15)
        .allSatisfy(name -> assertThat(startup).contains("import " + name + ".*;"));
  }

  /** JShell ends an expression by itself, a method does not. */
  private static String ended(String block) {
    return block.replaceAll("(?m)^(ask.*\\))$", "$1;");
  }

  private static String value(JShell shell, String expression) {
    return String.valueOf(shell.eval(expression).get(0).value());
  }

  private static void evaluate(JShell shell, String text) {
    String rest = text;
    while (!rest.isBlank()) {
      var next = shell.sourceCodeAnalysis().analyzeCompletion(rest);
      assertThat(next.source()).as("in " + text).isNotNull();
      shell.eval(next.source()).forEach(event -> requireGood(shell, event));
      rest = next.remaining();
    }
  }

  private static void requireGood(JShell shell, SnippetEvent event) {
    assertThat(event.exception()).as(event.snippet().source()).isNull();
    assertThat(event.status())
        .as(
            event.snippet().source()
                + shell.diagnostics(event.snippet()).map(d -> d.getMessage(null)).toList())
        .isIn(Snippet.Status.VALID, Snippet.Status.OVERWRITTEN, Snippet.Status.DROPPED);
    assertThat(shell.diagnostics(event.snippet()).filter(Diag::isError)).isEmpty();
  }
}
