package ai.medr1.core.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The golden files, read with a few lines that share nothing with the code under test. */
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

  /** A whole safetensors file in memory. */
  record Tensors(JsonNode header, ByteBuffer data) {
    static Tensors read(String file) {
      try {
        ByteBuffer all =
            ByteBuffer.wrap(Files.readAllBytes(DIR.resolve(file))).order(ByteOrder.LITTLE_ENDIAN);
        int length = Math.toIntExact(all.getLong());
        byte[] header = new byte[length];
        all.get(header);
        return new Tensors(
            new ObjectMapper().readTree(header), all.slice().order(ByteOrder.LITTLE_ENDIAN));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    boolean has(String name) {
      return header.has(name);
    }

    byte[] bytes(String name) {
      JsonNode offsets = header.get(name).get("data_offsets");
      int from = offsets.get(0).asInt();
      return Arrays.copyOfRange(
          data.array(), data.arrayOffset() + from, data.arrayOffset() + offsets.get(1).asInt());
    }

    float[] floats(String name) {
      byte[] bytes = bytes(name);
      float[] values = new float[bytes.length / Float.BYTES];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
      return values;
    }

    /** A tensor [height, width, 3] of bytes. */
    RgbImage image(String name) {
      JsonNode shape = header.get(name).get("shape");
      return new RgbImage(shape.get(1).asInt(), shape.get(0).asInt(), bytes(name));
    }
  }
}
