package ai.medr1.eval.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Compares with figures of scipy, statsmodels and scikit-learn: see stats/make.py. */
class StatsTest {
  private static final double EXACT = 1e-12;
  private static final JsonNode FIGURES = figures();

  private static JsonNode figures() {
    try (InputStream json = StatsTest.class.getResourceAsStream("/stats/stats.json")) {
      return new ObjectMapper().readTree(Objects.requireNonNull(json));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static double[] numbers(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }

  private static void same(Interval interval, JsonNode row) {
    assertThat(interval.low()).as("%s", row).isCloseTo(row.get("low").asDouble(), within(EXACT));
    assertThat(interval.high()).as("%s", row).isCloseTo(row.get("high").asDouble(), within(EXACT));
  }

  @Test
  void tailsOfTheNormalDistribution() {
    for (JsonNode row : FIGURES.get("twoSided")) {
      double expected = row.get("p").asDouble();
      assertThat(Normal.twoSided(row.get("z").asDouble()))
          .as("%s", row)
          .isCloseTo(expected, within(EXACT * expected));
    }
    assertThat(Normal.twoSided(-1.96)).isEqualTo(Normal.twoSided(1.96));
    assertThat(Normal.twoSided(Normal.Z)).isCloseTo(0.05, within(EXACT));
  }

  @Test
  void wilsonsInterval() {
    for (JsonNode row : FIGURES.get("wilson")) {
      same(Wilson.of(row.get("n").asInt(), row.get("right").asInt()), row);
    }
  }

  @Test
  void pairedComparisons() {
    for (JsonNode row : FIGURES.get("paired")) {
      JsonNode counts = row.get("counts");
      Paired paired =
          new Paired(
              counts.get(0).asInt(),
              counts.get(1).asInt(),
              counts.get(2).asInt(),
              counts.get(3).asInt());
      assertThat(paired.pValue())
          .as("%s", row)
          .isCloseTo(row.get("p").asDouble(), within(EXACT * row.get("p").asDouble()));
      same(paired.differenceInterval(), row);
    }
  }

  @Test
  void aPairedComparisonHasCounts() {
    Paired paired = new Paired(36, 2, 12, 0);
    assertThat(paired.n()).isEqualTo(50);
    assertThat(paired.difference()).isCloseTo(0.2, within(EXACT));
    assertThat(paired.exact()).isTrue();
    assertThat(new Paired(0, 12, 13, 0).exact()).isFalse();
    assertThat(new Paired(0, 40, 40, 0).pValue()).isEqualTo(1);
    assertThatThrownBy(() -> new Paired(0, 0, 0, 0)).hasMessageContaining("at least one");
    assertThatThrownBy(() -> new Paired(1, -1, 0, 0)).hasMessageContaining("-1");
  }

  @Test
  void exchangingTheRunsTurnsTheDifferenceAround() {
    Paired one = new Paired(100, 20, 40, 60);
    Paired other = new Paired(100, 40, 20, 60);
    assertThat(other.pValue()).isEqualTo(one.pValue());
    assertThat(other.differenceInterval().low())
        .isCloseTo(-one.differenceInterval().high(), within(EXACT));
  }

  @Test
  void holmsCorrection() {
    for (JsonNode row : FIGURES.get("holm")) {
      assertThat(Holm.adjust(numbers(row.get("p"))))
          .as("%s", row)
          .containsExactly(numbers(row.get("adjusted")), within(EXACT));
    }
    assertThat(Holm.adjust()).isEmpty();
  }

  @Test
  void passAtK() {
    for (JsonNode row : FIGURES.get("passAtK")) {
      assertThat(PassAtK.of(row.get("n").asInt(), row.get("right").asInt(), row.get("k").asInt()))
          .as("%s", row)
          .isCloseTo(row.get("p").asDouble(), within(EXACT));
    }
    assertThatThrownBy(() -> PassAtK.of(4, 2, 5)).hasMessageContaining("k 5");
    assertThatThrownBy(() -> PassAtK.of(4, 5, 1)).hasMessageContaining("right 5");
  }

  @Test
  void guessing() {
    for (JsonNode row : FIGURES.get("guessing")) {
      List<Double> chances = new ArrayList<>();
      row.get("options").forEach(options -> chances.add(1 / options.asDouble()));
      Guessing guessing = new Guessing(chances);
      assertThat(guessing.accuracy()).isCloseTo(row.get("accuracy").asDouble(), within(EXACT));
      same(guessing.interval(), row);
    }
    assertThatThrownBy(() -> new Guessing(List.of())).hasMessageContaining("at least one");
  }

  @Test
  void calibration() {
    JsonNode figures = FIGURES.get("calibration");
    double[] probabilities = numbers(figures.get("probabilities"));
    List<Calibration.Answered> answers = new ArrayList<>();
    for (int i = 0; i < probabilities.length; i++) {
      answers.add(
          new Calibration.Answered(probabilities[i], figures.get("right").get(i).booleanValue()));
    }
    Calibration calibration = new Calibration(answers);
    assertThat(calibration.expectedError()).isCloseTo(figures.get("ece").asDouble(), within(EXACT));
    assertThat(calibration.brier()).isCloseTo(figures.get("brier").asDouble(), within(EXACT));
    assertThat(calibration.bins().stream().mapToDouble(Calibration.Bin::n).toArray())
        .isEqualTo(numbers(figures.get("counts")));
  }

  @Test
  void probabilitiesOnTheEdgeBelongToTheLowerBin() {
    Calibration calibration =
        new Calibration(
            List.of(
                new Calibration.Answered(0, false),
                new Calibration.Answered(0.1, false),
                new Calibration.Answered(1, true)));
    assertThat(calibration.bins().get(0).n()).isEqualTo(2);
    assertThat(calibration.bins().get(9)).isEqualTo(new Calibration.Bin(0.9, 1, 1, 1, 1));
    assertThat(calibration.bins().get(5)).isEqualTo(new Calibration.Bin(0.5, 0.6, 0, 0, 0));
    assertThatThrownBy(() -> new Calibration(List.of())).hasMessageContaining("at least one");
    assertThatThrownBy(() -> new Calibration.Answered(1.01, true)).hasMessageContaining("1.01");
  }
}
