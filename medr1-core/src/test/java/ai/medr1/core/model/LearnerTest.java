package ai.medr1.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.config.LoraConfig;
import ai.medr1.core.text.Prompt;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Weights and gradients as arrays: what workers that share a step do with them. */
@Tag("parity")
class LearnerTest {
  private static final AdamW SETTINGS = new AdamW(0.9, 0.95, 1e-8, 0.1, 0.5, true);
  private static final double RATE = 1e-2;

  /** Elements that go over at once: parts that do not divide a weight. */
  private static final int PART = 1000;

  private static QwenVl load(LoadOptions options) {
    return QwenVl.load(Golden.directory(Golden.models().get(0)), options);
  }

  private static QwenVl load(DType dtype) {
    return load(LoadOptions.training().withDtype(dtype));
  }

  /** Three prompts with two completions each. */
  private record Batch(List<Prompt> prompts, Continuations completions) {
    static Batch of(QwenVl model) {
      Random random = new Random(11);
      List<Prompt> prompts = Batches.prompts(model, random);
      return new Batch(
          prompts, Batches.continuations(model.config(), prompts.size(), 2, 6, random));
    }

    void addGradients(QwenVl model, int from, int to) {
      Continuations some = new Continuations(completions.groups().subList(from, to));
      try (Scored scored =
          model.scoring().score(prompts.subList(from, to), some, Distribution.PLAIN)) {
        model.scoring().backward(scored, Batches.derivative(scored, from));
      }
    }
  }

  private static long elements(Learner learner, String name) {
    return learner.shape(name).stream().reduce(1L, (a, b) -> a * b);
  }

  private interface Exchange {
    void part(String name, long start, int count);
  }

  private static void eachPart(Learner learner, Exchange exchange) {
    for (String name : learner.trained()) {
      long all = elements(learner, name);
      for (long start = 0; start < all; start += PART) {
        exchange.part(name, start, (int) Math.min(PART, all - start));
      }
    }
  }

  private static void assertSameWeights(QwenVl found, QwenVl expected) {
    for (String name : expected.learner().trained()) {
      assertThat(found.learner().weight(name)).as(name).isEqualTo(expected.learner().weight(name));
    }
  }

  /** Bit by bit, the clipping by the norm of all gradients as well. */
  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16"})
  void copiedGradientsMakeTheSameStep(DType dtype) {
    try (QwenVl model = load(dtype);
        QwenVl worker = load(dtype)) {
      Batch batch = Batch.of(model);
      Learner from = model.learner();
      Learner to = worker.learner();
      for (int step = 0; step < 2; step++) {
        batch.addGradients(model, step, 3);
        eachPart(
            from,
            (name, start, count) -> to.setGradient(name, start, from.gradient(name, start, count)));
        double norm = from.step(SETTINGS, RATE);
        assertThat(norm).isGreaterThan(SETTINGS.maxGradNorm());
        assertThat(to.step(SETTINGS, RATE)).isEqualTo(norm);
        assertSameWeights(worker, model);
      }
    }
  }

  @Test
  void gradientsOfTwoWorkersAddUpAsInOne() {
    try (QwenVl one = load(DType.F32);
        QwenVl first = load(DType.F32);
        QwenVl second = load(DType.F32)) {
      Batch batch = Batch.of(one);
      batch.addGradients(one, 0, 1);
      batch.addGradients(one, 1, 3);
      batch.addGradients(first, 0, 1);
      batch.addGradients(second, 1, 3);
      eachPart(
          second.learner(),
          (name, start, count) ->
              first
                  .learner()
                  .addGradient(name, start, second.learner().gradient(name, start, count)));
      // The same but for the order of sums: the table gets two gradients of every batch.
      Numbers.assertNear(Numbers.gradients(first), Numbers.gradients(one), 1e-5);
      double norm = one.learner().gradientNorm();
      assertThat(first.learner().gradientNorm()).isCloseTo(norm, within(1e-6 * norm));
    }
  }

