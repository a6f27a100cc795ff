package ai.medr1.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Runs the program in this JVM, on a tiny model and a few phantoms. */
class Medr1Test {
  private static final int OK = 0;
  private static final int INPUT = 1;
  private static final int USAGE = 2;

  @TempDir private static Path dir;
  private static String model = "";
  private static String phantoms = "";

  /** What a command printed, and its exit code. */
  private record Outcome(int code, String out, String err) {
    void isOneLine(int expectedCode, String... parts) {
      assertThat(code).as(err).isEqualTo(expectedCode);
      assertThat(out).isEmpty();
      assertThat(err.lines()).as(err).hasSize(1);
      assertThat(err).startsWith("medr1: ").contains(parts);
    }
  }

  private static Outcome medr1(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Medr1.commandLine();
    line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int code = line.execute(arguments);
    return new Outcome(code, out.toString(), err.toString());
  }

  @BeforeAll
  static void makeModelAndPhantoms() {
    model = dir.resolve("model").toString();
    phantoms = dir.resolve("phantoms").toString();
    Outcome init = medr1("init", "--shape", "smoke", "--family", "qwen2.5-vl", "--out", model);
    assertThat(init).isEqualTo(new Outcome(OK, model + System.lineSeparator(), ""));
    Outcome drawn =
        medr1("phantom", "--out", phantoms, "--train", "1", "--test", "1", "--size", "56");
    assertThat(drawn.code()).as(drawn.err()).isEqualTo(OK);
    assertThat(drawn.out()).contains("40 training items, 40 test items");
  }

  @Test
  void typesAreWrittenAsInTheHelp() {
    String half = dir.resolve("half").toString();
    Outcome init =
        medr1("init", "--shape", "smoke", "--family", "qwen2-vl", "--dtype", "bf16", "--out", half);
    assertThat(init.code()).as(init.err()).isEqualTo(OK);
  }

  static Stream<String> commands() {
    return Stream.of(
        "quickstart",
        "phantom",
        "audit",
        "init",
        "train",
        "train grpo",
        "train sft",
        "evaluate",
        "compare",
        "generate",
        "report",
        "watch",
        "smoke");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasHelpWithExamples(String command) {
    Outcome help = medr1((command + " --help").split(" "));

    assertThat(help.code()).isEqualTo(OK);
    assertThat(help.out())
        .contains("Usage: medr1 " + command, "Examples:", "  medr1 " + command.split(" ")[0]);
    assertThat(help.out()).contains("Exit codes:", "--verbose");
  }

  @Test
  void helpListsAllCommands() {
    assertThat(medr1("--help").out())
        .contains("quickstart", "phantom", "audit", "init", "train", "evaluate", "generate");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "fly",
        "train",
        "train ppo",
        "init",
        "init --shape smoke --family qwen2-vl",
        "init --shape huge --family qwen2-vl --out x",
        "init --shape smoke --family llava --out x",
        "init --shape smoke --family qwen2-vl --out x --dtype int8",
        "generate --model m --question q --max-new-tokens 0",
        "generate --model m --question q --prompt loud",
        "evaluate --model m --data d --prompt think --out o --limit 0",
        "evaluate --model m --data d --prompt loud --out o",
        "phantom",
        "phantom --images-for splits",
        "audit",
        "watch run --port 65536",
        "watch run --port -1",
        "compare one"
      })
  void aWrongCommandLineSaysWhatIsWrongAndWhereHelpIs(String line) {
    Outcome wrong = medr1(line.isEmpty() ? new String[0] : line.split(" "));

    assertThat(wrong.code()).as(wrong.err()).isEqualTo(USAGE);
    assertThat(wrong.err()).startsWith("medr1: ").contains("Try: medr1", "--help");
    assertThat(wrong.err()).doesNotContain("Exception");
  }

  @Test
  void valuesThatArePossibleAreNamed() {
    assertThat(medr1("init", "--shape", "huge", "--family", "qwen2-vl", "--out", "x").err())
        .contains("smoke, quickstart, mini or 2b");
    assertThat(medr1("init", "--shape", "smoke", "--family", "llava", "--out", "x").err())
        .contains("qwen2-vl", "qwen2.5-vl");
    assertThat(medr1("generate", "--model", "m", "--question", "q", "--prompt", "loud").err())
        .contains("think, no-think, think-after, zero-shot");
    assertThat(medr1("phantoms").err()).contains("medr1 phantom");
  }

