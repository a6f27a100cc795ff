package ai.medr1.data.phantom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.medr1.core.InputException;
import ai.medr1.core.image.RgbImage;
import ai.medr1.data.Modality;
import ai.medr1.data.OmniMedVqa;
import ai.medr1.data.Part;
import ai.medr1.data.Splits;
import ai.medr1.data.Task;
import ai.medr1.data.VqaDataset;
import ai.medr1.data.VqaItem;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhantomsTest {
  private static final PhantomConfig SMALL = PhantomConfig.of(3, 4, 2).withImageSize(28);

  /** Over all images and problems of {@link #SMALL}; changes when a painter does. */
  private static final long PIXELS = 1760662168L;

  @TempDir Path folder;

  @Test
  void theSameSeedWritesTheSameBytes() throws IOException {
    Phantoms.generate(SMALL, folder.resolve("one"));
    Phantoms.generate(SMALL, folder.resolve("two"));
    Map<String, byte[]> one = files(folder.resolve("one"));
    Map<String, byte[]> two = files(folder.resolve("two"));
    assertThat(one).hasSize(40 * 6 + 2 * (8 + 5) + 1);
    assertThat(two.keySet()).isEqualTo(one.keySet());
    one.forEach((name, bytes) -> assertThat(two.get(name)).as(name).isEqualTo(bytes));
  }

  @Test
  void pixelsAreTheSameOnEveryMachine() {
    CRC32 sum = new CRC32();
    Phantoms.draw(SMALL, Part.TEST)
        .forEach(
            phantom -> {
              sum.update(phantom.image().rgb());
              phantom.problem().chars().forEach(sum::update);
            });
    assertThat(sum.getValue()).isEqualTo(PIXELS);
  }

  @Test
  void splitFormAndOriginalFormHoldTheSameItems() {
    Splits splits = Phantoms.generate(SMALL, folder);
    VqaDataset train = splits.byModality(Part.TRAIN);
    VqaDataset original = OmniMedVqa.load(folder.resolve("omnimedvqa"), folder);
    assertThat(train.size()).isEqualTo(160);
    assertThat(original.size()).isEqualTo(240);
    Map<String, VqaItem> byImage = new HashMap<>();
    original.items().forEach(item -> byImage.put(item.imageName(), item));
    for (Part part : Part.values()) {
      for (VqaItem item : splits.joined(part).items()) {
        VqaItem other = byImage.get(item.imageName());
        assertThat(other.problem()).isEqualTo(item.problem());
        assertThat(other.solution()).isEqualTo(item.solution());
        assertThat(other.modality()).isEqualTo(item.modality()).isPresent();
        assertThat(other.task()).isEqualTo(item.task()).isPresent();
        assertThat(item.goldOption()).isPresent();
        assertThat(Path.of(item.imageFile())).exists();
      }
    }
  }

  @Test
  void trainingAndTestImagesDiffer() {
    Set<List<Byte>> train = new HashSet<>();
    Phantoms.draw(SMALL, Part.TRAIN).forEach(phantom -> train.add(pixels(phantom)));
    assertThat(train).hasSize(160);
    assertThat(Phantoms.draw(SMALL, Part.TEST)).noneMatch(p -> train.contains(pixels(p)));
  }

  @Test
  void answersAreSpreadEvenlyOverLettersAndValues() {
    PhantomConfig config = PhantomConfig.of(5, 300, 0).withImageSize(28);
    Map<Integer, Integer> optionCounts = new TreeMap<>();
    Map<Integer, int[]> positions = new TreeMap<>();
    for (Phantom phantom : Phantoms.draw(config.withModalities(Set.of(Modality.CT)), Part.TRAIN)) {
      int count = phantom.options().size();
      optionCounts.merge(count, 1, Integer::sum);
      positions.computeIfAbsent(count, c -> new int[c])[phantom.gold()]++;
      assertThat(phantom.options()).doesNotHaveDuplicates();
    }
    assertThat(optionCounts.keySet()).containsExactly(2, 3, 4, 5);
    positions.forEach(
        (count, golds) -> {
          double expected = optionCounts.get(count) / (double) count;
          for (int gold : golds) {
            assertThat((double) gold)
                .as("seed 5, %d options", count)
                .isCloseTo(expected, within(6 * Math.sqrt(expected)));
          }
        });
  }

  /** A picture must tell the answer: even the most similar training picture mostly knows it. */
  @Test
  void answersCanBeSeen() {
    PhantomConfig config =
        PhantomConfig.of(8, 60, 12)
            .withImageSize(28)
            .withTasks(EnumSet.complementOf(EnumSet.of(Task.MODALITY_RECOGNITION)));
    Map<Phantom, double[]> train = new LinkedHashMap<>();
    Phantoms.draw(config, Part.TRAIN).forEach(p -> train.put(p, features(p.image())));
    Map<String, Integer> right = new TreeMap<>();
    for (Phantom test : Phantoms.draw(config, Part.TEST)) {
      double[] seen = features(test.image());
      Phantom nearest =
          train.keySet().stream()
              .filter(p -> p.modality() == test.modality() && p.task() == test.task())
              .min(Comparator.comparingDouble(p -> distance(train.get(p), seen)))
              .orElseThrow();
      boolean same = nearest.answer().equals(test.answer());
      right.merge(test.modality() + " " + test.task(), same ? 1 : 0, Integer::sum);
    }
    assertThat(right).hasSize(32);
    right.forEach(
        (cell, n) -> assertThat(n).as(cell + " of 12, seed 8").isGreaterThanOrEqualTo(10));
  }

  @Test
  void partsOfTheModalitiesAndTasksCanBeChosen() {
    PhantomConfig config =
        SMALL.withModalities(Set.of(Modality.OCT)).withTasks(Set.of(Task.LESION_GRADING));
    List<Phantom> drawn = Phantoms.draw(config, Part.TRAIN);
    assertThat(drawn).hasSize(4).allMatch(phantom -> phantom.modality() == Modality.OCT);
    List<Phantom> all = Phantoms.draw(SMALL, Part.TRAIN);
    assertThat(
            all.stream()
                .filter(p -> p.modality() == Modality.OCT && p.task() == Task.LESION_GRADING))
        .extracting(Phantom::problem)
        .isEqualTo(drawn.stream().map(Phantom::problem).toList());
  }

  @Test
  void badNumbersAreRefused() {
    assertThatThrownBy(() -> PhantomConfig.of(1, 0, 0)).isInstanceOf(InputException.class);
    assertThatThrownBy(() -> PhantomConfig.of(1, -1, 5)).isInstanceOf(InputException.class);
    assertThatThrownBy(() -> SMALL.withImageSize(9)).hasMessageContaining("found 9");
    assertThatThrownBy(() -> SMALL.withTasks(Set.of())).isInstanceOf(InputException.class);
  }

  @Test
  void theSheetHasARowForEveryModality() throws IOException {
    Path file = folder.resolve("sheet.png");
    ContactSheet.write(file, 1, 28, 2);
    BufferedImage sheet = ImageIO.read(file.toFile());
    assertThat(sheet.getWidth()).isEqualTo(10 * 32 + 4);
    assertThat(sheet.getHeight()).isEqualTo(8 * 32 + 4);
  }

  private static double distance(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += (x[i] - y[i]) * (x[i] - y[i]);
    }
    return sum;
  }

  /** Mean colors of 7 x 7 squares, and how often each of eight levels occurs in a channel. */
  private static double[] features(RgbImage image) {
    int size = image.width();
    int square = size / 7;
    double[] features = new double[7 * 7 * 3 + 8 * 3];
    for (int i = 0; i < image.rgb().length; i++) {
      int value = image.rgb()[i] & 0xFF;
      int x = i / 3 % size / square;
      int y = i / 3 / size / square;
      features[(y * 7 + x) * 3 + i % 3] += value / 255.0 / (square * square);
      features[7 * 7 * 3 + i % 3 * 8 + value / 32] += 10.0 / (size * size);
    }
    return features;
  }

  private static List<Byte> pixels(Phantom phantom) {
    byte[] rgb = phantom.image().rgb();
    Byte[] boxed = new Byte[rgb.length];
    Arrays.setAll(boxed, i -> rgb[i]);
    return List.of(boxed);
  }

  private static Map<String, byte[]> files(Path root) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(root.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }
}
