package ai.medr1.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.data.Finding.Problem;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VqaItemBuilderTest {
  private static VqaItemBuilder question() {
    return VqaItem.question("Which organ is shown?").options("Liver", "Kidney (left)", "A vessel");
  }

  @ParameterizedTest
  @ValueSource(strings = {"B", "b", "Kidney (left)", "kidney  (left)", "(B)", "B: Kidney (left)"})
  void anAnswerIsALetterOrTheTextOfAnOption(String right) {
    VqaItem item = question().modality(Modality.CT).answer(right);

    assertThat(item.problem())
        .isEqualTo("Which organ is shown? A)Liver, B)Kidney (left), C)A vessel");
    assertThat(item.solution()).isEqualTo("<answer> B </answer>");
    assertThat(item.goldOption()).hasValue(new Choices.Option("B", "Kidney (left)"));
    assertThat(item.answerKind()).isEqualTo(AnswerKind.LETTER);
    assertThat(item.modality()).hasValue(Modality.CT);
    assertThat(Choices.parse(item.problem()).options()).isEqualTo(item.options());
  }

  @Test
  void withoutOptionsTheAnswerIsAText() {
    VqaItem item = VqaItem.question("How many nodules are there?").answer("two");

    assertThat(item.gold()).isEqualTo("two");
    assertThat(item.answerKind()).isEqualTo(AnswerKind.TEXT);
    assertThat(item.images()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"D", "Spleen", ""})
  void anAnswerThatIsNoOptionIsRefused(String right) {
    assertThatThrownBy(() -> question().answer(right))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("'" + right + "'")
        .hasMessageContaining("Liver, Kidney (left), A vessel");
  }

  @Test
  void anItemHasANameThatFollowsFromWhatItIs() {
    VqaItem item = question().answer("A");

    assertThat(question().answer("Liver")).isEqualTo(item);
    assertThat(question().answer("B").id()).isNotEqualTo(item.id());
    assertThat(item.source()).hasToString("item " + item.id());
    VqaItem named = question().id("ward 7: a/b\u0000").answer("A");
    assertThat(named.id()).isEqualTo("ward 7: a/b\u0000");
    assertThat(named.source()).hasToString("item ward 7_ a_b_");
  }

  @Test
  void aPictureInMemoryIsWhatItIsInAFile(@TempDir Path dir) throws IOException {
    BufferedImage picture = new BufferedImage(30, 20, BufferedImage.TYPE_INT_ARGB);
    picture.setRGB(3, 4, 0xff102030);
    Path file = dir.resolve("a.png");
    ImageIO.write(picture, "png", file.toFile());
    VqaItem item =
        question().image(picture).image(Files.readAllBytes(file)).image(file).answer("A");

    for (VqaImage image : item.images()) {
      assertThat(image.exists()).isTrue();
      assertThat(image.size()).isEqualTo(item.images().get(2).size());
      assertThat(image.read().rgb()).isEqualTo(item.images().get(2).read().rgb());
    }
    assertThat(item.imageName()).isEqualTo("image 1, image 2, " + file);
    VqaImage before = item.images().get(0);
    picture.setRGB(3, 4, 0xffffffff); // the item has its own levels
    assertThat(before.read().rgb()).isEqualTo(item.images().get(2).read().rgb());
    assertThat(VqaImage.of("image 1", picture)).isNotEqualTo(before);
  }

  @Test
  void picturesInMemoryAreInspectedAsFilesAre() throws IOException {
    BufferedImage deep = new BufferedImage(40, 40, BufferedImage.TYPE_USHORT_GRAY);
    int[] bright = new int[40 * 40];
    Arrays.fill(bright, 2000);
    deep.getRaster().setPixels(0, 0, 40, 40, bright);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(deep, "png", png);
    VqaItem sound =
        question().image(new BufferedImage(9, 9, BufferedImage.TYPE_BYTE_GRAY)).answer("A");
    VqaItem white = question().image(deep).answer("A");
    VqaItem whiteFile = question().image(png.toByteArray()).answer("A");
    VqaItem noImage = question().image(new byte[] {1, 2, 3}).answer("A");

    Inspection found =
        Inspection.beforeStart(
            new VqaDataset("the program", List.of(sound, white, whiteFile, noImage)));

    assertThat(found.findings())
        .extracting(Finding::problem)
        .containsExactly(Problem.CLIPPED_IMAGE, Problem.CLIPPED_IMAGE, Problem.UNREADABLE_IMAGE);
    assertThat(found.findings().get(0).toString()).startsWith("item " + white.id());
    assertThat(found.sound(Inspection.Policy.SKIP).items()).containsExactly(sound);
    assertThat(sound.images().get(0).isClipped()).isFalse();
  }
}
