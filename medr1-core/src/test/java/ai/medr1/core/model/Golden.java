package ai.medr1.core.model;

import ai.djl.ndarray.NDManager;
import ai.medr1.core.checkpoint.SafetensorsFile;
import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.image.GridThw;
import ai.medr1.core.image.PixelValues;
import ai.medr1.core.text.Parity;
import ai.medr1.core.text.Prompt;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The golden files of the network, as the model takes them. */
final class Golden {
  private Golden() {}

  static JsonNode json(String path) {
    try {
      return Parity.json(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static SafetensorsFile tensors(String path) {
    return SafetensorsFile.read(Parity.ROOT.resolve(path));
  }

  static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  /** The names of the tiny models. */
  static List<String> models() {
    return json("models/manifest.json").propertyStream().map(Map.Entry::getKey).toList();
  }

  static Path directory(String model) {
    return Parity.ROOT.resolve("models").resolve(model);
  }

  /** Sequences as rows of one width, padded where the mask is 0. */
  record Rows(long[] ids, long[] mask, int width) {
    static Rows of(SafetensorsFile file) {
      long[] ids = file.longs("input_ids");
      int rows = Math.toIntExact(file.tensors().get("input_ids").shape().get(0));
      return new Rows(ids, file.longs("attention_mask"), ids.length / rows);
    }

    int count() {
      return ids.length / width;
    }

    boolean real(int row, int column) {
      return mask[row * width + column] == 1;
    }

    /** Whether the column holds the first token of its row. */
    boolean first(int row, int column) {
      return real(row, column) && IntStream.range(0, column).noneMatch(i -> real(row, i));
    }

    /** The tokens of a row between two columns, without padding. */
    int[] tokens(int row, int from, int to) {
      return IntStream.range(from, to)
          .filter(column -> real(row, column))
          .map(column -> Math.toIntExact(ids[row * width + column]))
          .toArray();
    }
  }

  /** Every row of a batch as a prompt. */
  static List<Prompt> prompts(SafetensorsFile file, ModelConfig config) {
    Rows rows = Rows.of(file);
    Iterator<PixelValues> images = images(file);
    List<Prompt> prompts = new ArrayList<>();
    for (int row = 0; row < rows.count(); row++) {
      prompts.add(prompt(rows.tokens(row, 0, rows.width()), images, config));
    }
    return prompts;
  }

  /** Takes as many of the images as the ids have image tokens for. */
  static Prompt prompt(int[] ids, Iterator<PixelValues> images, ModelConfig config) {
    long open = Arrays.stream(ids).filter(id -> id == config.tokens().imagePad()).count();
    List<PixelValues> own = new ArrayList<>();
    while (open > 0) {
      own.add(images.next());
      open -= own.get(own.size() - 1).grid().tokens(config.vision().spatialMergeSize());
    }
    return new Prompt(ids, own, "");
  }

  static Iterator<PixelValues> images(SafetensorsFile file) {
    List<PixelValues> images = new ArrayList<>();
    if (file.tensors().containsKey("pixel_values")) {
      float[] values = file.floats("pixel_values");
      long[] grids = file.longs("image_grid_thw");
      int patch = Math.toIntExact(file.tensors().get("pixel_values").shape().get(1));
      int first = 0;
      for (int i = 0; i < grids.length; i += 3) {
        GridThw grid = new GridThw((int) grids[i], (int) grids[i + 1], (int) grids[i + 2]);
        int size = grid.t() * grid.h() * grid.w() * patch;
        images.add(new PixelValues(Arrays.copyOfRange(values, first, first + size), grid));
        first += size;
      }
    }
    return images.iterator();
  }

  /** Logits [T, V] of all tokens of all prompts, one after the other. */
  static float[] logits(QwenVl model, List<Prompt> prompts) {
    try (NDManager manager = NDManager.newBaseManager()) {
      return model.scoring().logits(prompts, manager).toFloatArray();
    }
  }
}