  @Test
  void initKeepsWhatIsThere() {
    medr1("init", "--shape", "smoke", "--family", "qwen2-vl", "--out", model)
        .isOneLine(INPUT, model, "is not empty");
  }

  @Test
  void quickstartKeepsWhatIsThere() {
    medr1("quickstart", "--out", model).isOneLine(INPUT, model, "is not empty");
  }

  @Test
  void badInputsAreOneLineWithoutStackTrace() {
    String nowhere = dir.resolve("nowhere").toString();
    medr1("generate", "--model", nowhere, "--question", "q").isOneLine(INPUT, nowhere);
    medr1("generate", "--model", model, "--image", nowhere, "--question", "q")
        .isOneLine(INPUT, nowhere);
    medr1("audit", nowhere).isOneLine(INPUT, nowhere, "does not exist");
    medr1("evaluate", "--model", model, "--data", nowhere, "--prompt", "think", "--out", nowhere)
        .isOneLine(INPUT, nowhere, "does not exist");
    medr1("train", "grpo", "--config", nowhere).isOneLine(INPUT, nowhere);
    assertThat(Path.of(nowhere)).doesNotExist();
  }

  @Test
  void badEvaluationsAreOneLineAndLeaveNothing() throws IOException {
    Path out = dir.resolve("bad-evaluation");
    badEvaluation(phantoms, phantoms, out, "").isOneLine(INPUT, phantoms, "preprocessor_config");
    badEvaluation(model + "no", phantoms, out, "").isOneLine(INPUT, model + "no is not a dir");
    badEvaluation(model, phantoms + "/modality", out, "")
        .isOneLine(INPUT, "is a part of splits", "give the folder that holds it, " + phantoms);
    badEvaluation(model, phantoms, out, "load.device=cuda:99")
        .isOneLine(INPUT, "load.device is cuda:99", "auto or cpu");
    badEvaluation(model, phantoms, out, "samples=1001").isOneLine(INPUT, "samples is at most 1000");
    badEvaluation(model, phantoms, out, "samples=2", "temperature=1e-300")
        .isOneLine(INPUT, "temperature is 0.001 to 1000");
    badEvaluation(model, phantoms, out, "modalities=[ct").isOneLine(INPUT, "[ct is no list");
    assertThat(out).doesNotExist();

    badEvaluation(model, phantoms, out, "maxPixels=9000000000", "minPixels=9000000000")
        .isOneLine(INPUT, "enlarged", "found minPixels 9000000000");
    Path file = Files.createFile(dir.resolve("evaluation-file"));
    badEvaluation(model, phantoms, file, "")
        .isOneLine(INPUT, "cannot write to " + file, "is a file, but a folder is needed");
  }

  private static Outcome badEvaluation(String model, String data, Path out, String... settings) {
    List<String> arguments =
        new ArrayList<>(
            List.of("evaluate", "--model", model, "--data", data, "--prompt", "think", "--out"));
    arguments.add(out.toString());
    Stream.of(settings).filter(s -> !s.isEmpty()).forEach(s -> arguments.add("--set=" + s));
    return medr1(arguments.toArray(String[]::new));
  }

  @Test
  void anImageOfAnExtremeShapeIsNamed() throws IOException {
    Path strip = dir.resolve("strip.png");
    ImageIO.write(new BufferedImage(900, 4, BufferedImage.TYPE_INT_RGB), "png", strip.toFile());
    medr1("generate", "--model", model, "--image", strip.toString(), "--question", "q")
        .isOneLine(INPUT, strip.toString(), "200");
  }

  @Test
  void aFileInThePlaceOfAFolderIsNamed() throws IOException {
    Path file = Files.createFile(dir.resolve("file"));
    medr1("quickstart", "--out", file.toString()).isOneLine(INPUT, file + " is a file");
  }

  @Test
  void verboseShowsTheStackTrace() {
    Outcome wrong = medr1("audit", dir.resolve("nowhere").toString(), "--verbose");

    assertThat(wrong.code()).isEqualTo(INPUT);
    assertThat(wrong.err()).contains("\tat ai.medr1.data.DataFiles");
  }

