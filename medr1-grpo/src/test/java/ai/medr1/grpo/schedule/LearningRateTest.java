package ai.medr1.grpo.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LearningRateTest {

  static Stream<JsonNode> cases() throws IOException {
    JsonNode cases =
        new ObjectMapper()
            .readTree(LearningRateTest.class.getResource("/schedules/schedules.json"));
    return StreamSupport.stream(cases.spliterator(), false);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsTransformers(JsonNode c) {
    LearningRate.Shape shape =
        LearningRate.Shape.valueOf(c.required("shape").asText().toUpperCase(Locale.ROOT));
    int total = c.required("total").asInt();
    LearningRate rate = new LearningRate(shape, 2e-5, c.required("warmup").asInt(), total);
    for (int step = 0; step < total; step++) {
      double expected = 2e-5 * c.required("rates").get(step).asDouble();
      assertThat(rate.at(step)).as("step %d", step).isCloseTo(expected, within(1e-18));
    }
  }
}
