package ai.medr1.eval;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentTest {
  @TempDir Path temp;

  @Test
  void tellsWhereAndWhen() throws IOException {
    Environment environment = Environment.now("cpu");
    environment.write(temp);
    JsonNode begun = read();
    environment.ended().write(temp);
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

  private JsonNode read() throws IOException {
    return new ObjectMapper().readTree(temp.resolve("environment.json").toFile());
  }
}
