package ai.medr1.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsWriterTest {
  @TempDir Path dir;
  private Path file;

  @BeforeEach
  void name() {
    file = dir.resolve("x.safetensors");
  }

  @Test
  void readsWhatItWrote() throws IOException {
    float[] values = {1, -0.5f, Float.MIN_VALUE, Float.NaN, Float.NEGATIVE_INFINITY, 0.1f};
    SafetensorsWriter.write(
        file,
        List.of(
            NamedTensor.floats("bf16", DType.BF16, List.of(1L), new float[] {0.1f}),
            NamedTensor.floats("f32 \"ü\"", DType.F32, List.of(2L, 3L), values),
            NamedTensor.floats("empty", DType.F16, List.of(0L), new float[0])),
        Map.of("step", "7"));

    SafetensorsFile read = SafetensorsFile.read(file);
    assertThat(read.floats("f32 \"ü\"")).containsExactly(values);
    assertThat(read.floats("bf16")).containsExactly(0.100097656f);
    assertThat(read.floats("empty")).isEmpty();
    assertThat(read.tensors().get("f32 \"ü\"").shape()).isEqualTo(List.of(2L, 3L));
    assertThat(read.metadata()).isEqualTo(Map.of("step", "7"));
  }

  @Test
  void tensorsAreAlignedWhateverTheirOrder() throws IOException {
    SafetensorsWriter.write(
        file,
        List.of(
            bytes("byte", DType.U8, 3), bytes("double", DType.F64, 8), bytes("half", DType.F16, 2)),
        Map.of());

    for (TensorInfo tensor : SafetensorsFile.read(file).tensors().values()) {
      assertThat(tensor.offset() % tensor.dtype().bytes()).as(tensor.name()).isZero();
    }
    assertThat(ByteBuffer.wrap(Files.readAllBytes(file)).get(0) % 8).isZero();
  }

  @Test
  void largeTensorsGoThroughInChunks() throws IOException {
    float[] values = new float[300_001];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    List<Long> shape = List.of((long) values.length);
    SafetensorsWriter.write(
        file, List.of(NamedTensor.floats("x", DType.F32, shape, values)), Map.of());
    Path copy = dir.resolve("copy.safetensors");
    TensorInfo stored = SafetensorsFile.read(file).tensors().get("x");
    SafetensorsWriter.write(copy, List.of(NamedTensor.stored("x", stored)), Map.of());

    assertThat(SafetensorsFile.read(file).floats("x")).isEqualTo(values);
    assertThat(copy).hasSameBinaryContentAs(file);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 5})
  void aSourceOfTheWrongLengthLeavesTheOldFile(int length) throws IOException {
    Files.writeString(file, "old");
    TensorSource source = channel -> channel.write(ByteBuffer.allocate(length));
    NamedTensor tensor = new NamedTensor("x", DType.U8, List.of(4L), source);

    assertThatThrownBy(() -> SafetensorsWriter.write(file, List.of(tensor), Map.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the source of tensor x wrote " + length + " bytes, expected 4");
    assertThat(file).hasContent("old");
    try (Stream<Path> files = Files.list(dir)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void refusesTwoTensorsOfOneName() {
    NamedTensor tensor = bytes("x", DType.U8, 1);

    assertThatThrownBy(() -> SafetensorsWriter.write(file, List.of(tensor, tensor), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x");
  }

  @Test
  void refusesValuesThatDoNotFitTheShape() {
    assertThatThrownBy(() -> NamedTensor.floats("x", DType.F32, List.of(2L, 2L), new float[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("x", "[2, 2]", "3");
  }

  private static NamedTensor bytes(String name, DType dtype, int bytes) {
    return new NamedTensor(
        name,
        dtype,
        List.of((long) bytes / dtype.bytes()),
        channel -> channel.write(ByteBuffer.allocate(bytes)));
  }
}
