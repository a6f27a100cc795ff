package ai.medr1.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.data.Finding.Problem;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuditTest {
  private static final String FINE = "Is it? A)yes, B)no";

  @TempDir Path root;

  @BeforeEach
  void writeSplits() throws IOException {
    Files.createDirectories(root.resolve("modality/train"));
    Files.createDirectories(root.resolve("modality/test"));
    for (String name : new String[] {"a", "b", "c"}) {
      ImageIO.write(
          new BufferedImage(28, 28, BufferedImage.TYPE_INT_RGB),
          "png",
          root.resolve(name).toFile());
    }
    Files.writeString(
        root.resolve("modality/train/CT_train.json"),
        "[%s,%s,%s,%s,%s]"
            .formatted(
                row("a", FINE, "A"),
                row("b", "Is it?", "A"),
                row("b", FINE, "C"),
                row("missing", FINE, "B"),
                row("a", FINE, "A")));
    Files.writeString(
        root.resolve("modality/test/CT_test.json"),
        "[%s,%s]".formatted(row("c", FINE, "A"), row("b", FINE, "A")));
  }

  @Test
  void findsWhatIsWrongAndWhere() throws IOException {
    Audit audit = Audit.of(Splits.load(root), Audit.everything());
    assertThat(audit.findings())
        .extracting(Finding::problem)
        .containsExactly(
            Problem.NO_OPTIONS,
            Problem.ANSWER_NOT_AMONG_OPTIONS,
            Problem.MISSING_IMAGE,
            Problem.DUPLICATE,
            Problem.IMAGE_IN_TRAIN_AND_TEST);
    assertThat(audit.findings()).extracting(f -> f.source().index()).containsExactly(1, 2, 3, 4, 1);
    assertThat(audit.counts().values()).containsOnly(0, 1);
    assertThat(audit.shared()).containsExactly(new Audit.Shared("modality", 1, 2, 1, 2));
    assertThat(audit.text())
        .contains("modality/train: 5 items, 3 images\n  modality  CT 5\n  task      unknown 5")
        .contains("1 of 2 test images are training images")
        .contains("CT_train.json item 2: 'C' is none of A, B");
    JsonNode json = new ObjectMapper().readTree(audit.json());
    assertThat(json.at("/splits/0/modalities/CT").asInt()).isEqualTo(5);
    assertThat(json.at("/sharedByTrainAndTest/0/images").asInt()).isEqualTo(1);
    assertThat(json.at("/problems/missing image").asInt()).isEqualTo(1);
    assertThat(json.at("/findings/0/index").asInt()).isEqualTo(1);
  }

  @Test
  void missingImagesCanBeOverlooked() {
    Audit audit = Audit.of(Splits.load(root), Audit.withoutImages());
    assertThat(audit.counts().get(Problem.MISSING_IMAGE)).isZero();
    assertThat(audit.findings()).hasSize(4);
  }

  @Test
  void trainingStopsOrSkipsAndCounts() {
    VqaDataset train = Splits.load(root).byModality(Part.TRAIN);
    Inspection inspection = Inspection.of(train);
    assertThat(inspection.sound(Inspection.Policy.SKIP).items())
        .containsExactly(train.items().get(0));
    assertThat(inspection.counts().get(Problem.DUPLICATE)).isEqualTo(1);
    assertThatThrownBy(() -> inspection.sound(Inspection.Policy.ERROR))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("4 of 5 items of modality/train")
        .hasMessageContaining("no options, such as")
        .hasMessageContaining("CT_train.json item 1");
    Inspection held = Inspection.of(train, Set.of("a"), Audit.everything());
    assertThat(held.sound(Inspection.Policy.SKIP).items()).isEmpty();
  }

  @Test
  void soundDataPassesEitherPolicy() {
    VqaDataset one = Splits.load(root).byModality(Part.TRAIN).limit(1);
    assertThat(Inspection.of(one).sound(Inspection.Policy.ERROR)).isEqualTo(one);
    Audit audit = Audit.of(one, Audit.everything());
    assertThat(audit.findings()).isEmpty();
    assertThat(audit.shared()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "png, 4000, true",
    "png, 200, false",
    "tiff, 4000, true",
    "tiff, 200, false",
  })
  void imagesThatClipToWhiteAreFound(String format, int level, boolean clipped) throws IOException {
    Path file = gray(format, BufferedImage.TYPE_USHORT_GRAY, level);
    List<VqaItem> items =
        List.of(item(VqaImage.of("deep", file)), item(VqaImage.of("b", Files.readAllBytes(file))));
    for (VqaItem item : items) {
      VqaDataset one = new VqaDataset("d", List.of(item));
      Inspection found = Inspection.beforeStart(one);
      assertThat(found.counts().get(Problem.CLIPPED_IMAGE)).isEqualTo(clipped ? 1 : 0);
      assertThat(found.toBegin(Inspection.Policy.SKIP, 1, "").size()).isEqualTo(clipped ? 0 : 1);
      Audit audit = Audit.of(one, Audit.everything());
      assertThat(audit.counts().get(Problem.CLIPPED_IMAGE)).isEqualTo(clipped ? 1 : 0);
      if (clipped) {
        assertThat(audit.text()).contains("clipped image: 1").contains("bring it to 8 bits");
      }
      assertThat(Audit.of(one, Audit.withoutImages()).findings()).isEmpty();
    }
  }

  @Test
  void whitePicturesOfEightBitsAreNotClipped() throws IOException {
    VqaItem white = item(VqaImage.of("w", gray("png", BufferedImage.TYPE_BYTE_GRAY, 255)));
    assertThat(Inspection.of(new VqaDataset("d", List.of(white))).findings()).isEmpty();
  }

  /** Three quarters of it have the level, the rest is black. */
  private Path gray(String format, int type, int level) throws IOException {
    BufferedImage image = new BufferedImage(32, 32, type);
    for (int y = 8; y < 32; y++) {
      for (int x = 0; x < 32; x++) {
        image.getRaster().setSample(x, y, 0, level);
      }
    }
    Path file = root.resolve("gray");
    assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
    return file;
  }

  private static VqaItem item(VqaImage image) {
    VqaItem.Source source = new VqaItem.Source(Path.of("d.json"), 0);
    return new VqaItem(
        "1",
        List.of(image),
        FINE,
        "A",
        Choices.parse(FINE).options(),
        AnswerKind.LETTER,
        Labels.of(Optional.empty(), Optional.empty(), Optional.empty()),
        source);
  }

  private static String row(String image, String problem, String letter) {
    return "{\"image\": \"%s\", \"problem\": \"%s\", \"solution\": \"<answer> %s </answer>\"}"
        .formatted(image, problem, letter);
  }
}
