package ai.medr1.core.torchscript;

import java.util.Locale;

/**
 * The names of the arrays that kernels are called with. What an array is, is said where kernels
 * read it; some names serve several kernels.
 */
public enum Key {
  // The packed tokens of a batch and how they attend to each other.
  IDS,
  POSITIONS,
  AXIS,
  IMAGE_ROWS,
  ROWS,
  SIZES,
  P_LENGTHS,
  C_LENGTHS,
  C_PROMPTS,
  FEATURES,

  // The images' patches and how they attend to each other.
  V_PIXELS,
  V_POSITIONS,
  V_ORDER,
  V_WINDOWED,
  V_FULL_SIZES,
  V_FULL_LENGTHS,
  V_FULL_MASK,
  V_WINDOW_SIZES,
  V_WINDOW_LENGTHS,
  V_WINDOW_MASK,

  // What is scored.
  TARGETS,
  TEMPERATURE,
  BANNED,
  CHUNK,
  TOKENS,
  DRAWN,
  AGAIN,
  KEPT,
  D_LOGPS,

  // What is drawn, and how.
  GREEDY,
  PENALTY,
  TOP_K,
  TOP_P,
  STOPS,
  GROUP,
  LONGEST,
  PACKS,
  NEXT,
  HIDDEN,
  UNIFORMS,
  SEEN,

  // Slots.
  HANDLE,
  USED,
  COLUMNS,
  ENOUGH,
  STEPS,
  LEFT,

  // Weights in and out.
  CODE,
  COUNT,
  START,
  SHAPE,
  VALUE,
  WHERE,
  ADDS,

  // LoRA.
  LORA_DROPOUT,
  LORA_KEY,
  SCALE,
  PISSA,
  RANK,

  // The optimizer.
  DECAYS,
  SPARE_NORMS,
  STEP,
  LR,
  BETA1,
  BETA2,
  EPS,
  WEIGHT_DECAY;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** The name as kernels have it. */
  public String text() {
    return text;
  }
}
