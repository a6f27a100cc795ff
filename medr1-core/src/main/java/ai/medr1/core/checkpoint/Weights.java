package ai.medr1.core.checkpoint;

import ai.medr1.core.InputException;
import ai.medr1.core.Warnings;
import ai.medr1.core.config.ModelConfig;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stored tensors against the tensors that a model has. */
final class Weights {
  private static final Logger LOG = LoggerFactory.getLogger(Weights.class);
  private static final Pattern BUFFER =
      Pattern.compile(
          "(^|\\.)(rotary_emb|rotary_pos_emb)\\.\\w*(inv_freq|cached)$|(^|\\.)(position_ids|rope_deltas)$");

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
      // Some tools write both names, some that of the head alone.
      TensorInfo head = found.remove(Parameters.HEAD);
      if (head != null) {
        found.putIfAbsent(Parameters.EMBEDDING, head);
      }
    }
    passOverBuffers(where, found);
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

  /** Whether the head and the embedding are both stored, with different values. */
  static boolean headDiffers(String where, Map<String, TensorInfo> stored) {
    Map<String, TensorInfo> found = publicNames(where, stored);
    TensorInfo head = found.get(Parameters.HEAD);
    TensorInfo embedding = found.get(Parameters.EMBEDDING);
    return head != null && embedding != null && !TensorValues.equal(head, embedding);
  }

  /** What old versions stored although it follows from the configuration. */
  private static void passOverBuffers(String where, Map<String, TensorInfo> found) {
    List<String> buffers =
        found.keySet().stream().filter(name -> BUFFER.matcher(name).find()).toList();
    if (!buffers.isEmpty()) {
      buffers.forEach(found::remove);
      Warnings.once(
          LOG,
          "%s: stored buffers are ignored, they are computed from config.json: %s"
              .formatted(where, Problems.some(buffers)));
    }
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
