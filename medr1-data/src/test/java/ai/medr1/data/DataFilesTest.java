package ai.medr1.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every form is read through one door. Files of forms are made by scripts/parity/data_forms.py. */
class DataFilesTest {
  private static final Path FORMS = Path.of("src/test/resources/forms");

  @TempDir Path dir;

  private static List<VqaItem> items(String file) {
    return DataFiles.of(FORMS.resolve(file)).all().items();
  }

  private List<VqaItem> written(String name, String text) throws IOException {
    Path file = dir.resolve(name);
    Files.writeString(file, text);
    return DataFiles.of(file).all().items();
  }

  private void refused(String name, String text, String... parts) {
    assertThatThrownBy(() -> written(name, text))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(parts)
        .hasMessageNotContaining("JsonReadFeature");
  }

  private static List<String> texts(VqaItem item) {
    return item.options().stream().map(o -> o.letter() + "=" + o.text()).toList();
  }

  // ---- public data sets

  @ParameterizedTest
  @ValueSource(strings = {"none", "snappy", "zstd", "gzip"})
  void imagesInsideOfParquetAreReadWhateverTheCodec(String codec) {
    List<VqaItem> items = items("vqa-" + codec + ".parquet");

    assertThat(items).hasSize(7);
    assertThat(items.get(1).gold()).isEqualTo("yes");
    assertThat(items.get(1).answerKind()).isEqualTo(AnswerKind.TEXT);
    assertThat(items.get(1).answerType()).contains(AnswerType.CLOSED);
    assertThat(items.get(2).gold()).isEqualTo("2 nodules");
    assertThat(items.get(2).answerType()).contains(AnswerType.OPEN);
    VqaImage image = items.get(6).images().get(0);
    assertThat(image.name()).isEqualTo("img_3.png");
    assertThat(image.file()).isEmpty();
    assertThat(image.size().height()).isEqualTo(28);
    assertThat(image.read().rgb()[0]).isEqualTo((byte) 3);
    assertThat(items.get(0).images()).isEqualTo(items.get(1).images());
    assertThat(items.get(0).images().get(0).identity())
        .isNotEqualTo(items.get(2).images().get(0).identity());
    assertThat(Inspection.beforeStart(DataFiles.of(FORMS.resolve("vqa-none.parquet")).all()))
        .extracting(Inspection::findings)
        .isEqualTo(List.of());
  }

  @Test
  void aCodecThatIsNotReadIsNamed() {
    assertThatThrownBy(() -> items("vqa-brotli.parquet"))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("BROTLI", "zstd");
  }

