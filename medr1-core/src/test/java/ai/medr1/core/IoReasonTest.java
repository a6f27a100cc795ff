package ai.medr1.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IoReasonTest {
  @TempDir Path dir;

  @Test
  void saysInWordsWhatTheSystemRefused() throws IOException {
    Path file = Files.write(dir.resolve("file"), new byte[] {(byte) 0xff});
    Path none = dir.resolve("none");

    assertThat(reason(() -> Files.readString(none))).isEqualTo(none + " does not exist");
    assertThat(reason(() -> Files.createDirectories(file)))
        .isEqualTo(file + " is a file, but a folder is needed here: choose another name");
    assertThat(reason(() -> Files.readString(file)))
        .isEqualTo("it is damaged or not text in UTF-8");
    assertThat(reason(() -> Files.readString(dir))).contains("it is a folder");
    assertThat(IoReason.of(new AccessDeniedException("f"))).contains("f: this user may not");
    assertThat(IoReason.of(new IOException("disk"))).isEqualTo("java.io.IOException: disk");
  }

  @Test
  void saysWhereJsonEnds() {
    assertThat(reason(() -> new ObjectMapper().readTree("{\n\"a\": [")))
        .startsWith("not JSON in line 2: it ends too early")
        .doesNotContain("Source", "\n");
  }

  private static String reason(ThrowingCallable refused) {
    return IoReason.of(catchThrowableOfType(IOException.class, refused));
  }
}
