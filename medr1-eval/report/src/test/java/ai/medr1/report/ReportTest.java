package ai.medr1.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  @TempDir Path dir;

  @Test
  void publishedMatricesAreOnThePageNumberByNumber() throws IOException {
    String page = page(Runs.published(dir.resolve("figures.json")));
    assertThat(page)
        .contains(">+1.24<", ">−10.32<", ">+16.94<", ">0.00<", "Modality improvement")
        .contains("Training curves: reward rises", "Source: made up");
  }

  @Test
  void evaluationsAreComparedWithTheFirst() throws IOException {
    Path before = Runs.evaluation(dir.resolve("before"), 0.4);
    Path after = Runs.evaluation(dir.resolve("after"), 0.8);
    String page = page(before, after);
    assertThat(page)
        .contains("Accuracy by modality", "Accuracy by task", "Improvement, after over before")
        .contains("Optical Coherence Tomography", "Lesion Grading", "All statistics, after")
        .contains("data:image/png;base64,", "batch: 8")
        .contains("Paired test, after against before", "only before", "Holm")
        .contains("Accuracy by place of the right answer", "How often each place is chosen")
        .contains("Calibration, before: expected error", "the right answers");
  }

  @Test
  void evaluationsOfOtherItemsAreNotPaired() throws IOException {
    Path before = Runs.evaluation(dir.resolve("before"), 0.4);
    Path after = Runs.evaluation(dir.resolve("after"), 0.8);
    List<String> rows = Files.readAllLines(after.resolve("items.jsonl"));
    Files.write(after.resolve("items.jsonl"), rows.subList(0, 30));
    assertThat(page(before, after))
        .contains("No paired test of before and after", "30 are in both", "Improvement, after")
        .doesNotContain("Paired test, after against before");
  }

  @Test
  void experimentsHaveMapsImprovementsCurvesAndCells() throws IOException {
    String page = page(Runs.experiment(dir.resolve("study")));
    assertThat(page)
        .contains("Accuracy, grpo-think", "Accuracy, zero-shot")
        .contains("Improvement, grpo-think over sft", "Improvement, sft over zero-shot")
        .contains("an item counts once per model", "several times elsewhere")
        .contains("Training curves, sft", "19 of 21 cells are done, 1 failed")
        .contains("running", Html.escape(Runs.HOSTILE))
        .doesNotContain(Runs.HOSTILE);
  }

  @Test
  void theFirstScreenSaysWhetherItHelpedAndWhatItCost() throws IOException {
    Path before = Runs.evaluation(dir.resolve("before"), 0.2);
    Path after = Runs.evaluation(dir.resolve("after"), 0.9);
    Path run = Runs.training(dir.resolve("grpo"), 20);
    assertThat(page(before, after, run))
        .contains("At a glance", "Did it help?", "Yes, after is better than before: ")
        .contains("What did it cost?", "grpo: training took ", "grpo: the reward went from ");
    assertThat(page(after, before)).contains("No, before is worse than after: ");
    assertThat(page(after, after)).contains("It is not shown that ");
    assertThat(page(after)).contains("How good is it?", "after answers ");
  }

  @Test
  void twoExperimentsAreCompared() throws IOException {
    Path first = Runs.experiment(dir.resolve("first"));
    Path second = Runs.experiment(dir.resolve("second"));
    assertThat(page(first, second)).contains("Improvement, second over first, sft");
  }

  @Test
  void nothingOfWhatAModelWroteIsMarkup() throws IOException {
    Path run = Runs.evaluation(dir.resolve("run"), 0.5);
    var item = Runs.item(Modality.CT, Task.LESION_GRADING, 7, dir.resolve(Runs.HOSTILE), false);
    item.put("output", Runs.HOSTILE).put("problem", Runs.HOSTILE).put("gold", Runs.HOSTILE);
    Files.writeString(run.resolve("items.jsonl"), item + "\n");
    Files.writeString(run.resolve("config.yaml"), Runs.HOSTILE);
    assertThat(page(run)).contains(Html.escape(Runs.HOSTILE)).doesNotContain("<script>alert");
  }

  @Test
  void nothingIsLoaded() throws IOException {
    String page = page(Runs.evaluation(dir.resolve("a"), 0.5), Runs.training(dir.resolve("b"), 20));
    assertThat(page)
        .contains("default-src &#39;none&#39;")
        .doesNotContain("http:", "https:", "@import", "url(http", " src=\"/");
    String script = page.substring(page.indexOf("<script>"));
    assertThat(script.split("<script")).hasSize(2);
  }

  @Test
  void filesOfFiguresLieBesideThePage() throws IOException {
    Path page = dir.resolve("out/report.html");
    Report.read("A page", List.of(Runs.training(dir.resolve("run"), 20))).write(page);
    List<String> links =
        Files.readString(page)
            .lines()
            .flatMap(
                line ->
                    java.util.regex.Pattern.compile("href=\"(figures/[^\"]*)")
                        .matcher(line)
                        .results())
            .map(link -> link.group(1))
            .toList();
    assertThat(links).contains("figures/training-reward.svg", "figures/training-kl.png");
    assertThat(links).allSatisfy(link -> assertThat(page.resolveSibling(link)).isNotEmptyFile());
  }

  @Test
  void aRunThatHasJustBegunHasAPage() throws IOException {
    Path training = Files.createDirectories(dir.resolve("training"));
    Files.writeString(training.resolve("config.yaml"), "model: tiny\n");
    Path experiment = Files.createDirectories(dir.resolve("experiment"));
    Files.writeString(experiment.resolve("experiment.yaml"), "kind: task\n");
    assertThat(page(training, experiment))
        .contains("no step is done yet", "Nothing of this experiment is written yet", "kind: task");
  }

  @Test
  void aLastLineMayBeHalfWrittenAnEarlierOneMayNot() throws IOException {
    Path run = Runs.training(dir.resolve("run"), 20);
    Path metrics = run.resolve("metrics.jsonl");
    Files.writeString(metrics, "{\"step\": 21, \"rew", StandardOpenOption.APPEND);
    assertThat(page(run)).contains("step 20 is done");
    Files.write(metrics, new byte[] {(byte) 0xE8, (byte) 0x82}, StandardOpenOption.APPEND);
    assertThat(page(run)).contains("step 20 is done");
    Files.writeString(metrics, "\n{\"step\": 22}\n", StandardOpenOption.APPEND);
    assertThatThrownBy(() -> page(run))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("metrics.jsonl:21 is not JSON");
  }

  @Test
  void whatIsNoRunIsRefused() throws IOException {
    assertThatThrownBy(() -> page(dir))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("matrix.json")
        .hasMessageContaining("none of these files");
  }

  @Test
  void oddMatricesAreRefusedByName() throws IOException {
    Path odd = dir.resolve("odd.json");
    refused(odd, "{\"m\": {\"names\": [\"a\", \"b\"], \"rows\": [[1, 2]]}}", "m has 2 names");
    refused(odd, "{\"m\": {\"names\": \"a\", \"rows\": [[1]]}}", "names of m must be a list");
    String one = "{\"m\": {\"names\": [\"a\"], \"rows\": [[%s]]}}";
    refused(odd, one.formatted("\"x\""), "m has the value \"x\"");
    refused(odd, one.formatted("1e400"), "expected numbers");
    refused(odd, one.formatted("null"), "m has no values");
  }

  @Test
  void damagedExperimentsAreRefusedByName() throws IOException {
    Path matrix = Files.createDirectory(dir.resolve("study")).resolve("matrix.json");
    refused(matrix, "", "is an empty file");
    String study = "{'kind': 'task', 'names': [], 'variants': %s, 'trainings': [], 'cells': [%s]}";
    refused(matrix, study.formatted("3", "").replace('\'', '"'), "no list variants");
    String cell = "{'variant': 'v', 'column': 'c', 'state': 'done', 'n': 1, 'right': 2, 'dir': ''}";
    refused(matrix, study.formatted("[]", cell).replace('\'', '"'), "found 2 of 1");
  }

  private void refused(Path file, String text, String why) throws IOException {
    Files.writeString(file, text);
    Path run = file.endsWith("matrix.json") ? file.getParent() : file;
    assertThatThrownBy(() -> page(run))
        .as(text)
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(file.toString(), why);
  }

  @Test
  void theGalleryCoversRightAndWrongAndAllModalities() throws IOException {
    List<Example> all = EvaluationRun.answers("x", Runs.evaluation(dir.resolve("x"), 0.5), 1000);
    List<Example> chosen = Gallery.choose(all, 16);
    assertThat(chosen).hasSize(16);
    assertThat(chosen.stream().map(e -> e.modality().orElseThrow()).distinct()).hasSize(8);
    assertThat(chosen.stream().map(Example::outcome).distinct()).hasSize(2);
  }

  @Test
  void idsAreUnique() throws IOException {
    Path same = dir.resolve("same");
    String page =
        page(
            Runs.evaluation(same.resolve("run"), 0.5),
            Runs.evaluation(dir.resolve("run"), 0.7),
            Runs.experiment(dir.resolve("study")));
    List<String> ids =
        java.util.regex.Pattern.compile("[ \n]id=\"([^\"]+)\"")
            .matcher(page)
            .results()
            .map(m -> m.group(1))
            .filter(id -> !id.equals("genericDefs"))
            .toList();
    assertThat(ids).hasSizeGreaterThan(50).doesNotHaveDuplicates();
    assertThat(page).contains("same/run");
  }

  @Test
  void headingsAreInOrderAndTablesHaveHeads() throws IOException {
    String page = page(Runs.evaluation(dir.resolve("a"), 0.5));
    String levels =
        IntStream.range(0, page.length() - 3)
            .filter(i -> page.startsWith("<h", i) && Character.isDigit(page.charAt(i + 2)))
            .mapToObj(i -> page.substring(i + 2, i + 3))
            .collect(Collectors.joining());
    assertThat(levels).matches("1(23*)+");
    assertThat(page)
        .contains(
            "<th scope=\"col\">", "<th scope=\"row\">", "<html lang=\"en\">", "class=\"skip\"");
  }

  private String page(Path... runs) throws IOException {
    Path page = dir.resolve("pages/report.html");
    Report.read("A page", List.of(runs)).write(page);
    return Files.readString(page);
  }
}
