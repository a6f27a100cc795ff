package ai.medr1.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.NamedTensor;
import ai.medr1.core.checkpoint.SafetensorsFile;
import ai.medr1.core.checkpoint.SafetensorsWriter;
import ai.medr1.core.text.Prompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Stopping and going on: a model and its optimizer in files. */
@Tag("parity")
class OptimizerStateTest {
  private static final AdamW SETTINGS = new AdamW(0.9, 0.95, 1e-8, 0.1, 1, false);
  private static final double RATE = 1e-2;

  @TempDir Path directory;
  private Path checkpoint;
  private Path optimizer;

  @BeforeEach
  void paths() {
    checkpoint = directory.resolve("checkpoint");
    optimizer = directory.resolve("optimizer.safetensors");
  }

  private static QwenVl load(Path from, DType dtype) {
    return QwenVl.load(from, LoadOptions.training().withDtype(dtype));
  }

  private static QwenVl start() {
    return load(Golden.directory(Golden.models().get(0)), DType.F32);
  }

  private static void learn(QwenVl model, int steps) {
    Random random = new Random(11);
    List<Prompt> prompts = Batches.prompts(model, random);
    Continuations drawn = Batches.continuations(model.config(), prompts.size(), 2, 6, random);
    for (int step = 0; step < steps; step++) {
      try (Scored scored = model.scoring().score(prompts, drawn, Distribution.PLAIN)) {
        model.scoring().backward(scored, Batches.derivative(scored, step));
      }
      model.learner().step(SETTINGS, RATE);
    }
  }

  private static void assertSameWeights(QwenVl found, QwenVl expected) {
    for (String name : expected.learner().trained()) {
      assertThat(found.learner().weight(name)).as(name).isEqualTo(expected.learner().weight(name));
    }
  }

  /** Bit by bit; with bfloat16, the float32 masters are a part of the state. */
  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "BF16"})
  void trainingGoesOnWhereItStopped(DType dtype) throws IOException {
    try (QwenVl model = load(Golden.directory(Golden.models().get(0)), dtype)) {
      learn(model, 2);
      model.save(checkpoint);
      model.learner().saveOptimizer(optimizer);
      learn(model, 2);
      try (QwenVl again = load(checkpoint, dtype)) {
        again.learner().loadOptimizer(optimizer);
        learn(again, 2);
        assertSameWeights(again, model);
      }
    }
  }

  @Test
  void theModelAloneGoesOnElsewhere() throws IOException {
    try (QwenVl model = start()) {
      learn(model, 2);
      model.save(checkpoint);
      try (QwenVl again = load(checkpoint, DType.F32)) {
        assertSameWeights(again, model);
        learn(model, 1);
        learn(again, 1);
        String name = model.learner().trained().iterator().next();
        assertThat(again.learner().weight(name)).isNotEqualTo(model.learner().weight(name));
      }
    }
  }

  @Test
  void theStateOfAModelThatWasNeverTrained() throws IOException {
    try (QwenVl model = start();
        QwenVl again = start()) {
      model.learner().saveOptimizer(optimizer);
      assertThat(SafetensorsFile.read(optimizer).tensors()).isEmpty();
      again.learner().loadOptimizer(optimizer);
      learn(model, 1);
      learn(again, 1);
      assertSameWeights(again, model);
    }
  }

  @Test
  void momentsOfEveryTrainedWeightAreInTheFile() throws IOException {
    try (QwenVl model = start()) {
      learn(model, 3);
      model.learner().saveOptimizer(optimizer);
      SafetensorsFile file = SafetensorsFile.read(optimizer);
      assertThat(file.metadata()).containsEntry("updates", "3");
      assertThat(file.tensors()).hasSize(2 * model.learner().trained().size());
      for (String name : model.learner().trained()) {
        assertThat(Numbers.norm(file.floats("v/" + name))).as(name).isPositive();
      }
    }
  }

  @Test
  void filesThatAreNoStateOfThisModel() throws IOException {
    try (QwenVl model = start()) {
      String weight = model.learner().trained().iterator().next();
      write(NamedTensor.floats("m/other", DType.F32, List.of(1L), new float[1]), "2");
      assertRefused(model, "m/other");
      write(NamedTensor.floats("w/" + weight, DType.F32, List.of(1L), new float[1]), "2");
      assertRefused(model, "w/" + weight);
      write(NamedTensor.floats("m/" + weight, DType.F32, List.of(1L), new float[1]), "2");
      assertRefused(model, "has shape [1]");
      write(NamedTensor.floats("m/" + weight, DType.F32, List.of(1L), new float[1]), "-1");
      assertRefused(model, "no count of updates");

      Files.write(optimizer, new byte[] {1, 2, 3});
      assertRefused(model, "");
    }
  }

  private void write(NamedTensor tensor, String updates) throws IOException {
    SafetensorsWriter.write(optimizer, List.of(tensor), Map.of("updates", updates));
  }

  private void assertRefused(QwenVl model, String why) {
    assertThatThrownBy(() -> model.learner().loadOptimizer(optimizer))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(optimizer.toString())
        .hasMessageContaining(why);
  }
}