  @Test
  void aParquetFileThatIsCutShortIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(FORMS.resolve("vqa-snappy.parquet"));
    for (int length : new int[] {4, 100, whole.length / 2, whole.length - 1}) {
      Path file = dir.resolve(length + ".parquet");
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> DataFiles.of(file).all())
          .isInstanceOf(InputException.class)
          .hasMessageContaining(file.toString());
    }
  }

  @Test
  void listsOfImagesAndBigIdsOfParquet() {
    List<VqaItem> items = items("wide.parquet");
    assertThat(items).extracting(i -> i.images().size()).containsExactly(0, 1, 2);
    assertThat(items.get(1).id()).isEqualTo("9223372036854775809");
    assertThat(texts(items.get(2))).containsExactly("A=Liver", "B=Lung");
    assertThat(items.get(2).gold()).isEqualTo("B");
  }

  @Test
  void slakeHasTwoPartsTwoLanguagesAndImagesInAFolder() {
    DataFiles slake = DataFiles.of(FORMS.resolve("slake"));
    List<VqaItem> train = slake.items(Part.TRAIN).items();
    assertThat(slake.items(Part.TEST).size()).isEqualTo(1);
    assertThat(slake.hasParts()).isTrue();
    assertThat(train).hasSize(2).allMatch(item -> item.images().get(0).exists());
    assertThat(train.get(0).modality()).contains(Modality.MRI);
    assertThat(train.get(1).labels().language()).contains("zh");
    assertThat(train.get(1).answerType()).contains(AnswerType.CLOSED);
    assertThat(train.get(1).gold()).isEqualTo("有");
    assertThat(train.get(1).id()).isEqualTo("11934");
  }

  @Test
  void bothVersionsOfPmcVqa() {
    VqaItem one = items("pmc-vqa-1.csv").get(0);
    assertThat(texts(one)).containsExactly("A=Diffuse", "B=Focal", "C=None,\nat all", "D=Unknown");
    assertThat(one.gold()).isEqualTo("B");
    assertThat(one.problem()).startsWith("What is the \"uptake\", in the breast? A)Diffuse, B)Foc");
    VqaItem two = items("pmc-vqa-2.csv").get(0);
    assertThat(two.id()).isEqualTo("7");
    assertThat(texts(two)).containsExactly("A=Liver", "B=Lung", "C=Bone", "D=Skin");
    assertThat(two.gold()).isEqualTo("C");
  }

  @Test
  void bothFormsOfMedXpertQa() {
    List<VqaItem> items = items("medxpertqa.jsonl");
    assertThat(items.get(0).images()).hasSize(2);
    assertThat(items.get(0).problem()).endsWith("(A) Liver (B) Lung");
    assertThat(items).extracting(VqaItem::gold).containsExactly("B", "A");
    assertThat(items.get(1).problem()).isEqualTo("What is it? A)Liver, B)Lung");
    assertThat(items.get(1).imageName()).isEqualTo("MM-2-a.jpeg");
  }

  @Test
  void vqaRadOfTheOpenScienceFrameworkAndTablesOfHarnesses() {
    VqaItem rad = items("vqa-rad.json").get(0);
    assertThat(rad.gold()).isEqualTo("3");
    assertThat(rad.answerType()).contains(AnswerType.OPEN);
    VqaItem row = items("harness.tsv").get(0);
    assertThat(texts(row)).containsExactly("A=Liver", "B=Lung");
    assertThat(row.images().get(0).read().rgb()[0]).isEqualTo((byte) 3);
  }

  // ---- JSON

  @Test
  void arraysWrappersAndLinesAreTheSame() throws IOException {
    String one = "{\"image\": \"a.png\", \"problem\": \"Q? A)x, B)y\", \"solution\": \"A\"}";
    List<VqaItem> array = written("d.json", "[" + one + "," + one + "]");
    assertThat(array).hasSize(2);
    for (String text :
        List.of(
            "\uFEFF[" + one + ",\r\n" + one + "]\r\n",
            one + "\r\n" + one + "\n\n",
            "{\"info\": {\"n\": [1]}, \"data\": [" + one + "," + one + "]}")) {
      assertThat(written("d.json", text)).isEqualTo(array);
    }
    assertThat(written("d.json", one)).isEqualTo(array.subList(0, 1));
  }

  @Test
  void numbersAndTruthsKeepTheirText() throws IOException {
    List<VqaItem> items =
        written(
            "d.json",
            """
            [{"question_id": 123456789012345678901234567890, "question": "Q", "image_path": "a.png",
              "gt_answer": true, "option_A": "True", "option_B": "False"},
             {"question_id": 7, "question": "Q", "image_path": ["a.png", "b.png"], "gt_answer": 1.50,
              "option_A": 1, "option_B": 1.50, "option_C": null}]
            """);
    assertThat(items)
        .extracting(VqaItem::id)
        .containsExactly("123456789012345678901234567890", "7");
    assertThat(items).extracting(VqaItem::gold).containsExactly("A", "B");
    assertThat(texts(items.get(1))).containsExactly("A=1", "B=1.50");
    assertThat(items.get(1).imageName()).isEqualTo("a.png, b.png");
  }

  @Test
  void whatIsBrokenIsTold() {
    String one = "{\"image\": \"a.png\", \"problem\": \"Q? A)x, B)y\", \"solution\": \"A\"}";
    refused("d.json", "[" + one + "]\n[" + one + "]", "d.json line 2", "behind the end");
    refused("d.json", "[" + one + "] trailing", "d.json line 1", "behind the end");
    refused("d.json", "[" + one.replace("\"A\"", "NaN") + "]", "item 0", "'solution' is NaN");
    refused("d.json", "[" + one.replace("\"A\"", "-Infinity") + "]", "'solution' is -Infinity");
    refused("d.json", "[" + one.replace("image", "problem") + "]", "'problem' is there twice");
    refused("d.jsonl", one + "\n{\"image\"", "d.jsonl line 2");
    refused("d.jsonl", one + "\n7", "item 1", "must be an object");
    refused("d.json", "{\"a\": [" + one + "], \"b\": [" + one + "]}", "[a, b]");
    refused("d.json", "[{\"x\": 1}]", "no form that is known", "[x]", "columns");
    refused("d.json", "version https://git-lfs", "d.json", "version https");
    refused("d.csv", "image,problem,solution\na,b\n", "d.csv line 2", "3 cells", "found 2");
    refused("d.csv", "image,Image,solution\na,b,c\n", "d.csv line 1", "'Image' is there twice");
    refused("d.csv", "image,problem,solution\na,\"b,c\n", "d.csv line", "quote");
  }

  // ---- columns

  @ParameterizedTest
  @CsvSource({"','", "';'", "'\t'"})
  void columnsOfAnyNamesAndSeparators(String separator) throws IOException {
    Path file = dir.resolve("d.csv");
    String text =
        "\uFEFFPfad|Frage|Richtig|Wahl 1|Wahl 2\r\n"
            + "\"a b.png\"|\"Was?\n"
            + "Genau\"|Leber|Leber|\"Lunge\"\"\"\r\n";
    Files.writeString(file, text.replace("|", separator));
    Columns columns =
        Columns.given(
            Map.of(
                "image", List.of("Pfad"),
                "problem", List.of("frage"),
                "answer", List.of("Richtig"),
                "options", List.of("Wahl 1", "Wahl 2")));

    VqaItem item = new DataFiles(file, dir, DataForm.AUTO, columns).all().items().get(0);

    assertThat(item.imageName()).isEqualTo("a b.png");
    assertThat(item.problem()).isEqualTo("Was?\nGenau A)Leber, B)Lunge\"");
    assertThat(item.gold()).isEqualTo("A");
    assertThatThrownBy(() -> Columns.given(Map.of("picture", List.of("x"))))
        .hasMessageContainingAll("picture", "image");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"b|B", "(B)|B", "B.|B", "Ｂ|B", " lung |B", "B) Lung|B", "A: Lung|A: Lung", "E|E"})
  void answersAreFoundAmongOptions(String answer, String gold) throws IOException {
    String row =
        "[{\"image\": \"a.png\", \"question\": \"Q\", \"options\": \"['Liver', 'Lung']\","
            + " \"answer\": \"%s\"}]";
    VqaItem item = written("d.json", row.formatted(answer)).get(0);
    assertThat(item.gold()).isEqualTo(gold);
    assertThat(Inspection.beforeStart(new VqaDataset("d", List.of(item))).counts())
        .containsEntry(Finding.Problem.ANSWER_NOT_AMONG_OPTIONS, gold.equals("B") ? 0 : 1);
  }

  // ---- inspection

  @Test
  void gapsTwinsAndAnswersThatCannotBeRightAreFound() throws IOException {
    String rows =
        """
        [{"image": "a", "problem": "1? A)x, C)y", "solution": "A"},
         {"image": "a", "problem": "2? A)x, B)y, D)z", "solution": "A"},
         {"image": "a", "problem": "3? A)x, B)X ", "solution": "A"},
         {"image": "a", "problem": "4? A)x, B)y", "solution": "<answer> A) x </answer>"},
         {"image": "a", "problem": "5? A)x, B)y", "solution": "<answer> a </answer>"},
         {"image": "a", "problem": "6? A)x, B)y", "solution": "<answer> x </answer>"},
         {"image": "a", "problem": " ", "solution": "A"},
         {"image": "a", "problem": "8? A)x, B)y", "solution": "B"}]
        """;
    VqaDataset data = new VqaDataset("d", written("d.json", rows));
    Inspection found = Inspection.beforeStart(data);
    assertThat(found.findings().stream().map(Finding::problem))
        .filteredOn(problem -> problem != Finding.Problem.MISSING_IMAGE)
        .containsExactly(
            Finding.Problem.NO_OPTIONS,
            Finding.Problem.OPTION_GAP,
            // Two options that read the same keep nobody from answering rightly.
            Finding.Problem.ANSWER_NOT_AMONG_OPTIONS,
            Finding.Problem.ANSWER_NOT_AMONG_OPTIONS,
            Finding.Problem.ANSWER_NOT_AMONG_OPTIONS,
            Finding.Problem.EMPTY_QUESTION);
    assertThat(found.findings()).anyMatch(finding -> finding.detail().contains("(A?)"));
    assertThatThrownBy(() -> found.toBegin(Inspection.Policy.ERROR, 1, "skip"))
        .hasMessageContainingAll("8 of 8", "3 answer not among options", "1 option gap", "skip");
    assertThatThrownBy(() -> found.toBegin(Inspection.Policy.SKIP, 0.5, "skip"))
        .hasMessageContaining("more than a share of 0.5");
    assertThat(found.toBegin(Inspection.Policy.SKIP, 1, "").size()).isEqualTo(2);
    assertThat(found.toBegin(Inspection.Policy.ASK, 0, "").size()).isEqualTo(8);
  }

  @Test
  void gapsAmongColumnsAreFound() throws IOException {
    List<VqaItem> items =
        written(
            "d.json",
            """
            [{"question_id": "1", "question": "Q", "image_path": "a", "gt_answer": "Liver",
              "option_A": "Liver", "option_C": "Lung"},
             {"question_id": "2", "question": "Q", "image_path": "a", "gt_answer": "Lung",
              "option_A": "Liver", "option_B": "", "option_C": "Lung"},
             {"question_id": "2", "question": "R", "image_path": "a", "gt_answer": "Lung",
              "option_A": "Liver", "option_B": "Lung", "option_C": null}]
            """);
    assertThat(Inspection.of(new VqaDataset("d", items), java.util.Set.of(), Audit.withoutImages()))
        .extracting(i -> i.findings().stream().map(Finding::problem).toList())
        .isEqualTo(
            List.of(
                Finding.Problem.OPTION_GAP,
                Finding.Problem.OPTION_GAP,
                Finding.Problem.DUPLICATE,
                Finding.Problem.DUPLICATE_ID));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Which?\nA. Liver\nB. Lung",
        "Which? A. Liver B. Lung",
        "Which? (A) Liver (B) Lung",
        "Which? A: Liver, B: Lung",
        "哪个？Ａ）Liver；Ｂ）Lung",
        "哪个？A、Liver B、Lung"
      })
  void optionsThatAreMarkedOtherwiseAreRecognised(String problem) {
    assertThat(Choices.parse(problem).options())
        .extracting(Choices.Option::letter)
        .containsExactly("A", "B");
    assertThat(Choices.parse(problem).options())
        .extracting(Choices.Option::text)
        .containsExactly("Liver", "Lung");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Is hepatitis A. or B. seen?", "Vitamin A: low, B: high is seen", "Is (B) Lung?"})
  void runningTextIsNoOption(String problem) {
    assertThat(Choices.parse(problem).options()).isEmpty();
  }

  @Test
  void aSourceMayBeAProgramsOwn() throws IOException {
    byte[] bytes = Files.readAllBytes(FORMS.resolve("slake/imgs/xmlab1/source.png"));
    VqaItem item =
        new VqaItem(
            "row 1",
            List.of(VqaImage.of("scan", bytes)),
            "Is it a CT?",
            "no",
            List.of(),
            AnswerKind.TEXT,
            Labels.NONE,
            new VqaItem.Source(Path.of("database"), 1));
    DataSource own = part -> new VqaDataset("mine", List.of(item));
    assertThat(own.all().items()).containsExactly(item);
    assertThat(Inspection.beforeStart(own.all()).findings()).isEmpty();
    assertThat(item.images().get(0)).isEqualTo(VqaImage.of("scan", bytes));
  }
}
