package ai.medr1.core.checkpoint;

import ai.medr1.core.FileKind;
import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A safetensors file: the header is read and validated at once, values only when asked for.
 *
 * <p>Layout: an unsigned 64-bit header length, a JSON object with that many bytes, the values. The
 * values must fill the rest of the file without gap or overlap.
 */
public final class SafetensorsFile {
  private static final int CHUNK_BYTES = 1 << 20;

  private final Path file;
  private final Map<String, TensorInfo> tensors;
  private final Map<String, String> metadata;

  private SafetensorsFile(Path file, SafetensorsHeader header) {
    this.file = file;
    this.tensors = Collections.unmodifiableMap(header.tensors());
    this.metadata = Collections.unmodifiableMap(header.metadata());
  }

  /**
   * Reads the header.
   *
   * @throws InputException if the file is missing or damaged in any way that the header shows
   */
  public static SafetensorsFile read(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      return new SafetensorsFile(file, SafetensorsHeader.read(file, channel));
    } catch (IOException e) {
      throw mistaken(file, new InputException("cannot read " + file + ": " + IoReason.of(e), e));
    } catch (InputException e) {
      throw mistaken(file, e);
    }
  }

  /** What the file is instead says more than what its header lacks. */
  private static InputException mistaken(Path file, InputException e) {
    return FileKind.mistaken(file, "tensors in safetensors", FileKind.SAFETENSORS)
        .map(told -> new InputException(told, e))
        .orElse(e);
  }

  /** All tensors by name, in the order of the header. */
  public Map<String, TensorInfo> tensors() {
    return tensors;
  }

  /** The free texts of the header ({@code __metadata__}). */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** The values of a tensor of type F64, F32, F16 or BF16, row-major, as float. */
  public float[] floats(String name) {
    TensorInfo tensor = tensor(name);
    FloatCodec codec = FloatCodec.of(tensor.dtype());
    float[] values = new float[length(tensor)];
    int[] at = {0};
    read(
        tensor,
        chunk -> {
          while (chunk.hasRemaining()) {
            values[at[0]++] = codec.get(chunk);
          }
        });
    return values;
  }

  /** The values of a tensor of an integer type or BOOL (0 and 1), row-major. */
  public long[] longs(String name) {
    TensorInfo tensor = tensor(name);
    long[] values = new long[length(tensor)];
    int[] at = {0};
    read(
        tensor,
        chunk -> {
          while (chunk.hasRemaining()) {
            values[at[0]++] = integer(tensor, chunk);
          }
        });
    return values;
  }

  private TensorInfo tensor(String name) {
    TensorInfo tensor = tensors.get(name);
    if (tensor == null) {
      throw new InputException(
          file + " has no tensor \"" + name + "\"; it has " + Problems.some(tensors.keySet()));
    }
    return tensor;
  }

  private static int length(TensorInfo tensor) {
    if (tensor.elements() > Integer.MAX_VALUE - 8) {
      throw new InputException(
          tensor.file()
              + ": tensor "
              + tensor.name()
              + " has "
              + tensor.elements()
              + " elements, too many for one array");
    }
    return (int) tensor.elements();
  }

  private static long integer(TensorInfo tensor, ByteBuffer chunk) {
    return switch (tensor.dtype()) {
      case I64 -> chunk.getLong();
      case I32 -> chunk.getInt();
      case I16 -> chunk.getShort();
      case I8 -> chunk.get();
      case U8, BOOL -> chunk.get() & 0xff;
      case F64, F32, F16, BF16 ->
          throw new InputException(
              tensor.file()
                  + ": tensor "
                  + tensor.name()
                  + " should hold integers, found "
                  + tensor.dtype());
    };
  }

  // Every chunk holds whole elements: a chunk's size is a multiple of every element size.
  private static void read(TensorInfo tensor, Consumer<ByteBuffer> sink) {
    ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, tensor.bytes()));
    chunk.order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(tensor.file())) {
      for (long done = 0; done < tensor.bytes(); done += chunk.limit()) {
        chunk.clear().limit((int) Math.min(CHUNK_BYTES, tensor.bytes() - done));
        SafetensorsHeader.fill(tensor.file(), channel, chunk, tensor.offset() + done);
        sink.accept(chunk);
      }
    } catch (IOException e) {
      throw new InputException("cannot read " + tensor.file() + ": " + IoReason.of(e), e);
    }
  }
}
