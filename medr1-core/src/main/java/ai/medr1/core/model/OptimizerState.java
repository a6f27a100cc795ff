package ai.medr1.core.model;

import ai.medr1.core.InputException;
import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.NamedTensor;
import ai.medr1.core.checkpoint.SafetensorsFile;
import ai.medr1.core.checkpoint.SafetensorsWriter;
import ai.medr1.core.checkpoint.TensorInfo;
import ai.medr1.core.torchscript.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The state of the optimizer as a safetensors file: moments and master weights, float32. */
final class OptimizerState {
  private static final List<String> KINDS = List.of("m", "v", "master");
  private static final String UPDATES = "updates";

  private final StoredTensors tensors;
  private final List<String> trained;
  private final Kernels kernels;

  OptimizerState(StoredTensors tensors, List<String> trained, Kernels kernels) {
    this.tensors = tensors;
    this.trained = trained;
    this.kernels = kernels;
  }

  /** Writes it, with the number of updates that were made. */
  void save(Path file, long updates) throws IOException {
    List<NamedTensor> state = new ArrayList<>();
    for (String kind : KINDS) {
      for (String name : trained) {
        if (tensors.has(kind, name)) {
          state.add(tensors.named(kind + "/" + name, kind, name, DType.F32));
        }
      }
    }
    SafetensorsWriter.write(file, state, Map.of(UPDATES, Long.toString(updates)));
  }

  /**
   * Takes up what was written.
   *
   * @return the number of updates that had been made
   * @throws InputException if the file belongs to another model
   */
  long load(Path file) {
    SafetensorsFile state = SafetensorsFile.read(file);
    String count = state.metadata().get(UPDATES);
    if (count == null || !count.matches("\\d{1,18}")) {
      throw new InputException(
          file + " has no count of updates in its metadata: is it an optimizer state of medr1?");
    }
    state.tensors().forEach((name, info) -> requireState(file, name, info));
    new WeightLoader(kernels, DType.F32).load(state.tensors(), path -> path, DType.F32);
    return Long.parseLong(count);
  }

  private void requireState(Path file, String path, TensorInfo info) {
    String[] parts = path.split("/", 2);
    boolean known = parts.length == 2 && KINDS.contains(parts[0]);
    if (!known || !trained.contains(parts[1])) {
      throw new InputException(
          "%s: tensor %s belongs to no weight that this model trains; resume with the model and the settings that wrote it"
              .formatted(file, path));
    }
    if (!info.shape().equals(tensors.shape(parts[1])) || info.dtype() != DType.F32) {
      throw new InputException(
          "%s: tensor %s has shape %s and type %s, expected %s and F32"
              .formatted(file, path, info.shape(), info.dtype(), tensors.shape(parts[1])));
    }
  }
}
