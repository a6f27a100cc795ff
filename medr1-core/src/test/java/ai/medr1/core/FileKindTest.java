package ai.medr1.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileKindTest {
  private static final String POINTER =
      "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";

  @TempDir Path dir;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "version https://git-lfs.github.com/spec/v1\\noid sha256:4d7a\\nsize 12345\\n | GIT_LFS_POINTER",
        "version https://hawser.github.com/spec/v1\\n | GIT_LFS_POINTER",
        "# xet version 0\\nfilesize = 3\\nhash = 'ab'\\n | XET_POINTER",
        "/annex/objects/SHA256E-s3--ab.png\\n | GIT_ANNEX_POINTER",
        "../.git/annex/objects/Xf/SHA256E-s3--ab.png | GIT_ANNEX_POINTER",
        "<!DOCTYPE html><html></html> | HTML",
        "\\n  <HTML lang=\"en\"> | HTML",
        "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error> | XML",
        "<?xml version=\"1.0\"?><svg></svg> | SVG",
        "{% for message in messages %} | TEXT",
        "{{ bos_token }} | TEXT",
        "{\"a\": 1} | JSON",
        "[ 1, 2] | JSON",
        "Entry not found | TEXT",
        "knee, Röntgen | TEXT",
        "%PDF-1.7 | PDF",
        "GIF89a | GIF",
        "PAR1 | PARQUET",
      })
  void tellsTextsAndMarks(String content, FileKind kind) {
    String text = content.replace("\\n", "\n");
    assertThat(FileKind.of(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(kind);
  }

  @Test
  void aTemplateThatBeginsWithAnAngleIsText() {
    byte[] template = "<|im_start|>{{ a }}".getBytes(StandardCharsets.UTF_8);
    assertThat(FileKind.of(template)).isEqualTo(FileKind.TEXT);
  }

  @ParameterizedTest
  @CsvSource({
    "89504e470d0a1a0a, PNG",
    "ffd8ffe0, JPEG",
    "49492a00, TIFF",
    "4d4d002b, TIFF",
    "424d46000000000000003600, BMP",
    "52494646000000005745425056503858, WEBP",
    "0000000c6a5020200d0a870a, JPEG_2000",
    "000000186674797068656963, HEIF",
    "00000018667479706d703432, VIDEO",
    "80049500, PICKLE",
    "fffe7b0022, UTF_16",
    "7b0022006100, UTF_16",
    "fffe00007b000000, UTF_32",
    "1001000000000000, UNKNOWN",
    "10010000000000007b22, SAFETENSORS",
    "0000000000000000, ZEROS",
    "efbbbf7b2261223a317d, JSON",
    "c3, UNKNOWN",
    "ff, UNKNOWN",
  })
  void tellsBytes(String hex, FileKind kind) {
    assertThat(FileKind.of(HexFormat.of().parseHex(hex))).isEqualTo(kind);
  }

  @Test
  void tellsWhatIsPacked() throws IOException {
    assertThat(FileKind.of(zip("archive/data.pkl"))).isEqualTo(FileKind.TORCH_PICKLE);
    assertThat(FileKind.of(zip("config.json"))).isEqualTo(FileKind.ZIP);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new GZIPOutputStream(bytes).close();
    assertThat(FileKind.of(bytes.toByteArray())).isEqualTo(FileKind.GZIP);
    byte[] dicom = new byte[200];
    System.arraycopy("DICM".getBytes(StandardCharsets.US_ASCII), 0, dicom, 128, 4);
    assertThat(FileKind.of(dicom)).isEqualTo(FileKind.DICOM);
  }

  @Test
  void aTextMayBeCutInTheMiddleOfACharacter() {
    byte[] text = ("x".repeat(FileKind.HEAD_BYTES - 1) + "ü").getBytes(StandardCharsets.UTF_8);
    assertThat(FileKind.of(Arrays.copyOf(text, FileKind.HEAD_BYTES))).isEqualTo(FileKind.TEXT);
  }

  @Test
  void tellsWhatIsNoFile() throws IOException {
    assertThat(FileKind.of(dir)).isEqualTo(FileKind.DIRECTORY);
    assertThat(FileKind.of(dir.resolve("none"))).isEqualTo(FileKind.MISSING);
    Path link = Files.createSymbolicLink(dir.resolve("link"), Path.of("../blobs/ab"));
    assertThat(FileKind.of(link)).isEqualTo(FileKind.DANGLING_LINK);
    assertThat(FileKind.of(Files.createFile(dir.resolve("empty")))).isEqualTo(FileKind.EMPTY);
  }

  @Test
  void saysInOneLineWhatWasGivenInstead() throws IOException {
    Path file = Files.writeString(dir.resolve("model.safetensors"), POINTER);
    assertThat(FileKind.mistaken(file, "the weights", FileKind.SAFETENSORS))
        .contains(
            file
                + " is a Git LFS pointer, not the weights: run \"git lfs pull\" in its folder, or"
                + " download the file itself");
    Path answer = Files.writeString(dir.resolve("answer"), "Entry not found\nmore");
    assertThat(FileKind.mistaken(answer, "the weights").orElseThrow())
        .startsWith(answer + " is text that begins with \"Entry not found\", not the weights: ")
        .doesNotContain("\n");
    assertThat(FileKind.mistaken(answer, "a template", FileKind.TEXT)).isEmpty();
  }

  private static byte[] zip(String member) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(member));
      zip.closeEntry();
    }
    return bytes.toByteArray();
  }
}
