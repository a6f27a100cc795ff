package ai.medr1.grpo.loss;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

/** The parts of the parity fixtures that the losses need. */
final class Golden {
  static final Path ROOT = Path.of(System.getProperty("medr1.parity"));
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode header;
  private final ByteBuffer data;

  private Golden(JsonNode header, ByteBuffer data) {
    this.header = header;
    this.data = data;
  }

  static JsonNode json(String file) throws IOException {
    return JSON.readTree(ROOT.resolve(file).toFile());
  }

  static Golden tensors(String file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(ROOT.resolve(file)));
    int length = (int) bytes.order(ByteOrder.LITTLE_ENDIAN).getLong();
    byte[] header = new byte[length];
    bytes.get(header);
    return new Golden(JSON.readTree(header), bytes.slice().order(ByteOrder.LITTLE_ENDIAN));
  }

  /** Float32 and int64 tensors, flat. */
  float[] floats(String name) {
    JsonNode info = header.required(name);
    int begin = info.required("data_offsets").get(0).asInt();
    int end = info.required("data_offsets").get(1).asInt();
    boolean integers = info.required("dtype").asText().equals("I64");
    int size = integers ? Long.BYTES : Float.BYTES;
    float[] values = new float[(end - begin) / size];
    IntStream.range(0, values.length)
        .forEach(
            i ->
                values[i] =
                    integers ? data.getLong(begin + i * size) : data.getFloat(begin + i * size));
    return values;
  }

  long rows(String name) {
    return header.required(name).required("shape").get(0).asLong();
  }
}
