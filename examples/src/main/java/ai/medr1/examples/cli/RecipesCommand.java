package ai.medr1.examples.cli;

import ai.medr1.core.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the recipes, or prints one. */
@Command(
    name = "recipes",
    description = {
      "Lists configurations for Med-R1 and for other published methods, with what they need, or"
          + " prints one of them.",
      "docs/methods.md says what the methods are."
    },
    footer = {"  medr1 recipes", "  medr1 recipes dapo > dapo.yaml"})
final class RecipesCommand implements Callable<Integer> {
  /** In examples/recipes, which the build packs; a test holds that none is missing. */
  static final List<String> NAMES =
      List.of(
          "med-r1-think",
          "med-r1-no-think",
          "med-r1-lora",
          "dr-grpo",
          "dapo",
          "gspo",
          "gdpo",
          "rarl",
          "sft");

  @Spec private CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "The recipe to print.")
  private Optional<String> name = Optional.empty();

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (name.isPresent()) {
      out.print(text(name.get()));
      return 0;
    }
    for (String recipe : NAMES) {
      List<String> head = text(recipe).lines().limit(3).map(line -> line.substring(2)).toList();
      out.printf("%-16s %s%n", recipe, head.get(0));
      out.printf("%-16s %s%n", "", head.get(1));
      out.printf("%-16s %s%n", "", head.get(2));
    }
    return 0;
  }

  private static String text(String name) throws IOException {
    if (!NAMES.contains(name)) {
      throw new InputException(
          "there is no recipe %s; there are %s".formatted(name, String.join(", ", NAMES)));
    }
    try (InputStream file =
        RecipesCommand.class.getResourceAsStream("/recipes/" + name + ".yaml")) {
      if (file == null) {
        throw new IllegalStateException("the recipe " + name + " is not packed");
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
