package ai.medr1.core.image;

import ai.medr1.core.checkpoint.SafetensorsFile;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The golden files. */
final class Goldens {
  static final Path DIR = Path.of(System.getProperty("medr1.parity"));

  private Goldens() {}

  static JsonNode json(String file) {
    try {
      return new ObjectMapper().readTree(DIR.resolve(file).toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  static Path image(String name) {
    return DIR.resolve("images").resolve(name);
  }

  static DecodeMode mode(String name) {
    return name.equals("open") ? DecodeMode.OPEN : DecodeMode.LOAD_IMAGE;
  }

  /** Tensors of a golden file. */
  record Tensors(SafetensorsFile file) {
    static Tensors read(String path) {
      return new Tensors(SafetensorsFile.read(DIR.resolve(path)));
    }

    boolean has(String name) {
      return file.tensors().containsKey(name);
    }

    byte[] bytes(String name) {
      long[] values = file.longs(name);
      byte[] bytes = new byte[values.length];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) values[i];
      }
      return bytes;
    }

    float[] floats(String name) {
      return file.floats(name);
    }

    /** A tensor [height, width, 3] of bytes. */
    RgbImage image(String name) {
      List<Long> shape = file.tensors().get(name).shape();
      return new RgbImage(
          Math.toIntExact(shape.get(1)), Math.toIntExact(shape.get(0)), bytes(name));
    }
  }
}
