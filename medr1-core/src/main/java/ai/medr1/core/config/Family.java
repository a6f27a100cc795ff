package ai.medr1.core.config;

/** A supported architecture, named as {@code model_type} in config.json. */
public enum Family {
  QWEN2_VL("qwen2_vl"),
  QWEN2_5_VL("qwen2_5_vl");

  private final String modelType;

  Family(String modelType) {
    this.modelType = modelType;
  }

  public String modelType() {
    return modelType;
  }
}
