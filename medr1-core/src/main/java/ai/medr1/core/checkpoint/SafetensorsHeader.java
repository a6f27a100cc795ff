package ai.medr1.core.checkpoint;

import ai.medr1.core.InputException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The header of a safetensors file; nothing in it is believed before it is checked. */
record SafetensorsHeader(Map<String, TensorInfo> tensors, Map<String, String> metadata) {
  static final String METADATA = "__metadata__";
  static final int LENGTH_BYTES = 8;

  /** The format's own limit. */
  static final long MAX_BYTES = 100_000_000;

  private static final Set<String> FIELDS = Set.of("dtype", "shape", "data_offsets");

  static SafetensorsHeader read(Path file, FileChannel channel) throws IOException {
    long fileBytes = channel.size();
    long headerBytes = headerBytes(file, channel, fileBytes);
    ByteBuffer json = ByteBuffer.allocate((int) headerBytes);
    fill(file, channel, json, LENGTH_BYTES);
    return new Parser(file, LENGTH_BYTES + headerBytes, fileBytes).parse(json.array());
  }

  /** Fills the buffer from a position of the file and flips it. */
  static void fill(Path file, FileChannel channel, ByteBuffer buffer, long position)
      throws IOException {
    long at = position;
    while (buffer.hasRemaining()) {
      int read = channel.read(buffer, at);
      if (read < 0) {
        throw new InputException(file + " is truncated: it ends at byte " + at);
      }
      at += read;
    }
    buffer.flip();
  }

  private static long headerBytes(Path file, FileChannel channel, long fileBytes)
      throws IOException {
    if (fileBytes < LENGTH_BYTES) {
      throw new InputException(
          file + " is truncated: a safetensors file has at least 8 bytes, found " + fileBytes);
    }
    ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    fill(file, channel, length, 0);
    long headerBytes = length.getLong();
    if (headerBytes < 0 || headerBytes > MAX_BYTES) {
      throw new InputException(
          file
              + " is not a safetensors file: its header would have "
              + Long.toUnsignedString(headerBytes)
              + " bytes, at most "
              + MAX_BYTES
              + " are allowed");
    }
    if (headerBytes > fileBytes - LENGTH_BYTES) {
      throw new InputException(
          file
              + " is truncated: its header has "
              + headerBytes
              + " bytes, the file only "
              + fileBytes
              + "; copy or download it again");
    }
    return headerBytes;
  }

  private record Parser(Path file, long dataStart, long fileBytes) {
    SafetensorsHeader parse(byte[] json) {
      if (json.length == 0 || json[0] != '{') {
        throw new InputException(file + " is not a safetensors file: its header is no JSON object");
      }
      ObjectNode root = Json.parse(json, "the header of " + file);
      Map<String, TensorInfo> tensors = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> entry : root.properties()) {
        if (!entry.getKey().equals(METADATA)) {
          tensors.put(entry.getKey(), tensor(entry.getKey(), entry.getValue()));
        }
      }
      checkLayout(tensors);
      return new SafetensorsHeader(tensors, metadata(root.path(METADATA)));
    }

    private Map<String, String> metadata(JsonNode node) {
      Map<String, String> metadata = new LinkedHashMap<>();
      if (!node.isMissingNode() && !node.isObject()) {
        throw new InputException(file + ": " + METADATA + " must be an object, found " + node);
      }
      for (Map.Entry<String, JsonNode> entry : node.properties()) {
        if (!entry.getValue().isTextual()) {
          throw new InputException(
              file + ": " + METADATA + "." + entry.getKey() + " must be a text");
        }
        metadata.put(entry.getKey(), entry.getValue().textValue());
      }
      return metadata;
    }

    private TensorInfo tensor(String name, JsonNode node) {
      Set<String> fields = new TreeSet<>();
      node.fieldNames().forEachRemaining(fields::add);
      if (!fields.equals(FIELDS)) {
        throw bad(name, "must have exactly dtype, shape and data_offsets, found " + node);
      }
      DType dtype = dtype(name, node.path("dtype"));
      List<Long> shape = sizes(name, "shape", node.path("shape"));
      List<Long> offsets = sizes(name, "data_offsets", node.path("data_offsets"));
      if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
        throw bad(name, "data_offsets must be [begin, end], found " + offsets);
      }
      long bytes = offsets.get(1) - offsets.get(0);
      checkBytes(name, dtype, shape, bytes);
      if (offsets.get(1) > fileBytes - dataStart) {
        throw bad(
            name,
            "ends at byte "
                + offsets.get(1)
                + " of the data, which has "
                + (fileBytes - dataStart)
                + ": the file is truncated; copy or download it again");
      }
      return new TensorInfo(name, dtype, shape, file, dataStart + offsets.get(0), bytes);
    }

    private DType dtype(String name, JsonNode node) {
      return DType.named(node.asText())
          .orElseThrow(
              () ->
                  bad(
                      name,
                      "dtype " + node + " is not supported; known are " + List.of(DType.values())));
    }

    private List<Long> sizes(String name, String field, JsonNode node) {
      List<Long> sizes = new ArrayList<>();
      for (JsonNode size : node) {
        if (!size.isIntegralNumber() || !size.canConvertToLong() || size.longValue() < 0) {
          throw bad(name, field + " must hold whole numbers from 0 to 2^63 - 1, found " + node);
        }
        sizes.add(size.longValue());
      }
      if (!node.isArray()) {
        throw bad(name, field + " must be a list, found " + node);
      }
      return sizes;
    }

    private void checkBytes(String name, DType dtype, List<Long> shape, long bytes) {
      long expected;
      try {
        expected = Shapes.bytes(dtype, shape);
      } catch (ArithmeticException e) {
        throw bad(name, "shape " + shape + " has more elements than a file can hold");
      }
      if (expected != bytes) {
        throw bad(
            name,
            dtype + " " + shape + " takes " + expected + " bytes, data_offsets give " + bytes);
      }
    }

    private void checkLayout(Map<String, TensorInfo> tensors) {
      List<TensorInfo> sorted = new ArrayList<>(tensors.values());
      sorted.sort(Comparator.comparingLong(TensorInfo::offset).thenComparing(TensorInfo::bytes));
      long end = dataStart;
      for (TensorInfo tensor : sorted) {
        if (tensor.offset() != end) {
          throw bad(
              tensor.name(),
              (tensor.offset() < end ? "overlaps another tensor" : "leaves a gap before it")
                  + ": it begins at byte "
                  + (tensor.offset() - dataStart)
                  + " of the data, expected "
                  + (end - dataStart));
        }
        end += tensor.bytes();
      }
      if (end != fileBytes) {
        throw new InputException(
            file + " has " + (fileBytes - end) + " bytes after its last tensor; is it whole?");
      }
    }

    private InputException bad(String name, String message) {
      return new InputException(file + ": tensor " + name + " " + message);
    }
  }
}
