package ai.medr1.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.medr1.core.model.LoadOptions;
import ai.medr1.core.model.QwenVl;
import ai.medr1.data.phantom.PhantomConfig;
import ai.medr1.data.phantom.Phantoms;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command around a study of one task, from the model that the library carries. */
class ExperimentCommandTest {
  @TempDir private Path dir;

  private record Outcome(int code, String out, String err) {}

  private static Outcome medr1(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Medr1.commandLine();
    line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return new Outcome(line.execute(arguments), out.toString(), err.toString());
  }

  @Test
  void saysWhatItWouldDoAndDoesIt() throws IOException {
    String config = prepare();

    Outcome plan = medr1("experiment", "--config", config, "--dry-run");
    assertThat(plan.code()).as(plan.err()).isZero();
    assertThat(plan.out())
        .contains("0 cells done", "2 waiting", "would train 1 models and evaluate 2 cells")
        .containsPattern("Lesion Grading +8 items to train on, +8 to test on");
    assertThat(dir.resolve("out")).doesNotExist();

    Outcome done = medr1("experiment", "--config", config);
    assertThat(done.code()).as(done.err()).isZero();
    assertThat(done.err()).contains("[1/2] untrained, untrained -> Lesion Grading: ", "[2/2] grpo");
    assertThat(done.out()).contains("2 cells done", "grpo over untrained: points gained");

    Outcome again = medr1("experiment", "--config", config);
    assertThat(again).isEqualTo(new Outcome(0, done.out(), ""));
  }

  @Test
  void aMissingSplitIsToldBeforeAnythingIsDone() throws IOException {
    String config = prepare();
    Files.delete(lesions("question_type/test"));

    for (String flag : new String[] {"--dry-run", "--set=seed=42"}) {
      Outcome refused = medr1("experiment", "--config", config, flag);

      assertThat(refused.code()).isEqualTo(1);
      assertThat(refused.out()).isEmpty();
      assertThat(refused.err())
          .contains(
              "data.splits: ", dir.resolve("phantoms/question_type/test") + " has no items of")
          .contains("of Lesion Grading", "found none of them", "set names");
      assertThat(dir.resolve("out")).doesNotExist();
    }
  }

  @Test
  void aMissingModelIsToldBeforeAnythingIsDone() throws IOException {
    Outcome refused = medr1("experiment", "--config", prepare(), "--set=model=nowhere");

    assertThat(refused).isEqualTo(new Outcome(1, "", refused.err()));
    assertThat(refused.err()).contains("nowhere is not a directory");
    assertThat(dir.resolve("out")).doesNotExist();
  }

  @Test
  void failuresAreInTheTableAndInTheExitCode() throws IOException {
    String config = prepare();
    Path tested = lesions("question_type/test");
    Files.writeString(tested, Files.readString(tested).replace(".png", ".gone"));

    Outcome failed = medr1("experiment", "--config", config);

    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.out())
        .contains("0 cells done, 2 failed", "failed: untrained untrained: ", ".gone");
  }

  private Path lesions(String folder) throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve("phantoms").resolve(folder))) {
      return files.filter(f -> f.toString().contains("Grading")).findFirst().orElseThrow();
    }
  }

  @Test
  void warmIsForTheModelThatTheLibraryCarries() {
    Outcome other =
        medr1("init", "--shape", "smoke", "--family", "qwen2-vl", "--warm", "--out", "x");

    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err()).contains("--warm is for --shape quickstart --family qwen2-vl");
  }

  private String prepare() throws IOException {
    Path warm = dir.resolve("warm");
    Outcome init =
        medr1("init", "--shape=quickstart", "--family=qwen2-vl", "--warm", "--out=" + warm);
    assertThat(init.code()).as(init.err()).isZero();
    try (QwenVl model = QwenVl.load(warm, LoadOptions.inference())) {
      assertThat(model.learner().weight("model.norm.weight")).isNotEmpty();
    }
    Phantoms.generate(PhantomConfig.of(3, 1, 1).withImageSize(56), dir.resolve("phantoms"));
    Path config = dir.resolve("study.yaml");
    Files.writeString(
        config,
        """
        model: %s
        out: %s
        kind: task
        names: [lesion_grading]
        data: {splits: %s}
        variants:
          - {name: untrained, train: none, prompt: "{Question} <think> <answer>"}
          - {name: grpo, prompt: "{Question} <think> <answer>"}
        grpo: {maxSteps: 1, sampling: {maxCompletionLength: 4}}
        evaluate: {maxNewTokens: 4}
        """
            .formatted(warm, dir.resolve("out"), dir.resolve("phantoms")));
    return config.toString();
  }
}
