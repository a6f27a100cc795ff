package ai.medr1.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.medr1.core.text.Prompt;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Optimizer steps of a small model against AdamW written out. */
@Tag("parity")
class OptimizerTest {
  private static final double RATE = 1e-3;

  private QwenVl model;
  private List<Prompt> prompts;
  private Continuations completions;

  @BeforeEach
  void load() {
    model = load(Golden.models().get(0));
    Random random = new Random(11);
    prompts = Batches.prompts(model, random);
    completions = Batches.continuations(model.config(), prompts.size(), 2, 6, random);
  }

  private static QwenVl load(String name) {
    return QwenVl.load(Golden.directory(name), LoadOptions.training());
  }

  @AfterEach
  void close() {
    model.close();
  }

  private static AdamW settings(double weightDecay, double maxNorm) {
    return new AdamW(0.9, 0.95, 1e-8, weightDecay, maxNorm, false);
  }

  private void addGradients(QwenVl target, int from, int to) {
    Continuations some = new Continuations(completions.groups().subList(from, to));
    try (Scored scored =
        target.scoring().score(prompts.subList(from, to), some, Distribution.PLAIN)) {
      target.scoring().backward(scored, Batches.derivative(scored, from));
    }
  }

  /** AdamW as in the paper, element by element in double precision. */
  private static final class Oracle {
    private final AdamW settings;
    private final Map<String, double[]> weights = new HashMap<>();
    private final Map<String, double[]> first = new HashMap<>();
    private final Map<String, double[]> second = new HashMap<>();
    private int steps;

    Oracle(AdamW settings, Map<String, float[]> start) {
      this.settings = settings;
      start.forEach(
          (name, values) -> {
            double[] copy = new double[values.length];
            java.util.Arrays.setAll(copy, i -> values[i]);
            weights.put(name, copy);
            first.put(name, new double[values.length]);
            second.put(name, new double[values.length]);
          });
    }

    double step(Map<String, float[]> gradients) {
      steps++;
      double squares = 0;
      for (float[] gradient : gradients.values()) {
        squares += Math.pow(Numbers.norm(gradient), 2);
      }
      double norm = Math.sqrt(squares);
      double scale = settings.maxGradNorm() == 0 ? 1 : settings.maxGradNorm() / (norm + 1e-6);
      gradients.forEach((name, gradient) -> update(name, gradient, Math.min(1, scale)));
      return norm;
    }

    private void update(String name, float[] gradient, double scale) {
      double[] w = weights.get(name);
      double[] m = first.get(name);
      double[] v = second.get(name);
      for (int i = 0; i < w.length; i++) {
        double g = gradient[i] * scale;
        m[i] = settings.beta1() * m[i] + (1 - settings.beta1()) * g;
        v[i] = settings.beta2() * v[i] + (1 - settings.beta2()) * g * g;
        double mean = m[i] / (1 - Math.pow(settings.beta1(), steps));
        double square = v[i] / (1 - Math.pow(settings.beta2(), steps));
        w[i] -=
            RATE * (settings.weightDecay() * w[i] + mean / (Math.sqrt(square) + settings.eps()));
      }
    }

    void assertNear(QwenVl model) {
      weights.forEach(
          (name, expected) -> {
            float[] found = model.learner().weight(name);
            double largest = 0;
            for (int i = 0; i < found.length; i++) {
              largest = Math.max(largest, Math.abs(found[i] - expected[i]));
            }
            assertThat(largest).as(name).isLessThanOrEqualTo(RATE / 500);
          });
    }
  }

  /** Without clipping, with clipping that acts, and with a limit that is never reached. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 1e9})
  void stepsAreThoseOfAdamW(double maxNorm) {
    AdamW settings = settings(0.1, maxNorm);
    Oracle oracle = new Oracle(settings, Numbers.weights(model));
    for (int step = 0; step < 3; step++) {
      addGradients(model, step % 2, 3);
      double expected = oracle.step(Numbers.gradients(model));
      assertThat(expected).isGreaterThan(0.5);
      assertThat(model.learner().step(settings, RATE)).isCloseTo(expected, within(1e-5 * expected));
      oracle.assertNear(model);
    }
  }

  @Test
  void gradientsThatWereAddedUpFollowOneTrajectory() {
    AdamW settings = settings(0.1, 1);
    try (QwenVl split = load(Golden.models().get(0))) {
      for (int step = 0; step < 3; step++) {
        addGradients(model, 0, 3);
        addGradients(split, 0, 1);
        addGradients(split, 1, 3);
        if (step == 0) {
          Numbers.assertNear(Numbers.gradients(split), Numbers.gradients(model), 1e-4);
        }
        double norm = model.learner().step(settings, RATE);
        assertThat(split.learner().step(settings, RATE)).isCloseTo(norm, within(1e-3 * norm));
      }
      model
          .learner()
          .trained()
          .forEach(
              name -> assertSameNorm(split.learner().weight(name), model.learner().weight(name)));
    }
  }

  /** Adam magnifies the noise of single tiny gradients, so arrays are compared by their norms. */
  private static void assertSameNorm(float[] found, float[] expected) {
    double norm = Numbers.norm(expected);
    assertThat(Numbers.norm(found)).isCloseTo(norm, within(1e-5 * norm));
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void gradientsThatAreNotFiniteChangeNothing(float bad) {
    Map<String, float[]> before = Numbers.weights(model);
    try (Scored scored = model.scoring().score(prompts, completions, Distribution.PLAIN)) {
      model.scoring().backward(scored, Batches.constant(scored, bad));
    }
    assertThat(model.learner().step(settings(0.1, 1), RATE)).isNotFinite();
    before.forEach((name, values) -> assertThat(model.learner().weight(name)).isEqualTo(values));

    Oracle oracle = new Oracle(settings(0.1, 1), before);
    addGradients(model, 0, 3);
    oracle.step(Numbers.gradients(model));
    model.learner().step(settings(0.1, 1), RATE);
    oracle.assertNear(model);
  }

  @Test
  void forgottenGradientsAreGone() {
    addGradients(model, 0, 3);
    assertThat(model.learner().gradientNorm()).isPositive();
    model.learner().zeroGradients();
    assertThat(model.learner().gradientNorm()).isZero();
    addGradients(model, 0, 2);
    Map<String, float[]> expected = Numbers.gradients(model);
    model.learner().zeroGradients();
    addGradients(model, 0, 2);
    Numbers.assertNear(Numbers.gradients(model), expected, 1e-6);
  }
}
