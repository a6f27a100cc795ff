package ai.medr1.data.phantom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.data.Modality;
import ai.medr1.data.VqaDataset;
import ai.medr1.data.VqaItem;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StandInsTest {
  @TempDir Path root;

  @ParameterizedTest
  @ValueSource(
      strings = {"a.png", "b.jpg", "c.jpeg", "d.JPG", "e.tif", "f.bmp", "g.BMP", "h", "i (9).png"})
  void drawsInTheFormatOfTheName(String name) throws IOException {
    StandIns.draw(data(Optional.of(Modality.FUNDUS), "Images/x/" + name), root, 56);
    BufferedImage image = ImageIO.read(root.resolve("Images/x").resolve(name).toFile());
    assertThat(image.getWidth()).isEqualTo(56);
    assertThat(image.getRGB(28, 28) >> 16 & 0xFF).as("an orange center").isGreaterThan(60);
    assertThat(image.getRGB(0, 0) & 0xFFFFFF).as("a dark corner").isLessThan(0x202020);
  }

  @Test
  void anImageDependsOnItsNameAndIsSharedByItems() throws IOException {
    StandIns.Result first =
        StandIns.draw(
            data(Optional.of(Modality.CT), "a.png", "a.png", "b.png"), root.resolve("1"), 28);
    StandIns.draw(data(Optional.of(Modality.CT), "b.png", "a.png"), root.resolve("2"), 28);
    assertThat(first).isEqualTo(new StandIns.Result(2, 0, 0));
    assertThat(root.resolve("1/a.png")).hasSameBinaryContentAs(root.resolve("2/a.png"));
    assertThat(Files.readAllBytes(root.resolve("1/a.png")))
        .isNotEqualTo(Files.readAllBytes(root.resolve("1/b.png")));
  }

  @Test
  void whatIsThereIsLeftAlone() throws IOException {
    Files.writeString(root.resolve("a.png"), "mine");
    assertThat(StandIns.draw(data(Optional.empty(), "a.png", "b.png"), root, 28))
        .isEqualTo(new StandIns.Result(1, 1, 1));
    assertThat(root.resolve("a.png")).hasContent("mine");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../a.png", "x/../../a.png", "x/../a.png", "/tmp/a.png", "", "."})
  void namesThatLeaveTheRootAreRefused(String name) {
    Path inner = root.resolve("inner");
    assertThatThrownBy(() -> StandIns.draw(data(Optional.empty(), "ok.png", name), inner, 28))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("X.json item 1");
    assertThat(inner).doesNotExist();
  }

  private static VqaDataset data(Optional<Modality> modality, String... images) {
    List<VqaItem> items = new ArrayList<>();
    for (String image : images) {
      VqaItem.Source source = new VqaItem.Source(Path.of("X.json"), items.size());
      items.add(
          new VqaItem(
              "id",
              image,
              Path.of(image),
              "?",
              "A",
              List.of(),
              modality,
              Optional.empty(),
              Optional.empty(),
              source));
    }
    return new VqaDataset("data", items);
  }
}
