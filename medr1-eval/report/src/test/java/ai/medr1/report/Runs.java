package ai.medr1.report;

import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import ai.medr1.eval.Score;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;

/** Makes small directories of runs in the forms that the commands write. */
final class Runs {
  static final long SEED = 5;
  static final String HOSTILE = "<script>alert('x')</script> & \"quoted\"";

  private static final ObjectMapper JSON = new ObjectMapper();

  private Runs() {}

  /** An evaluation of two items of every modality and task, of which {@code share} are right. */
  static Path evaluation(Path directory, double share) throws IOException {
    Files.createDirectories(directory);
    Random random = new Random(SEED);
    StringBuilder rows = new StringBuilder();
    for (Modality modality : Modality.values()) {
      Path image =
          image(
              directory.resolveSibling("images").resolve(modality + ".png"),
              List.of(Modality.values()).indexOf(modality));
      for (Task task : Task.values()) {
        for (int i = 0; i < 2; i++) {
          ObjectNode item = item(modality, task, i, image, random.nextDouble() < share);
          item.put("answerLogprob", Math.log(1 - 0.6 * random.nextDouble()));
          rows.append(item).append('\n');
        }
      }
    }
    Files.writeString(directory.resolve("items.jsonl"), rows);
    Files.writeString(
        directory.resolve("summary.json"),
        "{\"overall\": {\"n\": 80, \"right\": 40, \"accuracy\": 0.5, \"low\": 0.4, \"high\": 0.6},"
            + " \"byModality\": {\"X-Ray\": {\"n\": 10, \"accuracy\": 0.25}}, \"unparsable\": 3}");
    settings(directory, "prompt: think\nbatch: 8\n");
    return directory;
  }

  static ObjectNode item(Modality modality, Task task, int i, Path image, boolean right) {
    String gold = i == 0 ? "B" : "C";
    String letter = right ? gold : "A";
    ObjectNode row = JSON.createObjectNode();
    List.of("A", "B", "C").forEach(row.putArray("options")::add);
    return row.put("id", modality + "#" + task + i)
        .put("image", "Images/" + image.getFileName())
        .put("imageFile", image.toString())
        .put("problem", task.fullName() + ", no. " + i + ": which is it? A)this, B)that, C)else")
        .put("solution", "<answer> " + gold + " </answer>")
        .put("modality", modality.fullName())
        .put("task", task.fullName())
        .put(
            "output", "<think>It looks like " + letter + ".</think><answer>" + letter + "</answer>")
        .put("extracted", letter)
        .put("gold", gold)
        .put("right", right)
        .put("tokens", 17)
        .put("answerLogprob", -0.5);
  }

  /** A GRPO run with so many steps, two completions in each. */
  static Path training(Path directory, int steps) throws IOException {
    Files.createDirectories(directory);
    Random random = new Random(SEED);
    StringBuilder metrics = new StringBuilder();
    StringBuilder completions = new StringBuilder();
    Path image = image(directory.resolve("ct.png"), 1);
    for (int step = 1; step <= steps; step++) {
      metrics.append(metrics(step, random)).append('\n');
      for (int i = 0; i < 2; i++) {
        completions.append(completion(step, image, i == 0)).append('\n');
      }
    }
    Files.writeString(directory.resolve("metrics.jsonl"), metrics);
    Files.writeString(directory.resolve("completions.jsonl"), completions);
    settings(directory, "model: tiny\nseed: 42\n");
    return directory;
  }

  private static ObjectNode metrics(int step, Random random) {
    return JSON.createObjectNode()
        .put("step", step)
        .put("time", 1.7e9 + step)
        .put("loss", 0.01 * random.nextGaussian())
        .put("reward", 2 - Math.exp(-step / 30.0) + 0.1 * random.nextGaussian())
        .put("rewards/accuracy/mean", 0.8 + 0.05 * random.nextGaussian())
        .put("kl", 0.001 * step)
        .put("completions/mean_length", 60 + 50 * Math.exp(-step / 20.0));
  }

