package ai.medr1.core.checkpoint;

import java.util.Arrays;
import java.util.Optional;

/** The element type of a stored tensor, named as in a safetensors header. */
public enum DType {
  F64(8, 7, "float64"),
  F32(4, 6, "float32"),
  F16(2, 5, "float16"),
  BF16(2, 15, "bfloat16"),
  I64(8, 4, "int64"),
  I32(4, 3, "int32"),
  I16(2, 2, "int16"),
  I8(1, 1, "int8"),
  U8(1, 0, "uint8"),
  BOOL(1, 11, "bool");

  private final int bytes;
  private final int torchCode;
  private final String torchName;

  DType(int bytes, int torchCode, String torchName) {
    this.bytes = bytes;
    this.torchCode = torchCode;
    this.torchName = torchName;
  }

  /** The type of this name in a safetensors header. */
  static Optional<DType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }

  /** Bytes per element. */
  public int bytes() {
    return bytes;
  }

  /** The number by which libtorch and TorchScript know the type. */
  public int torchCode() {
    return torchCode;
  }

  /** The name in config.json: {@code float32}, {@code bfloat16}. */
  public String torchName() {
    return torchName;
  }

  /** True for the types in which weights may be stored. */
  public boolean isWeight() {
    return this == F32 || this == F16 || this == BF16;
  }
}
