package ai.medr1.core.checkpoint;

import ai.medr1.core.InputException;
import java.nio.ByteBuffer;

/** Floating-point elements in and out of little-endian buffers. */
enum FloatCodec {
  DOUBLE {
    @Override
    float get(ByteBuffer buffer) {
      return (float) buffer.getDouble();
    }

    @Override
    void put(ByteBuffer buffer, float value) {
      buffer.putDouble(value);
    }
  },
  SINGLE {
    @Override
    float get(ByteBuffer buffer) {
      return buffer.getFloat();
    }

    @Override
    void put(ByteBuffer buffer, float value) {
      buffer.putFloat(value);
    }
  },
  HALF {
    @Override
    float get(ByteBuffer buffer) {
      return halfToFloat(buffer.getShort());
    }

    @Override
    void put(ByteBuffer buffer, float value) {
      buffer.putShort(floatToHalf(value));
    }
  },
  BFLOAT {
    @Override
    float get(ByteBuffer buffer) {
      return Float.intBitsToFloat(buffer.getShort() << 16);
    }

    @Override
    void put(ByteBuffer buffer, float value) {
      buffer.putShort(floatToBfloat(value));
    }
  };

  private static final int HALF_MANTISSA = 10;
  private static final int HALF_BIAS = 15;
  private static final short HALF_INFINITY = 0x7c00;
  private static final short HALF_NAN = 0x7e00;
  private static final short BFLOAT_NAN = 0x7fc0;

  /**
   * The codec of a floating-point type.
   *
   * @throws InputException for the other types
   */
  static FloatCodec of(DType dtype) {
    return switch (dtype) {
      case F64 -> DOUBLE;
      case F32 -> SINGLE;
      case F16 -> HALF;
      case BF16 -> BFLOAT;
      case I64, I32, I16, I8, U8, BOOL ->
          throw new InputException("expected a floating-point tensor, found " + dtype);
    };
  }

  abstract float get(ByteBuffer buffer);

  /** Rounds to the nearest value, ties to the even one. */
  abstract void put(ByteBuffer buffer, float value);

  private static float halfToFloat(short half) {
    int exponent = (half >> HALF_MANTISSA) & 0x1f;
    int mantissa = half & 0x3ff;
    float magnitude;
    if (exponent == 0x1f) {
      magnitude = mantissa == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else if (exponent == 0) {
      magnitude = Math.scalb((float) mantissa, 1 - HALF_BIAS - HALF_MANTISSA);
    } else {
      magnitude = Math.scalb((float) (mantissa | 0x400), exponent - HALF_BIAS - HALF_MANTISSA);
    }
    return half < 0 ? -magnitude : magnitude;
  }

  private static short floatToHalf(float value) {
    int sign = (Float.floatToRawIntBits(value) >>> 16) & 0x8000;
    return (short) (sign | halfMagnitude(Math.abs(value)));
  }

  private static int halfMagnitude(float magnitude) {
    if (Float.isNaN(magnitude)) {
      return HALF_NAN;
    }
    // 65520 lies half-way between the largest half and the next power of two.
    if (magnitude >= 65520f) {
      return HALF_INFINITY;
    }
    int exponent = Math.max(Math.getExponent(magnitude), 1 - HALF_BIAS);
    // Whole steps of the last place; rint breaks ties to even. A carry moves to the next exponent.
    int steps = (int) Math.rint(Math.scalb((double) magnitude, HALF_MANTISSA - exponent));
    return ((exponent + HALF_BIAS - 1) << HALF_MANTISSA) + steps;
  }

  private static short floatToBfloat(float value) {
    if (Float.isNaN(value)) {
      return BFLOAT_NAN;
    }
    int bits = Float.floatToRawIntBits(value);
    int lastKept = (bits >>> 16) & 1;
    return (short) ((bits + 0x7fff + lastKept) >>> 16);
  }
}