  private static ObjectNode completion(int step, Path image, boolean right) {
    ObjectNode row =
        JSON.createObjectNode()
            .put("step", step)
            .put("id", "CT_train.json#" + step)
            .put("image", "Images/ct.png")
            .put("imageFile", image.toString())
            .put("prompt", "Which organ, step " + step + "? A)liver, B)kidney")
            .put("gold", "A")
            .put("completion", "<think>Smooth.</think><answer>" + (right ? "A" : "B") + "</answer>")
            .put("tokens", 12)
            .put("finished", true);
    row.putObject("rewards").put("accuracy", right ? 1.0 : 0.0).put("format", 1.0);
    return row.put("reward", right ? 2.0 : 1.0).put("advantage", right ? 0.7 : -0.7);
  }

  /** A study over three modalities with a trained and an untrained variant, two cells not done. */
  static Path experiment(Path directory) throws IOException {
    List<String> names = List.of("CT", "MRI", "X-Ray");
    ObjectNode root = JSON.createObjectNode().put("kind", "modality");
    names.forEach(root.putArray("names")::add);
    root.putArray("variants").add("grpo-think").add("sft").add("zero-shot");
    ArrayNode cells = root.putArray("cells");
    ArrayNode trainings = root.putArray("trainings");
    for (String variant : List.of("grpo-think", "sft")) {
      for (int row = 0; row < 3; row++) {
        String dir = "train/" + variant + "/" + names.get(row);
        training(directory.resolve(dir), 30);
        trainings
            .addObject()
            .put("variant", variant)
            .put("row", names.get(row))
            .put("state", "done")
            .put("seconds", 12.5)
            .put("dir", dir);
        for (int column = 0; column < 3; column++) {
          int right = (variant.equals("sft") ? 20 : 50) + 10 * row + (row == column ? 20 : 0);
          cell(cells.addObject(), variant, names.get(row), names.get(column), right);
        }
      }
    }
    names.forEach(column -> cell(cells.addObject(), "zero-shot", null, column, 25));
    ((ObjectNode) cells.get(1)).put("state", "running").putNull("n").putNull("right");
    ((ObjectNode) cells.get(2)).put("state", "failed").put("error", HOSTILE).putNull("n");
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("matrix.json"), root.toPrettyString());
    Files.writeString(directory.resolve("experiment.yaml"), "kind: modality\n");
    evaluation(directory.resolve("eval/grpo-think/CT/CT"), 0.8);
    evaluation(directory.resolve("eval/zero-shot/base/CT"), 0.3);
    return directory;
  }

  private static void cell(ObjectNode cell, String variant, String row, String column, int right) {
    Score score = new Score(100, right);
    cell.put("variant", variant)
        .put("row", row)
        .put("column", column)
        .put("state", "done")
        .put("n", score.n())
        .put("right", score.right())
        .put("accuracy", score.accuracy())
        .put("low", score.low())
        .put("high", score.high())
        .put("seconds", 3.25)
        .put("dir", "eval/%s/%s/%s".formatted(variant, row == null ? "base" : row, column));
  }

  /** Matrices as they are published: of two names, with numbers as given. */
  static Path published(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.writeString(
        file,
        """
        {"source": "made up", "modality_improvement": {"names": ["CT", "MRI"], "rows": [[1.24, -10.32], [16.94, 0.00]]},
         "training_curves": "reward rises"}
        """);
  }

  private static void settings(Path directory, String config) throws IOException {
    Files.writeString(directory.resolve("config.yaml"), config);
    Files.writeString(
        directory.resolve("environment.json"),
        "{\"medr1\": \"0.1.0\", \"java\": \"17\", \"threads\": 2}");
  }

  private static Path image(Path file, int hue) throws IOException {
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(84, 84, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = image.createGraphics();
    canvas.setColor(Color.getHSBColor(hue / 8f, 0.4f, 0.8f));
    canvas.fillOval(12, 12, 60, 50);
    canvas.dispose();
    ImageIO.write(image, "png", file.toFile());
    return file;
  }
}
