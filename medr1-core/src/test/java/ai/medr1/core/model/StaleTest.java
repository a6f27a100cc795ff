package ai.medr1.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.config.LoraConfig;
import ai.medr1.core.text.Prompt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What was computed with other weights is never taken for what these weights give. */
@Tag("parity")
class StaleTest {
  private static final Sampling SAMPLING = new Sampling(false, 0.7, 0, 1, 1, 5, Set.of(), true);
  private static final long[] STREAMS = {1, 2, 3};
  private static final LoraConfig LORA = LoraConfig.ofRank(3);

  @TempDir Path directory;

  private static QwenVl load(LoadOptions options) {
    return QwenVl.load(Golden.directory(Golden.models().get(0)), options);
  }

  private static List<Prompt> prompts(QwenVl model) {
    return Batches.prompts(model, new Random(11));
  }

  private static Continuations draw(QwenVl model, List<Prompt> prompts) {
    return model.drawing().generate(prompts, 2, SAMPLING, STREAMS);
  }

  private static void score(QwenVl model, List<Prompt> prompts, Continuations drawn) {
    model.scoring().scoreDrawn(prompts, drawn, SAMPLING.distribution()).close();
  }

  private static void learn(QwenVl model, List<Prompt> prompts, Continuations drawn) {
    try (Scored scored = model.scoring().scoreDrawn(prompts, drawn, SAMPLING.distribution())) {
      model.scoring().backward(scored, Batches.derivative(scored, 0));
    }
    model.learner().step(AdamW.defaults(), 1e-2);
  }

  private static void assertStale(QwenVl model, List<Prompt> prompts, Continuations drawn) {
    assertThatThrownBy(() -> score(model, prompts, drawn))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("other weights");
    model.scoring().score(prompts, drawn, SAMPLING.distribution()).close();
  }

  private enum Kind {
    FLOAT,
    BFLOAT,
    LORA
  }

