package ai.medr1.core.checkpoint;

import ai.medr1.core.AtomicFile;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes safetensors files. A file appears whole or not at all.
 *
 * <p>The data begins at a multiple of eight bytes and wider element types come first, so that every
 * tensor is aligned and can be mapped.
 */
public final class SafetensorsWriter {
  /** What transformers asks for before it reads a file. */
  public static final Map<String, String> TORCH_METADATA = Map.of("format", "pt");

  private static final int ALIGNMENT = 8;

  private SafetensorsWriter() {}

  /**
   * Writes the tensors to a file, replacing it.
   *
   * @param metadata free texts for the header
   */
  public static void write(Path file, List<NamedTensor> tensors, Map<String, String> metadata)
      throws IOException {
    List<NamedTensor> sorted = widestFirst(tensors);
    ByteBuffer header = header(sorted, metadata);
    AtomicFile.write(file, temporary -> writeAll(temporary, header, sorted));
  }

  private static List<NamedTensor> widestFirst(List<NamedTensor> tensors) {
    Comparator<NamedTensor> width = Comparator.comparingInt(tensor -> tensor.dtype().bytes());
    return tensors.stream().sorted(width.reversed()).toList();
  }

  private static ByteBuffer header(List<NamedTensor> tensors, Map<String, String> metadata) {
    byte[] json = Json.toCompactBytes(headerJson(tensors, metadata));
    int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    byte[] blanks = new byte[padded - json.length];
    Arrays.fill(blanks, (byte) ' ');
    return ByteBuffer.allocate(SafetensorsHeader.LENGTH_BYTES + padded)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(padded)
        .put(json)
        .put(blanks)
        .flip();
  }

  private static ObjectNode headerJson(List<NamedTensor> tensors, Map<String, String> metadata) {
    ObjectNode header = Json.object();
    ObjectNode texts = header.putObject(SafetensorsHeader.METADATA);
    metadata.forEach(texts::put);
    long offset = 0;
    Set<String> names = new HashSet<>(Set.of(SafetensorsHeader.METADATA));
    for (NamedTensor tensor : tensors) {
      if (!names.add(tensor.name())) {
        throw new IllegalArgumentException("two tensors are named " + tensor.name());
      }
      ObjectNode entry = header.putObject(tensor.name()).put("dtype", tensor.dtype().name());
      ArrayNode shape = entry.putArray("shape");
      tensor.shape().forEach(shape::add);
      long end = Math.addExact(offset, tensor.bytes());
      entry.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    return header;
  }

  private static void writeAll(Path file, ByteBuffer header, List<NamedTensor> tensors)
      throws IOException {
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      new Counted(out).write(header);
      for (NamedTensor tensor : tensors) {
        writeTensor(tensor, out);
      }
      out.force(true);
    }
  }

  private static void writeTensor(NamedTensor tensor, FileChannel out) throws IOException {
    Counted counted = new Counted(out);
    tensor.source().writeTo(counted);
    if (counted.count != tensor.bytes()) {
      throw new IllegalStateException(
          "the source of tensor "
              + tensor.name()
              + " wrote "
              + counted.count
              + " bytes, expected "
              + tensor.bytes());
    }
  }

  /** Counts, and writes every buffer whole. */
  private static final class Counted implements WritableByteChannel {
    private final FileChannel out;
    private long count;

    Counted(FileChannel out) {
      this.out = out;
    }

    @Override
    public int write(ByteBuffer buffer) throws IOException {
      int bytes = buffer.remaining();
      while (buffer.hasRemaining()) {
        out.write(buffer);
      }
      count += bytes;
      return bytes;
    }

    @Override
    public boolean isOpen() {
      return out.isOpen();
    }

    @Override
    public void close() {
      // The writer owns the file.
    }
  }
}