  @Test
  void generatesAnAnswer() {
    String image = firstImage();

    Outcome answer =
        medr1(
            "generate",
            "--model",
            model,
            "--image",
            image,
            "--image",
            image,
            "--question",
            "Are both the same?",
            "--prompt",
            "no-think",
            "--max-new-tokens",
            "4");

    assertThat(answer.code()).as(answer.err()).isEqualTo(OK);
    assertThat(answer.out()).endsWith(System.lineSeparator());
    assertThat(answer.err()).isEmpty();
  }

  private static String firstImage() {
    try (Stream<Path> files = Files.walk(Path.of(phantoms, "Images"))) {
      return files.filter(Files::isRegularFile).sorted().findFirst().orElseThrow().toString();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void auditsSplits() throws IOException {
    Outcome text = medr1("audit", phantoms);
    Outcome json = medr1("audit", phantoms, "--json");

    assertThat(text.code()).as(text.err()).isEqualTo(OK);
    assertThat(text.err()).as("images are there, so they are looked for").isEmpty();
    assertThat(text.out()).contains("modality/train: 40 items", "missing image: 0");
    JsonNode root = new ObjectMapper().readTree(json.out());
    assertThat(root.at("/splits/0/items").asInt()).isEqualTo(40);
    assertThat(root.at("/splits/0/modalities/CT").asInt()).isEqualTo(5);
  }

  @Test
  void auditMissesImagesOnlyWhereTheyShouldBe() {
    Path elsewhere = dir.resolve("elsewhere");

    Outcome told = medr1("audit", phantoms, "--image-root", elsewhere.toString());
    Path file = Path.of(phantoms, "omnimedvqa", "phantoms.json");
    Outcome untold = medr1("audit", file.toString());

    assertThat(told.out()).contains("missing image: 160");
    assertThat(untold.out()).contains("80 items").doesNotContain("missing image: 80");
    assertThat(untold.err()).contains("--image-root");
  }

  @Test
  void evaluatesASample() throws IOException {
    Path out = dir.resolve("evaluated");

    Outcome table =
        medr1(
            "evaluate",
            "--model",
            model,
            "--data",
            phantoms,
            "--prompt",
            "zero-shot",
            "--limit",
            "6",
            "--out",
            out.toString(),
            "--set",
            "maxNewTokens=4",
            "--set",
            "batch=3");

    assertThat(table.code()).as(table.err()).isEqualTo(OK);
    assertThat(table.out()).contains("Overall", "By modality", "By task");
    assertThat(Files.readAllLines(out.resolve("items.jsonl"))).hasSize(6);
    JsonNode summary = new ObjectMapper().readTree(out.resolve("summary.json").toFile());
    assertThat(summary.at("/overall/n").asInt()).isEqualTo(6);
    assertThat(out.resolve("results.json")).exists();
    JsonNode row =
        new ObjectMapper().readTree(Files.readAllLines(out.resolve("items.jsonl")).get(0));
    assertThat(row.get("dataset").textValue()).isEqualTo("Phantoms");
    assertThat(row.get("prompt").textValue()).isEqualTo("zero-shot");
    assertThat(row.get("leaked").booleanValue()).as("phantoms are never both").isFalse();
    assertThat(Path.of(row.get("imageFile").textValue())).exists();
    assertThat(row.get("tokens").intValue()).isBetween(1, 4);
    JsonNode environment = new ObjectMapper().readTree(out.resolve("environment.json").toFile());
    assertThat(environment.get("seconds").doubleValue()).isPositive();
  }

  private List<JsonNode> rows(String prompt, String... settings) throws IOException {
    Path out = dir.resolve("rows");
    String[] line = {
      "evaluate", "--model", model, "--data", phantoms, "--prompt", prompt, "--limit", "4", "--out"
    };
    Outcome outcome = medr1(with(with(line, out.toString(), "--set", "maxNewTokens=3"), settings));
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(OK);
    List<JsonNode> rows = new ArrayList<>();
    for (String row : Files.readAllLines(out.resolve("items.jsonl"))) {
      rows.add(new ObjectMapper().readTree(row));
    }
    return rows;
  }

  @Test
  void lettersAnswerWithoutText() throws IOException {
    assertThat(rows("zero-shot", "--set", "answer=letters"))
        .hasSize(4)
        .allSatisfy(
            row -> {
              JsonNode letters = row.get("letterProbs");
              assertThat(letters.has(row.get("output").textValue())).isTrue();
              assertThat(row.get("options")).hasSize(letters.size());
              assertThat(row.get("tokens").intValue()).isZero();
            });
  }

  @Test
  void asksWithTheWordsThatATrainingUsed() throws IOException {
    assertThat(rows("Answer in <answer>...</answer>: {Question}"))
        .hasSize(4)
        .allMatch(row -> row.get("prompt").textValue().equals("no-think"));
    List<JsonNode> own = rows("Which letter? {Question}", "--set", "answer=letters");
    List<JsonNode> named = rows("zero-shot", "--set", "answer=letters");
    for (int i = 0; i < 4; i++) {
      assertThat(own.get(i).get("prompt").textValue()).isEqualTo("zero-shot");
      assertThat(own.get(i).get("letterProbs")).isNotEqualTo(named.get(i).get("letterProbs"));
    }
  }

  @Test
  void drawsSamplesBesideTheGreedyAnswer() throws IOException {
    List<JsonNode> greedy = rows("think");
    List<JsonNode> drawn = rows("think", "--set", "samples=2", "--set", "temperature=1");
    for (int i = 0; i < 4; i++) {
      assertThat(drawn.get(i).get("output")).isEqualTo(greedy.get(i).get("output"));
      assertThat(drawn.get(i).get("samples"))
          .hasSize(2)
          .allSatisfy(sample -> assertThat(sample.get("right").isBoolean()).isTrue());
    }
  }

  @Test
  void anEvaluationGoesOn() throws IOException {
    Path out = dir.resolve("gone-on");
    String[] line = {
      "evaluate",
      "--model",
      model,
      "--data",
      phantoms,
      "--prompt",
      "think",
      "--limit",
      "5",
      "--out",
      out.toString(),
      "--set",
      "maxNewTokens=3"
    };
    Outcome first = medr1(line);
    String rows = Files.readString(out.resolve("items.jsonl"));
    String summary = Files.readString(out.resolve("summary.json"));
    Files.writeString(out.resolve("items.jsonl"), rows.substring(0, rows.length() / 2));
    Files.delete(out.resolve("summary.json"));

    Outcome second = medr1(with(line, "--resume", "--set", "batch=2"));

    assertThat(first.code()).as(first.err()).isEqualTo(OK);
    assertThat(second).isEqualTo(first);
    assertThat(
            Files.readString(out.resolve("items.jsonl")).replaceAll("\"answerLogprob\":[^,]+", ""))
        .isEqualTo(rows.replaceAll("\"answerLogprob\":[^,]+", ""));
    assertThat(out.resolve("summary.json")).hasContent(summary.strip());
    medr1(with(line, "--resume", "--set", "maxNewTokens=4"))
        .isOneLine(INPUT, "maxNewTokens 3", "now it is 4");
    medr1(with(line, "--resume", "--train-data", phantoms)).isOneLine(INPUT, "trainData");
  }

  private static String[] with(String[] line, String... more) {
    return Stream.concat(Stream.of(line), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void wrongSettingsOfAnEvaluationNameTheNearestKey() {
    Path out = dir.resolve("never");
    List<String> line =
        List.of(
            "evaluate",
            "--model",
            model,
            "--data",
            phantoms,
            "--prompt",
            "think",
            "--out",
            out.toString(),
            "--set");

    evaluate(line, "maxNewToken=4").isOneLine(INPUT, "maxNewToken=4", "maxNewTokens?");
    evaluate(line, "maxNewTokens=few").isOneLine(INPUT, "maxNewTokens", "a whole number", "few");
    evaluate(line, "maxNewTokens=0").isOneLine(INPUT, "maxNewTokens is positive");
    evaluate(line, "samples=2").isOneLine(INPUT, "samples is 2", "temperature is 0");
    evaluate(line, "temperature=1").isOneLine(INPUT, "temperature is 1.0", "samples is 0");
    evaluate(line, "answer=letters").isOneLine(INPUT, "letters", "think", "zero-shot");
    evaluate(line, "answer=voice").isOneLine(INPUT, "answer", "text", "letters", "voice");
    evaluate(line, "modalities=[pet]").isOneLine(INPUT, "modalities", "ct", "pet");
    assertThat(out).doesNotExist();
  }

  private static Outcome evaluate(List<String> line, String setting) {
    return medr1(Stream.concat(line.stream(), Stream.of(setting)).toArray(String[]::new));
  }

  @Test
  void trainsAndResumes() throws IOException {
    Path config = dir.resolve("grpo.yaml");
    Path run = dir.resolve("run");
    Files.writeString(
        config,
        "model: %s\nout: %s\nmaxSteps: 1\ngroup: 2\ndata: {splits: %s}\nsampling: {maxCompletionLength: 4}\n"
            .formatted(model, run, phantoms));
    String[] line = {"train", "grpo", "--config", config.toString()};

    Outcome first = medr1(line);
    Outcome again = medr1(line);
    Outcome resumed =
        medr1("train", "grpo", "--config", config.toString(), "--set", "maxSteps=2", "--resume");

    assertThat(first.code()).as(first.err()).isEqualTo(OK);
    assertThat(first.out()).isEqualTo(run.resolve("checkpoint-1") + System.lineSeparator());
    again.isOneLine(INPUT, run.toString(), "--resume");
    assertThat(resumed.out()).isEqualTo(run.resolve("checkpoint-2") + System.lineSeparator());
    assertThat(Files.readAllLines(run.resolve("metrics.jsonl"))).hasSize(2);
    assertThat(run.resolve("environment.json")).content().contains("\"seconds\" : ");
    assertThat(run.resolve("completions.jsonl")).content().contains("\"imageFile\":");
  }

  @Test
  void trainsOnSolutions() throws IOException {
    Path config = dir.resolve("sft.yaml");
    Path run = dir.resolve("sft");
    Files.writeString(
        config,
        "model: %s\nout: %s\nmaxSteps: 1\nbatch: 2\naccumulation: 1\ndata: {splits: %s, prompt: no-think}\n"
            .formatted(model, run, phantoms));

    Outcome trained = medr1("train", "sft", "--config", config.toString());

    assertThat(trained.code()).as(trained.err()).isEqualTo(OK);
    assertThat(trained.out()).isEqualTo(run.resolve("checkpoint-1") + System.lineSeparator());
  }

  @Test
  void configurationsThatLackSomethingSayWhat() throws IOException {
    Path config = dir.resolve("empty.yaml");
    Files.writeString(config, "group: 4\n");
    String file = config.toString();

    medr1("train", "grpo", "--config", file).isOneLine(INPUT, file, "model is missing");
    medr1("train", "sft", "--config", file).isOneLine(INPUT, file + ":1", "unknown key group");
    medr1("train", "grpo", "--config", file, "--set", "model=m", "--set", "out=o")
        .isOneLine(INPUT, file, "data.splits is missing");
    medr1("train", "grpo", "--config", file, "--set", "groop=4").isOneLine(INPUT, "group?");
  }

  @ParameterizedTest
  @ValueSource(strings = {"grpo-smoke", "grpo-ct"})
  void sampleConfigurationsOfGrpoAreValid(String name) {
    String file = Path.of("configs", name + ".yaml").toString();

    medr1("train", "grpo", "--config", file, "--set", "data.splits=nowhere")
        .isOneLine(INPUT, "nowhere");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sft-smoke", "sft-ct"})
  void sampleConfigurationsOfSftAreValid(String name) {
    String file = Path.of("configs", name + ".yaml").toString();

    medr1("train", "sft", "--config", file, "--set", "data.splits=nowhere")
        .isOneLine(INPUT, "nowhere");
  }

  @Test
  void drawsStandInsForASplit() {
    Path root = dir.resolve("stand-ins");
    Path split = Path.of(phantoms, "question_type", "test", "Lesion Grading_test.json");
    String[] line = {
      "phantom", "--images-for", split.toString(), "--out", root.toString(), "--size", "56"
    };

    assertThat(medr1(line).out()).contains("8 images drawn");
    assertThat(medr1(line).out()).contains("0 images drawn", "8 were there already");
  }

  @Test
  void drawsAContactSheet() {
    Path sheet = dir.resolve("sheet.png");

    Outcome drawn = medr1("phantom", "--sheet", sheet.toString(), "--size", "28");

    assertThat(drawn.code()).as(drawn.err()).isEqualTo(OK);
    assertThat(sheet).isNotEmptyFile();
  }
}