  private static LoadOptions options(Kind kind) {
    LoadOptions plain = LoadOptions.training();
    return switch (kind) {
      case FLOAT -> plain;
      case BFLOAT -> plain.withDtype(DType.BF16);
      case LORA -> plain.withLora(LORA);
    };
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void continuationsOfEarlierWeights(Kind kind) {
    try (QwenVl model = load(options(kind))) {
      List<Prompt> prompts = prompts(model);
      Continuations drawn = draw(model, prompts);
      score(model, prompts, drawn);
      score(model, prompts, drawn); // as often as one likes, and after gradients were forgotten
      model.learner().zeroGradients();
      learn(model, prompts, drawn);
      assertStale(model, prompts, drawn);

      Continuations again = draw(model, prompts);
      String weight = "model.norm.weight";
      model.learner().setWeight(weight, 0, model.learner().weight(weight));
      assertStale(model, prompts, again);
    }
  }

  /** A part of a batch is checked as well, wherever its continuations come from. */
  @Test
  void oneContinuationAmongOthers() {
    try (QwenVl model = load(LoadOptions.training())) {
      List<Prompt> prompts = prompts(model);
      Continuations old = draw(model, prompts);
      learn(model, prompts, old);
      List<List<Continuation>> groups = new ArrayList<>(draw(model, prompts).groups());
      score(model, prompts, new Continuations(groups)); // made anew of what was drawn
      groups.set(2, List.of(groups.get(2).get(0), old.groups().get(2).get(1)));
      assertStale(model, prompts, new Continuations(groups));

      Continuation c = groups.get(2).get(0);
      Continuation handMade = new Continuation(c.ids(), c.logps(), c.finished());
      groups.set(2, List.of(c, handMade));
      assertThatThrownBy(() -> score(model, prompts, new Continuations(groups)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("not drawn by a model");
    }
  }

  /** Equal files, equal numbers of updates: yet whether weights are equal, nobody knows. */
  @Test
  void continuationsOfAnotherModel() {
    try (QwenVl model = load(LoadOptions.training());
        QwenVl other = load(LoadOptions.inference())) {
      List<Prompt> prompts = prompts(model);
      assertStale(model, prompts, draw(other, prompts));
    }
  }

  @Test
  void anotherDistribution() {
    try (QwenVl model = load(LoadOptions.training())) {
      List<Prompt> prompts = prompts(model);
      Continuations drawn = draw(model, prompts);
      for (Distribution other : List.of(new Distribution(1, true), new Distribution(0.7, false))) {
        assertThatThrownBy(() -> model.scoring().scoreDrawn(prompts, drawn, other))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("temperature=0.7, banVisionTokens=true")
            .hasMessageContaining(other.toString());
      }
      // what shapes the choice alone is not the distribution
      Sampling narrow = new Sampling(false, 0.7, 5, 0.9, 1.1, 5, Set.of(), true);
      Continuations few = model.drawing().generate(prompts, 2, narrow, STREAMS);
      score(model, prompts, few);
      // greedy answers are of temperature 1, whatever is set
      Sampling greedy = new Sampling(true, 0.7, 0, 1, 1, 5, Set.of(), true);
      assertThat(greedy.distribution()).isEqualTo(new Distribution(1, true));
    }
  }

  @Test
  void answersOfSlotsKnowTheirOrigin() {
    try (QwenVl model = load(LoadOptions.training())) {
      List<Prompt> prompts = prompts(model);
      Continuation[] answers = new Continuation[prompts.size()];
      model
          .drawing()
          .answer(
              prompts.stream().map(Request::of).iterator(),
              2,
              SAMPLING,
              (answer, number) -> answers[number] = answer);
      Continuations drawn =
          new Continuations(List.of(List.of(answers[0]), List.of(answers[1]), List.of(answers[2])));
      learn(model, prompts, drawn);
      assertStale(model, prompts, drawn);
    }
  }

  /**
   * Adapters that are merged compute the same but for rounding, so drawing with them is allowed.
   */
  @Test
  void drawingFromMergedAdapters() {
    try (QwenVl model = load(LoadOptions.training().withLora(LORA))) {
      List<Prompt> prompts = prompts(model);
      learn(model, prompts, draw(model, prompts));
      model.merge();
      Continuations drawn = draw(model, prompts);
      model.unmerge();
      learn(model, prompts, drawn);
      assertStale(model, prompts, drawn);
    }
  }

  /** Drawing drops nothing, so what was drawn is not what a model with dropout scores. */
  @Test
  void withDropoutLogProbabilitiesAreComputedAnew() {
    try (QwenVl model = load(LoadOptions.training().withLora(LORA.withDropout(0.5)))) {
      List<Prompt> prompts = prompts(model);
      learn(model, prompts, draw(model, prompts)); // B is no longer zero
      Continuations drawn = draw(model, prompts);
      float[][][] known;
      try (Scored scored = model.scoring().scoreDrawn(prompts, drawn, SAMPLING.distribution())) {
        known = scored.logps();
      }
      model.learner().zeroGradients(); // the same micro-batch, so the same is dropped
      try (Scored scored = model.scoring().score(prompts, drawn, SAMPLING.distribution())) {
        assertThat(known).isDeepEqualTo(scored.logps());
      }
      assertThat(known[0][0]).isNotEqualTo(drawn.groups().get(0).get(0).logps());
    }
  }

  @Test
  void aRunThatGoesOnCountsItsUpdates() throws IOException {
    Path optimizer = directory.resolve("optimizer.safetensors");
    try (QwenVl model = load(LoadOptions.training())) {
      List<Prompt> prompts = prompts(model);
      learn(model, prompts, draw(model, prompts));
      model.save(directory.resolve("checkpoint"));
      model.learner().saveOptimizer(optimizer);
      try (QwenVl again = QwenVl.load(directory.resolve("checkpoint"), LoadOptions.training())) {
        again.learner().loadOptimizer(optimizer);
        assertThat(again.learner().updates()).isEqualTo(1);
        Continuations drawn = draw(again, prompts);
        Optional<Origin> origin = drawn.groups().get(0).get(0).origin();
        assertThat(origin.orElseThrow().updates()).isEqualTo(1);
        assertStale(model, prompts, drawn); // as many updates, another model
        learn(again, prompts, drawn);
        assertStale(again, prompts, drawn);
      }
    }
  }

  @Test
  void promptsThatEarlierWeightsEncoded() {
    try (QwenVl model = load(LoadOptions.training())) {
      List<Prompt> prompts = prompts(model);
      try (PrefixCache prefix = model.drawing().encode(prompts)) {
        Continuations drawn = model.drawing().sample(prefix, 2, SAMPLING, STREAMS);
        learn(model, prompts, drawn);
        assertThatThrownBy(() -> model.drawing().sample(prefix, 2, SAMPLING, STREAMS))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("encoded before the weights changed");
      }
    }
  }

  /** With activations that are computed again, they would be those of other weights. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void scoresOfEarlierWeights(boolean recompute) {
    try (QwenVl model = load(LoadOptions.training().withRecompute(recompute))) {
      List<Prompt> prompts = prompts(model);
      Continuations drawn = draw(model, prompts);
      try (Scored waits = model.scoring().score(prompts, drawn, SAMPLING.distribution())) {
        learn(model, prompts, drawn);
        assertThatThrownBy(() -> model.scoring().backward(waits, Batches.derivative(waits, 0)))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("computed before the weights changed");
        assertThat(model.learner().gradientNorm()).isZero();
      }
    }
  }
}
