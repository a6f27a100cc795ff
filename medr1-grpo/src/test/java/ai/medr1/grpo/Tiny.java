package ai.medr1.grpo;

import ai.medr1.core.checkpoint.Checkpoint;
import ai.medr1.core.checkpoint.TensorInfo;
import ai.medr1.data.Choices;
import ai.medr1.data.VqaItem;
import ai.medr1.grpo.config.ConfigFile;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.config.SftConfig;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** The tiny checkpoints of the parity fixtures and small questions to train them on. */
final class Tiny {
  static final Path MODELS = Path.of(System.getProperty("medr1.parity"), "models");

  private Tiny() {}

  /** Every family's tiny model, in the public layout. */
  static Stream<Path> models() throws IOException {
    JsonNode manifest = new ObjectMapper().readTree(MODELS.resolve("manifest.json").toFile());
    List<Path> models = new ArrayList<>();
    manifest.fieldNames().forEachRemaining(name -> models.add(MODELS.resolve(name)));
    return models.stream();
  }

  /** The first one of them. */
  static Path model() {
    try {
      return models().findFirst().orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A copy of a float32 model in which the first element of a weight is NaN. */
  static void damage(Path from, Path to, String weight) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    TensorInfo info = Checkpoint.open(to).weights().get(weight);
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel file = FileChannel.open(info.file(), StandardOpenOption.WRITE)) {
      file.write(bytes.putFloat(Float.NaN).flip(), info.offset());
    }
  }

  /** Questions about the color of a square. */
  static List<VqaItem> items(Path dir, int count) throws IOException {
    Color[] colors = {Color.RED, Color.GREEN, Color.BLUE};
    List<VqaItem> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Path image = dir.resolve("square" + i + ".png");
      draw(image, colors[i % 3]);
      items.add(item(i, image, "<answer> " + (char) ('A' + i % 3) + " </answer>"));
    }
    return items;
  }

  static VqaItem item(int i, Path image, String solution) {
    return new VqaItem(
        "item-" + i,
        image.getFileName().toString(),
        image,
        "Which color? A)Red, B)Green, C)Blue",
        solution,
        Choices.parse("Which color? A)Red, B)Green, C)Blue").options(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        new VqaItem.Source(Path.of("test"), i));
  }

  static GrpoConfig grpo(Path model, Path out, String... settings) {
    GrpoConfig base =
        ConfigFile.with(
            GrpoConfig.of(model, out),
            "sampling.maxCompletionLength=6",
            "group=3",
            "load.device=cpu",
            "optimizer.learningRate=1e-3",
            "optimizer.schedule=constant");
    return ConfigFile.with(base, settings);
  }

  static SftConfig sft(Path model, Path out, String... settings) {
    SftConfig base =
        ConfigFile.with(
            SftConfig.of(model, out),
            "batch=2",
            "accumulation=1",
            "load.device=cpu",
            "optimizer.learningRate=1e-2",
            "optimizer.schedule=constant",
            "optimizer.warmupRatio=0");
    return ConfigFile.with(base, settings);
  }

  /** Rows of a run's log without what depends on the clock. */
  static List<JsonNode> rows(Path file) throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<JsonNode> rows = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      var row = (com.fasterxml.jackson.databind.node.ObjectNode) json.readTree(line);
      row.remove(
          List.of(
              "time",
              "step_time",
              "tokens_per_s",
              "prepare_s",
              "encode_s",
              "sample_s",
              "score_s",
              "old_s",
              "reference_s",
              "update_s"));
      rows.add(row);
    }
    return rows;
  }

  private static void draw(Path file, Color color) throws IOException {
    BufferedImage image = new BufferedImage(56, 56, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(color);
    graphics.fillRect(8, 8, 40, 40);
    graphics.dispose();
    ImageIO.write(image, "png", file.toFile());
  }
}
