package ai.medr1.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.core.text.Prompt;
import ai.medr1.data.AnswerKind;
import ai.medr1.data.AnswerType;
import ai.medr1.data.Choices;
import ai.medr1.data.Labels;
import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import ai.medr1.data.VqaImage;
import ai.medr1.data.VqaItem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ItemRowsTest {
  @TempDir Path temp;

  private static EvaluatedItem full(Modality modality, Task task) {
    VqaItem item =
        new VqaItem(
            "CT#7",
            "Images/Chest CT Scan/a b.png",
            Path.of("/data/Images/Chest CT Scan/a b.png"),
            "Which? A)This, B)\"That\"\u2028",
            "<answer> B </answer>",
            List.of(new Choices.Option("A", "This"), new Choices.Option("B", "\"That\"")),
            Optional.of(modality),
            Optional.of(task),
            Optional.of("Chest CT Scan"),
            new VqaItem.Source(Path.of("items.jsonl"), 0));
    Map<String, Double> probabilities = new LinkedHashMap<>();
    probabilities.put("A", 0.25);
    probabilities.put("B", 0.75);
    return new EvaluatedItem(
        item,
        "<answer>B</answer>\u2028\u0000\r\n",
        Optional.of("B"),
        5,
        Optional.of(-0.125),
        probabilities,
        Optional.of(true),
        List.of(
            new EvaluatedItem.Sample("<answer>B</answer>", Optional.of("B")),
            new EvaluatedItem.Sample("?", Optional.empty())));
  }

  @Test
  void aRowHasItsKeysInOrder() {
    assertThat(
            ItemRows.write(full(Modality.CT, Task.LESION_GRADING), "no-think")
                .replace('\u2028', '~'))
        .isEqualTo(
            """
            {"id":"CT#7","image":"Images/Chest CT Scan/a b.png",\
            "imageFile":"/data/Images/Chest CT Scan/a b.png",\
            "problem":"Which? A)This, B)\\"That\\"~","solution":"<answer> B </answer>",\
            "modality":"Computed Tomography","task":"Lesion Grading","dataset":"Chest CT Scan",\
            "prompt":"no-think","output":"<answer>B</answer>~\\u0000\\r\\n","extracted":"B",\
            "gold":"B","right":true,"parsable":true,"tokens":5,"answerLogprob":-0.125,\
            "options":["A","B"],"letterProbs":{"A":0.25,"B":0.75},"leaked":true,\
            "samples":[{"output":"<answer>B</answer>","extracted":"B","right":true},\
            {"output":"?","extracted":null,"right":false}]}
            """);
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    List<EvaluatedItem> items = new ArrayList<>();
    for (Modality modality : Modality.values()) {
      items.add(full(modality, Task.LESION_GRADING));
    }
    for (Task task : Task.values()) {
      items.add(full(Modality.OCT, task));
    }
    items.addAll(Items.report().items());
    Path file = temp.resolve("items.jsonl");
    Files.writeString(file, EvalFiles.rows(items, "think"));

    List<EvaluatedItem> read = ItemRows.read(file);

    assertThat(EvalFiles.rows(read, "think")).isEqualTo(EvalFiles.rows(items, "think"));
    assertThat(read.get(0).item().options()).isEqualTo(items.get(0).item().options());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void itemsWithAnyNumberOfImagesAreReadAgain(int count) throws IOException {
    EvaluatedItem full = full(Modality.CT, Task.LESION_GRADING);
    Path file = temp.resolve("items.jsonl");
    List<VqaImage> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      images.add(VqaImage.of(i + ".png", Path.of("/data", i + ".png")));
    }
    VqaItem one = full.item();
    VqaItem item =
        new VqaItem(
            one.id(),
            images,
            "How many ribs?",
            "<answer> 24, or 12 pairs </answer>",
            List.of(),
            AnswerKind.TEXT,
            Labels.NONE.withAnswers(Optional.of(AnswerType.OPEN), Optional.of("en")),
            new VqaItem.Source(file, 0));
    EvaluatedItem evaluated =
        new EvaluatedItem(
            item,
            full.output(),
            full.extracted(),
            full.tokens(),
            Optional.empty(),
            Map.of(),
            full.leaked(),
            List.of());
    Files.writeString(file, ItemRows.write(evaluated, "think"));

    VqaItem read = ItemRows.read(file).get(0).item();

    assertThat(read).isEqualTo(item);
  }

  @Test
  void anImageInMemoryHasANameButNoFile() throws IOException {
    EvaluatedItem full = full(Modality.CT, Task.LESION_GRADING);
    Path file = temp.resolve("items.jsonl");
    String row =
        ItemRows.write(full, "think").replace("\"/data/Images/Chest CT Scan/a b.png\"", "null");
    Files.writeString(file, row);

    VqaItem read = ItemRows.read(file).get(0).item();

    assertThat(read.imageName()).isEqualTo("Images/Chest CT Scan/a b.png");
    assertThat(read.imageFile()).isEmpty();
    assertThat(ItemRows.write(full.withItem(read), "think")).isEqualTo(row);
  }

  @Test
  void whatACheckSaidIsReadAgain() throws IOException {
    VqaItem item = VqaItem.question("Where is it?").answer("upper left");
    AnswerCheck near = (asked, answer) -> Optional.of(answer.endsWith("left"));
    EvaluatedItem.Sample sample =
        new EvaluatedItem.Sample("lower left", Optional.of("lower left"), Optional.of(true));
    Answerer model =
        new FakeAnswerer() {
          @Override
          public Prompt prompt(VqaItem asked) {
            return new Prompt(new int[1], List.of(), "");
          }

          @Override
          Answer answer(Question question) {
            return Items.answer("far left").withSamples(List.of(sample.output(), "right"));
          }
        };
    EvaluatedItem found =
        new Evaluator(AnswerExtractor.RAW, 1, false)
            .withCheck(near)
            .evaluate(model, List.of(item), progress -> {})
            .items()
            .get(0);
    assertThat(found.right()).isTrue();
    assertThat(found.samples().get(0)).isEqualTo(sample);
    Path file = temp.resolve("items.jsonl");
    String row = ItemRows.write(found, "mine");
    Files.writeString(file, row);

    EvaluatedItem read = ItemRows.read(file).get(0);

    assertThat(read.right()).isTrue();
    assertThat(read.samples()).extracting(read::right).containsExactly(true, false);
    assertThat(ItemRows.write(read, "mine")).isEqualTo(row);
  }

  @Test
  void aTornLastLineIsLeftOut() throws IOException {
    Path file = temp.resolve("items.jsonl");
    String row = ItemRows.write(full(Modality.CT, Task.LESION_GRADING), "think");
    for (int cut = 0; cut < row.length() - 1; cut += 7) {
      Files.writeString(file, row + row.substring(0, cut));
      assertThat(ItemRows.read(file)).as("cut at %d", cut).hasSize(1);
    }
  }

  @Test
  void otherRowsAreRefusedByName() throws IOException {
    Path file = temp.resolve("items.jsonl");
    String row = ItemRows.write(full(Modality.CT, Task.LESION_GRADING), "think");
    refused(file, row + "{\"id\":\n", ":2 is not JSON: it ends too early");
    refused(file, row + "3\n", ":2 must hold one JSON object, found number");
    refused(file, row.replace("\"tokens\":5", "\"tokens\":\"5\""), ":1: 'tokens' must be a whole");
    refused(file, row.replace("\"output\"", "\"put\""), ":1: 'output' must be a text", "no such");
    refused(file, row.replace("-0.125", "\"x\""), ":1: 'answerLogprob' must be a number or null");
    refused(file, row.replace("0.25", "\"x\""), ":1: 'letterProbs' must be numbers by letter");
    refused(file, row.replace("\"leaked\":true", "\"leaked\":1"), "'leaked' must be true or false");
    refused(file, row.replace("[{\"output", "[3,{\"output"), ":1: 'output' must be a text");
    refused(file, row.replace("/data/", "\\u0000"), ":1: 'imageFile' must be a path");
    refused(file, row.replace("\"image\":\"", "\"image\":null,\"x\":\""), ":1: 'image' must be as");
    Files.write(file, new byte[] {(byte) 0xff, '\n'});
    assertThatThrownBy(() -> ItemRows.read(file)).hasMessageContaining("not UTF-8");
    assertThatThrownBy(() -> ItemRows.read(temp.resolve("none")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("none");
  }

  private static void refused(Path file, String text, String... parts) throws IOException {
    Files.writeString(file, text);
    assertThatThrownBy(() -> ItemRows.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(parts);
  }
}
