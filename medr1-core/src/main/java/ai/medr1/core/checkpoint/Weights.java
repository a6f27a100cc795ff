package ai.medr1.core.checkpoint;

import ai.medr1.core.InputException;
import ai.medr1.core.config.ModelConfig;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Stored tensors against the tensors that a model has. */
final class Weights {
  private Weights() {}

  /**
   * The tensors by public name, in the order of {@link Parameters#of}.
   *
   * @param where names the checkpoint in errors
   */
  static Map<String, TensorInfo> validated(
      String where, ModelConfig config, Map<String, TensorInfo> stored) {
    Map<String, TensorInfo> found = publicNames(where, stored);
    if (config.tieWordEmbeddings()) {
      // A redundant copy of the embedding, as some tools write it.
      found.remove(Parameters.HEAD);
    }
    Map<String, TensorInfo> ordered = new LinkedHashMap<>();
    List<String> missing = new ArrayList<>();
    Parameters.of(config)
        .forEach(
            (name, shape) -> {
              TensorInfo tensor = found.remove(name);
              if (tensor == null) {
                missing.add(name);
              } else {
                ordered.put(name, checked(tensor, shape));
              }
            });
    refuse(where, "lacks tensors that its config.json calls for", missing);
    refuse(where, "has tensors that its config.json does not call for", found.keySet());
    return Collections.unmodifiableMap(ordered);
  }

  private static Map<String, TensorInfo> publicNames(String where, Map<String, TensorInfo> stored) {
    Map<String, TensorInfo> found = new LinkedHashMap<>();
    for (TensorInfo tensor : stored.values()) {
      TensorInfo other = found.put(TensorNames.toPublic(tensor.name()), tensor);
      if (other != null) {
        throw new InputException(
            where + " has one tensor twice: as " + other.name() + " and as " + tensor.name());
      }
    }
    return found;
  }

  private static TensorInfo checked(TensorInfo tensor, List<Long> shape) {
    if (!tensor.shape().equals(shape)) {
      throw bad(tensor, "has the shape " + tensor.shape() + ", config.json calls for " + shape);
    }
    if (!tensor.dtype().isWeight()) {
      throw bad(tensor, "has dtype " + tensor.dtype() + ", weights are F32, BF16 or F16");
    }
    return tensor;
  }

  private static InputException bad(TensorInfo tensor, String message) {
    return new InputException(tensor.file() + ": tensor " + tensor.name() + " " + message);
  }

  private static void refuse(String where, String what, Collection<String> names) {
    if (!names.isEmpty()) {
      throw new InputException(where + " " + what + ": " + Problems.some(names));
    }
  }
}
