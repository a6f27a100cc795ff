package ai.medr1.core.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.NamedTensor;
import ai.medr1.core.checkpoint.SafetensorsWriter;
import ai.medr1.core.torchscript.Kernels;
import ai.medr1.core.torchscript.Key;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Calls of kernels with their arrays, so that they can be made again elsewhere: {@code calls.json}
 * and {@code arrays.safetensors}. Weights are not among the arrays: they are named as tensors of
 * the checkpoint {@code model/<name>}, so that calls which map a file become calls that put a
 * tensor.
 */
final class KernelRecording implements Kernels.Recorder {
  static final String CALLS = "calls.json";
  static final String ARRAYS = "arrays.safetensors";

  /** What of loading a file is left out. */
  private static final Set<String> OF_FILES = Set.of("map_file", "unmap");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final ArrayNode calls = JSON.createArrayNode();
  private final List<NamedTensor> arrays = new ArrayList<>();
  private final IdentityHashMap<IValue, Integer> handed = new IdentityHashMap<>();
  private String path = "";

  @Override
  public void plain(String method, List<Object> values, @Nullable NDArray result) {
    if (method.equals("set_path")) {
      path =
          values
              .get(0)
              .toString(); // written with the call that needs it: files are elsewhere later
      return;
    }
    ObjectNode call = newCall(method, "plain");
    values.forEach(value -> call.withArray("values").addPOJO(value));
    if (result != null) {
      addResults(call, List.of(result));
    }
  }

  @Override
  public void call(
      String method,
      boolean gradients,
      List<IValue> before,
      Map<String, NDArray> arguments,
      List<NDArray> results,
      @Nullable IValue whole) {
    if (OF_FILES.contains(method)) {
      return;
    }
    if (method.equals("cut") || method.equals("put")) {
      putWeight(arguments);
      return;
    }
    ObjectNode call = newCall(method, gradients ? "train" : "infer");
    before.forEach(value -> call.withArray("before").add(handed.get(value)));
    if (whole != null) {
      handed.put(whole, calls.size() - 1);
    }
    ObjectNode named = call.putObject("arguments");
    arguments.forEach((name, array) -> named.put(name, add(name, array)));
    addResults(call, results);
  }

  private void putWeight(Map<String, NDArray> arguments) {
    newCall("set_path", "plain").putArray("values").add(path);
    String name = path.substring(path.indexOf('/') + 1);
    ObjectNode named = newCall("put", "train").putObject("arguments");
    named.put(Key.VALUE.text(), "model/" + name);
    for (Key scalar : List.of(Key.CODE, Key.WHERE)) {
      NDArray array = arguments.get(scalar.text());
      if (array != null) {
        named.put(scalar.text(), add(scalar.text(), array));
      }
    }
  }

  private ObjectNode newCall(String method, String mode) {
    return calls.addObject().put("method", method).put("mode", mode);
  }

  private void addResults(ObjectNode call, List<NDArray> results) {
    ArrayNode names = call.putArray("results");
    for (int i = 0; i < results.size(); i++) {
      names.add(add("result" + i, results.get(i)));
    }
  }

  private String add(String name, NDArray array) {
    String full = (calls.size() - 1) + "." + name;
    List<Long> shape = Arrays.stream(array.getShape().getShape()).boxed().toList();
    arrays.add(tensor(full, shape, array));
    return full;
  }

  private static NamedTensor tensor(String name, List<Long> shape, NDArray array) {
    if (array.getDataType() == DataType.UNKNOWN) { // bfloat16, which DJL does not know
      NDArray wide = JniUtils.to((PtNDArray) array, DataType.FLOAT32, Device.cpu());
      try (wide) {
        return NamedTensor.floats(name, DType.BF16, shape, wide.toFloatArray());
      }
    }
    ByteBuffer bytes = array.toByteBuffer();
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return new NamedTensor(
        name, dtype(array.getDataType()), shape, channel -> channel.write(ByteBuffer.wrap(copy)));
  }

  private static DType dtype(DataType type) {
    return switch (type) {
      case FLOAT32 -> DType.F32;
      case FLOAT64 -> DType.F64;
      case INT64 -> DType.I64;
      case BOOLEAN -> DType.BOOL;
      default -> throw new IllegalStateException("kernels take no arrays of type " + type);
    };
  }

  /** Writes the two files. */
  void write(Path directory) throws IOException {
    SafetensorsWriter.write(directory.resolve(ARRAYS), arrays, SafetensorsWriter.TORCH_METADATA);
    Files.write(
        directory.resolve(CALLS), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(calls));
  }
}
