package ai.medr1.core.config;

import ai.medr1.core.InputException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** A supported architecture, named as {@code model_type} in config.json. */
public enum Family {
  QWEN2_VL("qwen2_vl", "qwen2-vl"),
  QWEN2_5_VL("qwen2_5_vl", "qwen2.5-vl");

  private final String modelType;
  private final String title;

  Family(String modelType, String title) {
    this.modelType = modelType;
    this.title = title;
  }

  /**
   * The family of this {@code model_type} or {@link #title()}.
   *
   * @throws InputException for any other name; the message lists the supported ones
   */
  public static Family named(String name) {
    return Arrays.stream(values())
        .filter(family -> family.modelType.equals(name) || family.title.equals(name))
        .findFirst()
        .orElseThrow(() -> new InputException(unsupported(name)));
  }

  public String modelType() {
    return modelType;
  }

  /** The name for people: {@code qwen2-vl}, {@code qwen2.5-vl}. */
  public String title() {
    return title;
  }

  private static String unsupported(String name) {
    return Arrays.stream(values())
        .map(family -> family.modelType + " (" + family.title + ")")
        .collect(
            Collectors.joining(", ", "model type \"" + name + "\" is not supported: use ", ""));
  }
}
