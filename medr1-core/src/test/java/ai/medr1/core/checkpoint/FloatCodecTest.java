package ai.medr1.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FloatCodecTest {
  @ParameterizedTest
  @EnumSource(names = {"HALF", "BFLOAT"})
  void everySixteenBitValueSurvives(FloatCodec codec) {
    for (int bits = 0; bits <= 0xffff; bits++) {
      float value = decode(codec, bits);
      if (Float.isNaN(value)) {
        assertThat(decode(codec, encode(codec, value))).isNaN();
      } else {
        assertThat(encode(codec, value)).as("bits %x", bits).isEqualTo(bits);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HALF", "BFLOAT"})
  void roundsToTheNearestAndTiesToEven(FloatCodec codec) {
    SplittableRandom random = new SplittableRandom(7);
    int infinity = encode(codec, Float.POSITIVE_INFINITY);
    for (int i = 0; i < 100_000; i++) {
      int low = random.nextInt(infinity - 1);
      double below = decode(codec, low);
      double above = decode(codec, low + 1);
      float value = (float) (below + (above - below) * random.nextInt(5) / 4);
      boolean up =
          value - below > above - value || (value - below == above - value && low % 2 == 1);
      assertThat(encode(codec, value)).as("seed 7, %s", value).isEqualTo(up ? low + 1 : low);
      assertThat(encode(codec, -value)).isEqualTo((up ? low + 1 : low) | 0x8000);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HALF, 1, 3c00",
    "HALF, -2, c000",
    "HALF, 65504, 7bff",
    "HALF, 65519.996, 7bff",
    "HALF, 65520, 7c00",
    "HALF, 5.9604645E-8, 1",
    "HALF, 2.9802322E-8, 0",
    "HALF, 0.33325195, 3555",
    "HALF, -0.0, 8000",
    "HALF, 6.1035156E-5, 400",
    "HALF, 3.4E38, 7c00",
    "BFLOAT, 1, 3f80",
    "BFLOAT, -0.02, bca4",
    "BFLOAT, 3.4028235E38, 7f80",
    "BFLOAT, 1E-45, 0"
  })
  void knownBits(FloatCodec codec, float value, String hex) {
    assertThat(encode(codec, value)).isEqualTo(Integer.parseInt(hex, 16));
  }

  @Test
  void doublesAreRoundedOnReading() {
    ByteBuffer buffer = buffer().putDouble(0, 0.1);

    assertThat(FloatCodec.DOUBLE.get(buffer)).isEqualTo(0.1f);
  }

  private static int encode(FloatCodec codec, float value) {
    ByteBuffer buffer = buffer();
    codec.put(buffer, value);
    assertThat(buffer.position()).isEqualTo(2);
    return buffer.getShort(0) & 0xffff;
  }

  private static float decode(FloatCodec codec, int bits) {
    return codec.get(buffer().putShort(0, (short) bits));
  }

  private static ByteBuffer buffer() {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
  }
}
