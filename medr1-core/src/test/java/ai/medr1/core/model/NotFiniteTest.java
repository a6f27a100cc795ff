package ai.medr1.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.medr1.core.checkpoint.Checkpoint;
import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.TensorInfo;
import ai.medr1.core.text.Prompt;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing is chosen by logits that are not finite, whatever is wrong with the weights. */
@Tag("parity")
class NotFiniteTest {
  private static final long SEED = 5;

  @TempDir Path dir;

  /** A weight, the value of its first element, and where it shows. */
  static Stream<Arguments> damages() {
    return Stream.of(
            new Object[] {"model.layers.1.mlp.up_proj.weight", Float.NaN, "model.layers.1 "},
            new Object[] {"model.layers.0.self_attn.v_proj.bias", 1 / 0f, "model.layers.0 "},
            new Object[] {"model.norm.weight", Float.NaN, "model.norm "},
            new Object[] {"lm_head.weight", Float.NaN, "lm_head "},
            new Object[] {"visual.patch_embed.proj.weight", Float.NaN, "visual.patch_embed "},
            new Object[] {"visual.blocks.1.mlp.down_proj.bias", 1 / 0f, "visual.blocks.1 "},
            new Object[] {"visual.merger.mlp.2.weight", Float.NaN, "visual.merger "})
        .flatMap(
            damage ->
                Stream.of(DType.F32, DType.BF16)
                    .map(dtype -> Arguments.of(dtype, damage[0], damage[1], damage[2])));
  }

  @ParameterizedTest
  @MethodSource("damages")
  void everyWayToAnswerNamesTheWeight(DType dtype, String weight, float value, String place)
      throws IOException {
    try (QwenVl model = damaged(dtype, 0, weight, value)) {
      // Of what is in the vision tower, prompts without an image know nothing.
      int wrong = weight.startsWith("visual.") ? 1 : 0;
      List<Prompt> prompts = prompts(model);
      for (ThrowingCallable way : ways(model, prompts)) {
        NotFiniteException e = catchThrowableOfType(NotFiniteException.class, way);
        assertThat(e).isNotNull().hasMessageContaining(place).hasMessageContaining(weight + " is");
        assertThat(e.sequence()).isEqualTo(wrong);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dtypes")
  void aPromptThatMeetsNothingBadIsAnswered(DType dtype) throws IOException {
    int first; // a token of the first prompt that the others lack
    int hidden;
    String table = "model.embed_tokens.weight";
    try (QwenVl healthy = damaged(dtype, 0, table, 0)) {
      hidden = healthy.config().text().hiddenSize();
      List<Prompt> prompts = prompts(healthy);
      first =
          Arrays.stream(prompts.get(0).ids())
              .filter(id -> Arrays.stream(prompts.get(1).ids()).noneMatch(other -> other == id))
              .findFirst()
              .orElseThrow();
    }
    try (QwenVl model = damaged(dtype, first * hidden, table, Float.POSITIVE_INFINITY)) {
      List<Prompt> prompts = prompts(model);
      Sampling sampling = Sampling.random(1, Set.of());
      Continuations sound =
          model.drawing().generate(prompts.subList(1, 2), 2, sampling, new long[1]);
      assertThat(sound.longest()).isOne();
      NotFiniteException e =
          catchThrowableOfType(
              NotFiniteException.class,
              () -> model.drawing().generate(prompts.subList(0, 1), 2, sampling, new long[1]));
      assertThat(e).isNotNull().hasMessageContaining("model.embed_tokens gives");
    }
  }

  static Stream<DType> dtypes() {
    return Stream.of(DType.F32, DType.BF16);
  }

  /** Every call that chooses among tokens. */
  private static List<ThrowingCallable> ways(QwenVl model, List<Prompt> prompts) {
    long[] streams = new long[prompts.size()];
    Sampling filtered = new Sampling(false, 0.9, 20, 0.9, 1.1, 3, Set.of(), true);
    List<Sampling> samplings =
        List.of(
            Sampling.greedy(3, Set.of()),
            Sampling.greedy(40, Set.of()), // with packed weights
            Sampling.random(3, Set.of()),
            filtered);
    List<ThrowingCallable> ways = new ArrayList<>();
    for (Sampling sampling : samplings) {
      ways.add(() -> model.drawing().generate(prompts, 2, sampling, streams));
      ways.add(
          () ->
              model
                  .drawing()
                  .answer(prompts.stream().map(Request::of).iterator(), 2, sampling, (a, i) -> {}));
    }
    ways.add(() -> model.drawing().firstLogProbs(prompts, new int[] {7, 8}));
    return ways;
  }

  /** One prompt without an image, one with. */
  private static List<Prompt> prompts(QwenVl model) {
    return List.of(
        Batches.prompt(model, "What is a normal finding?"),
        Batches.prompt(model, "Same?", Batches.image(56, 84, new Random(SEED))));
  }

  private QwenVl damaged(DType dtype, int element, String weight, float value) throws IOException {
    Path model = dir.resolve("model");
    copy(Golden.directory("tiny-qwen2.5-vl"), model); // its head is not tied to the embedding
    TensorInfo info = Checkpoint.open(model).weights().get(weight);
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putFloat(value);
    try (FileChannel file = FileChannel.open(info.file(), StandardOpenOption.WRITE)) {
      file.write(bytes.flip(), info.offset() + (long) element * Float.BYTES);
    }
    return QwenVl.load(model, LoadOptions.inference().withDtype(dtype));
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
