package ai.medr1.examples.jmh;

import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.NamedTensor;
import ai.medr1.core.checkpoint.SafetensorsFile;
import ai.medr1.core.checkpoint.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Reading a file of 730 tensors, as many as Qwen2-VL-2B has, one of them of 4 Mi values. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class SafetensorsBenchmark {
  private static final int TENSORS = 730;
  private static final int LARGE = 1 << 22;

  @Param({"F32", "BF16"})
  public DType dtype;

  private Path file;
  private SafetensorsFile opened;

  @Setup
  public void write() throws IOException {
    file = Files.createTempFile("medr1-benchmark", ".safetensors");
    List<NamedTensor> tensors = new ArrayList<>();
    Random random = new Random(1);
    float[] large = new float[LARGE];
    for (int i = 0; i < LARGE; i++) {
      large[i] = (float) random.nextGaussian();
    }
    tensors.add(NamedTensor.floats("large", dtype, List.of((long) LARGE), large));
    for (int i = 1; i < TENSORS; i++) {
      String name = "model.layers.%d.self_attn.q_proj.weight".formatted(i);
      tensors.add(NamedTensor.floats(name, dtype, List.of(2L, 8L), new float[16]));
    }
    SafetensorsWriter.write(file, tensors, SafetensorsWriter.TORCH_METADATA);
    opened = SafetensorsFile.read(file);
  }

  @TearDown
  public void delete() throws IOException {
    Files.delete(file);
  }

  /** The header, checked. */
  @Benchmark
  public SafetensorsFile open() {
    return SafetensorsFile.read(file);
  }

  /** 4 Mi values as float32. */
  @Benchmark
  public float[] floats() {
    return opened.floats("large");
  }
}
