package ai.medr1.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitsTest {
  @TempDir Path root;

  @BeforeEach
  void writeSplits() throws IOException {
    write("modality/train/CT(Computed Tomography)_train.json", row("a.png", 1), row("b.png", 2));
    write("modality/train/unknown_train.json", row("u.png", 1));
    write("modality/test/OCT (Optical Coherence Tomography_test.json", row("c.tif", 3));
    write("question_type/train/Lesion Grading_train.json", row("c.tif", 3), row("d.png", 1));
    write("question_type/test/Disease Diagnosis_test.json", row("a.png", 1));
    Files.writeString(root.resolve("modality/train/notes.txt"), "not an item");
  }

  @Test
  void loadsByModalityWithTheTasksOfTheOtherFolder() {
    VqaDataset train = Splits.load(root).byModality(Part.TRAIN);
    assertThat(train.items())
        .extracting(VqaItem::imageName)
        .containsExactly("a.png", "b.png", "u.png");
    VqaItem first = train.items().get(0);
    assertThat(first.modality()).contains(Modality.CT);
    assertThat(first.task()).contains(Task.DISEASE_DIAGNOSIS);
    assertThat(train.items().get(1).task()).isEmpty();
    assertThat(train.items().get(2).modality()).isEmpty();
    assertThat(first.id()).isEqualTo("CT(Computed Tomography)_train#0");
    assertThat(first.images().get(0).file()).contains(root.resolve("a.png"));
    assertThat(first.gold()).isEqualTo("B");
    assertThat(first.goldOption()).contains(new Choices.Option("B", "no"));
  }

  @Test
  void loadsByTaskWithTheModalitiesOfTheOtherFolder() {
    VqaDataset train = Splits.load(root, Path.of("elsewhere")).byTask(Part.TRAIN);
    assertThat(train.items().get(0).modality()).contains(Modality.OCT);
    assertThat(train.items().get(1).modality()).isEmpty();
    assertThat(train.items().get(0).images().get(0).file()).contains(Path.of("elsewhere", "c.tif"));
  }

  @Test
  void joinedHasEveryItemOnceAndTestItemsInTestOnly() {
    Splits splits = Splits.load(root);
    assertThat(names(splits.joined(Part.TEST))).containsExactly("c.tif", "a.png");
    assertThat(names(splits.joined(Part.TRAIN))).containsExactly("b.png", "u.png", "d.png");
  }

  @Test
  void filtersAndLimits() {
    VqaDataset all = Splits.load(root).joined(Part.TRAIN);
    assertThat(names(all.modalities(Set.of(Modality.CT)))).containsExactly("b.png");
    assertThat(names(all.tasks(Set.of(Task.LESION_GRADING)))).containsExactly("d.png");
    assertThat(names(all.filter(item -> item.imageName().startsWith("u"))))
        .containsExactly("u.png");
    assertThat(names(all.limit(2))).containsExactly("b.png", "u.png");
    assertThat(all.limit(9).size()).isEqualTo(3);
  }

  @Test
  void theSeedAloneDecidesTheOrder() throws IOException {
    String[] rows = new String[8];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = row(i + ".png", 1);
    }
    Path file = write("modality/test/X-Ray_test.json", rows);
    VqaDataset data = Splits.file(file, root);
    // The orders are written out: they must be the same on every machine and in every version.
    assertThat(names(data.shuffle(1)))
        .containsExactly("4.png", "1.png", "7.png", "5.png", "3.png", "0.png", "6.png", "2.png");
    assertThat(names(data.shuffle(2)))
        .containsExactly("1.png", "6.png", "4.png", "7.png", "2.png", "5.png", "0.png", "3.png");
  }

  @Test
  void errorsNameFileAndPlace() throws IOException {
    assertRefused(
        "[{\"image\": \"a.png\", \"problem\": \"p\"}]", "X-Ray_test.json item 0: 'solution'");
    assertRefused("[{\"image\": 3, \"problem\": [1]}]", "item 0: 'problem' must be a text");
    assertRefused("[\n" + row("a", 1) + ",\n{\"image\" \"b\"}]", "line 3 is not valid JSON");
    assertRefused("[" + row("a", 1) + ", 7]", "item 1 must be an object, found \"7\"");
    assertRefused("{\"a\": 1}", "'problem' must be a text, found keys [a]");
    assertRefused("7", "must hold a JSON array");
    assertRefused("", "the file is empty");
    assertRefused("[" + row("a", 1), "line 1 is not valid JSON");
    assertRefused("[" + row("a\\u0000b", 1) + "]", "item 0: the image");
    assertThatThrownBy(() -> Splits.load(root.resolve("modality")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("has no splits");
  }

  private void assertRefused(String json, String reason) throws IOException {
    Path file = root.resolve("modality/test/X-Ray_test.json");
    Files.writeString(file, json);
    assertThatThrownBy(() -> Splits.load(root))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(file.getFileName().toString())
        .hasMessageContaining(reason);
  }

  private Path write(String name, String... rows) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, "[" + String.join(",\n", rows) + "]");
  }

  private static String row(String image, int question) {
    return "{\"image\": \"%s\", \"problem\": \"Is it %d? A)yes, B)no\", \"solution\": \"<answer> B </answer>\"}"
        .formatted(image, question);
  }

  private static List<String> names(VqaDataset data) {
    return data.items().stream().map(VqaItem::imageName).toList();
  }
}
