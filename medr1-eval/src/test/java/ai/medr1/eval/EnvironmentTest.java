package ai.medr1.eval;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentTest {
  @TempDir Path temp;

  @Test
  void tellsWhereAndWhen() throws IOException {
    EnvironmentFile file = EnvironmentFile.start(temp, "cpu");
    JsonNode begun = read();
    file.end();
    JsonNode ended = read();

    assertThat(begun.fieldNames())
        .toIterable()
        .containsExactly(
            "medr1", "java", "os", "cpu", "threads", "libtorch", "device", "started", "seconds");
    assertThat(begun.get("medr1").textValue()).matches("\\d+\\.\\d+\\.\\d+.*");
    assertThat(begun.get("libtorch").textValue()).matches("\\d+\\.\\d+\\.\\d+.*");
    assertThat(begun.get("threads").intValue()).isPositive();
    assertThat(begun.get("device").textValue()).isEqualTo("cpu");
    assertThat(Instant.parse(begun.get("started").textValue())).isBeforeOrEqualTo(Instant.now());
    assertThat(begun.get("seconds").isNull()).isTrue();
    assertThat(ended.get("seconds").doubleValue()).isNotNegative();
    assertThat(ended.get("started")).isEqualTo(begun.get("started"));
  }

  @Test
  void secondsOfAllPartsAreSummedUp() throws IOException {
    Environment.now("cpu").withSeconds(90).write(temp);
    EnvironmentFile rest = EnvironmentFile.resume(temp, "cpu");
    assertThat(read().get("seconds").doubleValue()).isEqualTo(90);
    rest.end();
    assertThat(read().get("seconds").doubleValue()).isBetween(90.0, 150.0);

    EnvironmentFile.start(temp, "cpu").end();
    assertThat(read().get("seconds").doubleValue()).isLessThan(60);
  }

  @Test
  void timeThatNobodyToldIsNotCounted() throws IOException {
    for (String text : new String[] {"", "{", "[]", "{\"seconds\": null}"}) {
      Files.writeString(temp.resolve("environment.json"), text);
      EnvironmentFile.resume(temp, "cpu");
      assertThat(read().get("seconds").isNull()).as(text).isTrue();
    }
  }

  private JsonNode read() throws IOException {
    return new ObjectMapper().readTree(temp.resolve("environment.json").toFile());
  }
}