  /** In bfloat16 the float32 masters go over too, so that training goes on alike. */
  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16"})
  void copiedWeightsAreTheSameModel(DType dtype) {
    try (QwenVl model = load(dtype);
        QwenVl worker = load(dtype)) {
      Batch batch = Batch.of(model);
      AdamW plain = new AdamW(0, 0, 1e-8, 0.1, 0, true); // has no past
      batch.addGradients(model, 0, 3);
      model.learner().step(plain, RATE);
      eachPart(
          model.learner(),
          (name, start, count) ->
              worker.learner().setWeight(name, start, model.learner().weight(name, start, count)));
      assertSameWeights(worker, model);
      assertThat(logProbs(worker, batch)).isDeepEqualTo(logProbs(model, batch));
      for (QwenVl each : List.of(model, worker)) {
        batch.addGradients(each, 0, 2);
        each.learner().step(plain, RATE);
      }
      assertSameWeights(worker, model);
    }
  }

  private static float[][][] logProbs(QwenVl model, Batch batch) {
    return model.scoring().logProbs(batch.prompts(), batch.completions(), Distribution.PLAIN);
  }

  /** A worker that only draws has no masters and keeps features of images; both are seen to. */
  @Test
  void weightsOfAModelThatDoesNotLearn() {
    try (QwenVl model = load(LoadOptions.inference().withDtype(DType.BF16));
        QwenVl frozen = load(LoadOptions.training().withFreezeVision(true))) {
      String name = "model.norm.weight";
      float[] values = new float[(int) elements(model.learner(), name)];
      Arrays.fill(values, 1.001f);
      model.learner().setWeight(name, 0, values);
      assertThat(model.learner().weight(name)).containsOnly(1); // bfloat16 has 8 bits
      assertThat(model.learner().trained()).isEmpty();
      assertThat(model.learner().updates()).isZero();

      Batch batch = Batch.of(frozen);
      float[][][] before = logProbs(frozen, batch);
      String bias = "visual.patch_embed.proj.weight";
      frozen.learner().setWeight(bias, 0, new float[(int) elements(frozen.learner(), bias)]);
      assertThat(logProbs(frozen, batch)[0][0]).isNotEqualTo(before[0][0]);
      assertThat(logProbs(frozen, batch)[1][0]).as("no image").isEqualTo(before[1][0]);
    }
  }

  @Test
  void stepIsItsParts() {
    try (QwenVl whole = load(DType.F32);
        QwenVl parts = load(DType.F32)) {
      Batch batch = Batch.of(whole);
      batch.addGradients(whole, 0, 3);
      batch.addGradients(parts, 0, 3);
      whole.learner().step(SETTINGS, RATE);
      Learner learner = parts.learner();
      double norm = learner.gradientNorm();
      learner.clipGradients(norm, SETTINGS.maxGradNorm());
      assertThat(learner.gradientNorm()).isCloseTo(SETTINGS.maxGradNorm(), within(1e-5));
      learner.update(SETTINGS, RATE);
      assertThat(learner.updates()).isEqualTo(1);
      assertThat(learner.gradientNorm()).as("gradients stay").isPositive();
      learner.zeroGradients();
      assertThat(learner.gradientNorm()).isZero();
      assertSameWeights(parts, whole);
    }
  }

  @Test
  void namesAndSizesThatAreWrong() {
    try (QwenVl model = load(LoadOptions.training().withLora(LoraConfig.ofRank(2)))) {
      Learner learner = model.learner();
      String norm = "model.norm.weight";
      int size = (int) elements(learner, norm);
      assertRefused(() -> learner.weight("model.norm"), "no weight model.norm");
      assertRefused(() -> learner.gradient("g/x"), "no weight g/x");
      assertRefused(
          () -> learner.setWeight(norm, 1, new float[size]),
          "model.norm.weight has %d elements [%d], found a part of %d from 1"
              .formatted(size, size, size));
      assertRefused(() -> learner.setWeight(norm, -1, new float[1]), "a part of 1 from -1");
      assertRefused(() -> learner.weight(norm, Long.MAX_VALUE, 1), "a part of 1 from");
      assertRefused(
          () -> learner.addGradient(norm, 0, new float[1]), "does not train model.norm.weight");
      String branch = learner.trained().get(0);
      assertRefused(
          () -> learner.setGradient(branch, elements(learner, branch), new float[1]), branch);
      assertThat(learner.gradient(branch)).isEmpty();
      learner.setGradient(branch, 1, new float[] {3});
      assertThat(learner.gradient(branch, 0, 3)).containsExactly(0, 3, 0);
      assertThat(learner.gradientNorm()).isEqualTo(3);

      model.merge();
      assertThatThrownBy(() -> learner.setWeight(norm, 0, new float[1]))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("unmerge");
    }
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
