package ai.medr1.core.checkpoint;

/** The two ways to name tensors: of the public checkpoints, and of transformers 5's modules. */
final class TensorNames {
  private TensorNames() {}

  /** The public name of a tensor of either naming. */
  static String toPublic(String name) {
    if (name.startsWith("model.language_model.")) {
      return "model." + name.substring("model.language_model.".length());
    }
    return name.startsWith("model.visual.") ? name.substring("model.".length()) : name;
  }

  /** The name that transformers 5 has for what has a public name. */
  static String toModule(String name) {
    return name.startsWith("visual.")
        ? "model." + name
        : name.replaceFirst("^model\\.", "model.language_model.");
  }
}
