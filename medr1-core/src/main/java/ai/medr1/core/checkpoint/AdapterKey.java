package ai.medr1.core.checkpoint;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a tensor of an adapter's file is, by its name. PEFT writes the path of a module in the model
 * that it was given, so the same layer has one name for every version of transformers and every way
 * of wrapping a model; some tools also keep the name of the adapter in it.
 *
 * @param name a layer for the matrices of a branch, a tensor for whole tensors; by the public names
 * @param written the path of the layer or tensor in the model that was adapted
 * @param adapter the adapter's name where the key has one
 * @param own of whole tensors: whether the key says that a copy of the module was trained
 */
record AdapterKey(Role role, String name, String written, Optional<String> adapter, boolean own) {

  enum Role {
    /** A [rank, in], or [rank, channels, t, h, w] of the patch embedding. */
    DOWN,
    /** B [out, rank]. */
    UP,
    /** What B adds to every output [out]. */
    UP_BIAS,
    /** A of the token embedding [rank, V]. */
    EMBEDDING_DOWN,
    /** B of the token embedding [D, rank]. */
    EMBEDDING_UP,
    /** Rows of the token embedding that were trained [rows, D]. */
    ROWS,
    /** A tensor in the place of the base's. */
    WHOLE,
    /** A copy of what the base has, which nothing uses. */
    SURPLUS
  }

  private record Form(Pattern pattern, Role role) {
    static Form of(String pattern, Role role) {
      return new Form(Pattern.compile(pattern), role);
    }
  }

  private static final String NAME = "(?:\\.([^.]+))?";

  private static final List<Form> FORMS =
      List.of(
          Form.of("(.+)\\.lora_A" + NAME + "\\.weight", Role.DOWN),
          Form.of("(.+)\\.lora_B" + NAME + "\\.weight", Role.UP),
          Form.of("(.+)\\.lora_B" + NAME + "\\.bias", Role.UP_BIAS),
          Form.of("(.+)\\.lora_embedding_A" + NAME, Role.EMBEDDING_DOWN),
          Form.of("(.+)\\.lora_embedding_B" + NAME, Role.EMBEDDING_UP),
          Form.of("(.+)\\.token_adapter\\.trainable_tokens_delta" + NAME, Role.ROWS),
          Form.of("(.+)\\.token_adapter\\.trainable_tokens_original" + NAME, Role.SURPLUS),
          Form.of("(.+)\\.token_adapter\\.base_layer()\\.weight", Role.SURPLUS),
          Form.of("(.+)\\.original_module()\\..+", Role.SURPLUS));

  /** What parallel and compiling wrappers put between modules. */
  private static final Pattern WRAPPERS =
      Pattern.compile(
          "(?<![^.])(?:module|_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\\.");

  private static final Pattern PREFIX = Pattern.compile("^(?:base_model\\.(?:model\\.)?)+");
  private static final Pattern BASE = Pattern.compile("(.+)\\.base_layer\\.(weight|bias)");
  private static final Pattern COPY = Pattern.compile("(.+)\\.modules_to_save\\.(.+)");

  private static final Pattern MODULE =
      Pattern.compile(
          "(?:(?:model|language_model|base_model)\\.)*(layers|embed_tokens|norm|visual|lm_head)(|\\..+)");

  /**
   * Reads a key.
   *
   * @param tensors the names of the model's tensors; empty where the key fits none of them
   */
  static Optional<AdapterKey> read(String key, Set<String> tensors) {
    String path = PREFIX.matcher(WRAPPERS.matcher(key).replaceAll("")).replaceFirst("");
    for (Form form : FORMS) {
      Matcher matcher = form.pattern().matcher(path);
      if (matcher.matches()) {
        String layer = publicName(matcher.group(1));
        return tensors.contains(layer + ".weight")
            ? Optional.of(
                new AdapterKey(
                    form.role(),
                    layer,
                    matcher.group(1),
                    Optional.ofNullable(matcher.group(2)),
                    false))
            : Optional.empty();
      }
    }
    return whole(path, tensors);
  }

  private static Optional<AdapterKey> whole(String path, Set<String> tensors) {
    Matcher copy = COPY.matcher(path);
    if (copy.matches()) {
      String rest = copy.group(2);
      int dot = rest.indexOf('.');
      Optional<AdapterKey> unnamed =
          whole(copy.group(1) + "." + rest, Optional.empty(), true, tensors);
      return unnamed.isPresent() || dot < 0
          ? unnamed
          : whole(
              copy.group(1) + rest.substring(dot),
              Optional.of(rest.substring(0, dot)),
              true,
              tensors);
    }
    Matcher base = BASE.matcher(path);
    String tensor = base.matches() ? base.group(1) + "." + base.group(2) : path;
    return whole(tensor, Optional.empty(), false, tensors);
  }

  private static Optional<AdapterKey> whole(
      String path, Optional<String> adapter, boolean own, Set<String> tensors) {
    String name = publicName(path);
    return tensors.contains(name)
        ? Optional.of(new AdapterKey(Role.WHOLE, name, path, adapter, own))
        : Optional.empty();
  }

  /** The public name of a module or tensor; as it is where it has the form of none. */
  private static String publicName(String path) {
    Matcher matcher = MODULE.matcher(path);
    if (!matcher.matches()) {
      return path;
    }
    String first = matcher.group(1);
    String root = first.equals("visual") || first.equals("lm_head") ? first : "model." + first;
    return root + matcher.group(2);
  }

  /** Whether the tensor stands where the base has its own, not in a copy of the module. */
  boolean isOfBase(List<String> modulesToSave) {
    String module = written.substring(0, written.lastIndexOf('.'));
    return !own && modulesToSave.stream().noneMatch(module::endsWith);
  }
}
