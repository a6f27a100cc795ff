package ai.medr1.core.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads int64 tensors of small golden files. */
final class TinySafetensors {
  private final ByteBuffer data;
  private final JsonNode header;
  private final int start;

  TinySafetensors(Path file) throws IOException {
    data = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    start = Math.toIntExact(8 + data.getLong(0));
    header = new ObjectMapper().readTree(data.array(), 8, start - 8);
  }

  boolean has(String name) {
    return header.has(name);
  }

  int dimension(String name, int axis) {
    return header.get(name).get("shape").get(axis).asInt();
  }

  /** All values, row-major. */
  int[] ints(String name) {
    JsonNode tensor = header.get(name);
    if (!tensor.get("dtype").asText().equals("I64")) {
      throw new IllegalArgumentException(name + " is not I64");
    }
    int from = start + tensor.get("data_offsets").get(0).asInt();
    int[] values = new int[(tensor.get("data_offsets").get(1).asInt() + start - from) / 8];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.toIntExact(data.getLong(from + 8 * i));
    }
    return values;
  }
}
