package ai.medr1.examples.cli;

import ai.medr1.core.Folders;
import ai.medr1.core.config.Family;
import ai.medr1.grpo.Recipe;
import ai.medr1.grpo.check.SmallTraining;
import ai.medr1.grpo.check.TrainingCheck;
import ai.medr1.grpo.check.Verdict;
import ai.medr1.grpo.metrics.StepReport;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains something small and checks that it learns. */
@Command(
    name = "smoke",
    description = {
      "Trains a small new model with GRPO for 20 steps and checks that the reward rises, that loss,"
          + " KL divergence and gradients are finite, and that the same seed gives the same losses."
          + " Takes less than a minute on two cores; ends with 4 where anything does not hold.",
      "With --threads 1, the default, numbers do not depend on how many cores there are. With more"
          + " threads, and on processors with other instructions, they differ in the last digits."
    },
    footer = {
      "  medr1 smoke",
      "  medr1 smoke --junit target/smoke.xml",
      "  medr1 smoke --family qwen2.5-vl --seed 7 --json"
    })
final class SmokeCommand implements Callable<Integer> {
  private static final double RISE = 0.1;
  private static final int REPEATED = 2;

  @Spec private CommandSpec spec;

  @Option(
      names = "--family",
      converter = Converters.OfFamily.class,
      paramLabel = "FAMILY",
      defaultValue = "qwen2-vl",
      description = "qwen2-vl (default) or qwen2.5-vl.")
  private Family family;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Decides weights, phantoms, their order and all samples; default 1.")
  private long seed;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Threads that compute; default 1, 0 for as many as there are cores.")
  private int threads;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "A new directory that keeps all files; without it they are deleted.")
  private Optional<Path> out = Optional.empty();

  @Option(names = "--junit", paramLabel = "FILE", description = "Write the checks as JUnit XML.")
  private Optional<Path> junit = Optional.empty();

  @Option(names = "--json", description = "Print everything as one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (threads < 0) {
      throw new ParameterException(
          spec.commandLine(), "--threads is 0 or positive, found " + threads);
    }
    return Interrupts.heeding(spec.commandLine().getErr(), this::smoke);
  }

  private int smoke() throws IOException {
    Verdict verdict;
    if (out.isPresent()) {
      Outputs.requireEmpty(out.get());
      verdict = check(out.get());
    } else {
      Path temporary = Files.createTempDirectory("medr1-smoke");
      try {
        verdict = check(temporary);
      } finally {
        Folders.delete(temporary);
      }
    }
    if (junit.isPresent()) {
      JUnitXml.write(junit.get(), "medr1 smoke", "medr1.smoke." + name(), verdict);
    }
    PrintWriter stdout = spec.commandLine().getOut();
    if (json) {
      stdout.println(json(verdict));
    } else {
      stdout.print(text(verdict));
    }
    return verdict.passed() ? 0 : Failures.DOES_NOT_HOLD;
  }

  private Verdict check(Path dir) throws IOException {
    SmallTraining training = SmallTraining.make(dir, family, seed, threads);
    return new TrainingCheck(
            training.config(), training.items(), Recipe.of(training.config()), RISE, REPEATED)
        .run(this::tell);
  }

  private void tell(StepReport step) {
    PrintWriter err = spec.commandLine().getErr();
    err.printf(
        Locale.ROOT,
        "step %d/%d  reward %.2f  kl %.3f  loss %.4f%n",
        step.step(),
        step.totalSteps(),
        step.metrics().get("reward"),
        step.metrics().get("kl"),
        step.metrics().get("loss"));
    err.flush();
  }

  private String name() {
    return family == Family.QWEN2_VL ? "qwen2-vl" : "qwen2.5-vl";
  }

  private String text(Verdict verdict) {
    StringBuilder text = new StringBuilder();
    for (Verdict.Check check : verdict.checks()) {
      text.append(
          "%-4s  %-18s %s%n"
              .formatted(check.passed() ? "ok" : "FAIL", check.name(), check.detail()));
    }
    return text.append(
            String.format(
                Locale.ROOT,
                "%s: %s, seed %d, %s, %d steps in %.0f s%n",
                verdict.passed() ? "passed" : "FAILED",
                name(),
                seed,
                threads == 1
                    ? "1 thread (the same numbers on any number of cores)"
                    : (threads == 0 ? "all cores" : threads + " threads")
                        + " (the last digits depend on that)",
                verdict.rewards().size(),
                verdict.seconds()))
        .toString();
  }

  private String json(Verdict verdict) {
    ObjectNode root =
        new ObjectMapper()
            .createObjectNode()
            .put("passed", verdict.passed())
            .put("family", name())
            .put("seed", seed)
            .put("threads", threads)
            .put("seconds", verdict.seconds());
    ArrayNode checks = root.putArray("checks");
    for (Verdict.Check check : verdict.checks()) {
      checks
          .addObject()
          .put("name", check.name())
          .put("passed", check.passed())
          .put("detail", check.detail());
    }
    verdict.rewards().forEach(root.putArray("rewards")::add);
    verdict.losses().forEach(root.putArray("losses")::add);
    return root.toPrettyString();
  }
}
