package ai.medr1.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {
  @TempDir Path dir;

  @Test
  void readsTensorsAndMetadata() throws IOException {
    String header =
        "{'__metadata__':{'format':'pt'},"
            + "'x':{'dtype':'I16','shape':[2],'data_offsets':[4,8]},"
            + "'s':{'dtype':'F32','shape':[],'data_offsets':[0,4]},"
            + "'none':{'dtype':'F32','shape':[0,7],'data_offsets':[4,4]}}  ";
    ByteBuffer data = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    data.putFloat(1.5f).putShort((short) -2).putShort((short) 3);

    SafetensorsFile file = SafetensorsFile.read(file("good", header, data.array()));

    assertThat(file.metadata()).isEqualTo(Map.of("format", "pt"));
    assertThat(file.tensors().keySet()).containsExactly("x", "s", "none");
    assertThat(file.tensors().get("x").shape()).isEqualTo(List.of(2L));
    assertThat(file.longs("x")).containsExactly(-2, 3);
    assertThat(file.floats("s")).containsExactly(1.5f);
    assertThat(file.floats("none")).isEmpty();
  }

  @Test
  void readsEveryIntegerType() throws IOException {
    String header =
        "{'i64':{'dtype':'I64','shape':[1],'data_offsets':[0,8]},"
            + "'i32':{'dtype':'I32','shape':[1],'data_offsets':[8,12]},"
            + "'i8':{'dtype':'I8','shape':[1],'data_offsets':[12,13]},"
            + "'u8':{'dtype':'U8','shape':[1],'data_offsets':[13,14]},"
            + "'bool':{'dtype':'BOOL','shape':[2],'data_offsets':[14,16]}}";
    ByteBuffer data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    data.putLong(Long.MIN_VALUE).putInt(-7).put((byte) -1).put((byte) -1).put((byte) 1);

    SafetensorsFile file = SafetensorsFile.read(file("integers", header, data.array()));

    assertThat(file.longs("i64")).containsExactly(Long.MIN_VALUE);
    assertThat(file.longs("i32")).containsExactly(-7);
    assertThat(file.longs("i8")).containsExactly(-1);
    assertThat(file.longs("u8")).containsExactly(255);
    assertThat(file.longs("bool")).containsExactly(1, 0);
    assertThatThrownBy(() -> file.floats("i64")).isInstanceOf(InputException.class);
    assertThatThrownBy(() -> file.longs("other"))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("other", "i64, i32");
  }

  /** Eight bytes of data follow each header. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          not-an-object         | [1]                                                         | no JSON object
          unclosed              | {'a':                                                       | not JSON
          trailing-text         | {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} x    | not JSON
          not-strict-json       | {a:{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}        | not JSON
          duplicate-name        | {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | the key "a" is there twice
          duplicate-field       | {'a':{'dtype':'F32','dtype':'I32','shape':[2],'data_offsets':[0,8]}} | the key "dtype" is there twice
          tensor-not-object     | {'a':7}                                                     | exactly dtype, shape and data_offsets
          no-dtype              | {'a':{'shape':[2],'data_offsets':[0,8]}}                    | exactly dtype, shape and data_offsets
          unknown-field         | {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'b':1}} | exactly dtype, shape and data_offsets
          unknown-dtype         | {'a':{'dtype':'F8_E4M3','shape':[8],'data_offsets':[0,8]}}  | F8_E4M3" is not supported
          dtype-number          | {'a':{'dtype':32,'shape':[2],'data_offsets':[0,8]}}         | dtype 32 is not supported
          negative-size         | {'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}}     | shape must hold whole numbers
          fractional-size       | {'a':{'dtype':'F32','shape':[2.0],'data_offsets':[0,8]}}    | shape must hold whole numbers
          size-beyond-long      | {'a':{'dtype':'F32','shape':[9223372036854775808],'data_offsets':[0,8]}} | shape must hold whole numbers
          shape-not-list        | {'a':{'dtype':'F32','shape':2,'data_offsets':[0,8]}}        | shape must be a list
          elements-overflow     | {'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,8]}} | more elements than
          bytes-overflow        | {'a':{'dtype':'F64','shape':[2305843009213693952],'data_offsets':[0,0]}} | more elements than
          shape-against-bytes   | {'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}}      | takes 12 bytes, data_offsets give 8
          one-offset            | {'a':{'dtype':'F32','shape':[2],'data_offsets':[8]}}        | [begin, end]
          offsets-reversed      | {'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}}      | [begin, end]
          offset-negative       | {'a':{'dtype':'F32','shape':[2],'data_offsets':[-8,0]}}     | data_offsets must hold whole numbers
          end-beyond-file       | {'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}}     | truncated
          overlap               | {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | tensor b overlaps
          gap-at-begin          | {'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}      | tensor a leaves a gap
          gap-between           | {'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2]},'b':{'dtype':'U8','shape':[4],'data_offsets':[4,8]}} | tensor b leaves a gap
          bytes-after-last      | {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}      | 4 bytes after its last tensor
          no-tensor-but-bytes   | {}                                                          | 8 bytes after its last tensor
          metadata-not-object   | {'__metadata__':1,'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | must be an object
          metadata-not-text     | {'__metadata__':{'n':1},'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | __metadata__.n must be a text
          """)
  void refusesHeader(String defect, String header, String message) throws IOException {
    Path file = file(defect, header, new byte[8]);

    assertThatThrownBy(() -> SafetensorsFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(file.toString(), message);
  }

  @ParameterizedTest
  @ValueSource(longs = {9, 100_000_001, Long.MAX_VALUE, -1})
  void refusesHeaderLength(long length) throws IOException {
    byte[] bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
    Path file = Files.write(dir.resolve("header-length"), bytes);

    assertThatThrownBy(() -> SafetensorsFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(Long.toUnsignedString(length));
  }

  @Test
  void refusesFileWithoutHeaderLength() throws IOException {
    Path file = Files.write(dir.resolve("too-short"), new byte[] {1, 0, 0, 0, 0, 0, 0});

    assertThatThrownBy(() -> SafetensorsFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("truncated", "found 7");
  }

  @ParameterizedTest
  @CsvSource({"0, an empty file", "100, nothing but zero bytes"})
  void refusesFileWithoutContent(int bytes, String message) throws IOException {
    Path file = Files.write(dir.resolve("nothing"), new byte[bytes]);

    assertThatThrownBy(() -> SafetensorsFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void refusesHeaderThatIsNotUtf8() throws IOException {
    byte[] bytes = {3, 0, 0, 0, 0, 0, 0, 0, '{', (byte) 0xff, '}'};
    Path file = Files.write(dir.resolve("not-utf8"), bytes);

    assertThatThrownBy(() -> SafetensorsFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("not UTF-8");
  }

  @Test
  void refusesMissingFile() {
    assertThatThrownBy(() -> SafetensorsFile.read(dir.resolve("none")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("does not exist");
  }

  private Path file(String name, String header, byte[] data) throws IOException {
    byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + data.length);
    bytes.order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json).put(data);
    return Files.write(dir.resolve(name + ".safetensors"), bytes.array());
  }
}
