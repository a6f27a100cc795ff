package ai.medr1.eval;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.core.checkpoint.Checkpoint;
import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.TensorInfo;
import ai.medr1.core.model.LoadOptions;
import ai.medr1.core.model.QwenVl;
import ai.medr1.data.PromptTemplate;
import ai.medr1.data.VqaItem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Logits that are not finite end an evaluation, however answers are made, and the item is named.
 */
@Tag("parity")
class NotFiniteAnswersTest {
  private static final int DAMAGED = 3;

  @TempDir Path temp;

  /** Models with a head of their own: with a tied one, what is damaged is in every logit. */
  static Stream<Arguments> models() throws IOException {
    return inEveryDtype(Goldens.models().filter(model -> !tied(model)));
  }

  static Stream<Arguments> tiedModels() throws IOException {
    return inEveryDtype(Goldens.models().filter(NotFiniteAnswersTest::tied));
  }

  private static Stream<Arguments> inEveryDtype(Stream<Path> models) {
    return models.flatMap(
        model -> Stream.of(DType.F32, DType.BF16).map(dtype -> Arguments.of(model, dtype)));
  }

  private static boolean tied(Path model) {
    return Checkpoint.open(model).config().tieWordEmbeddings();
  }

  private static TensorInfo embedding(Path model) {
    return requireNonNull(Checkpoint.open(model).weights().get("model.embed_tokens.weight"));
  }

  @ParameterizedTest
  @MethodSource("models")
  void theItemIsNamed(Path sound, DType dtype) throws IOException {
    List<VqaItem> items = new ArrayList<>(Goldens.items(temp, 5));
    items.set(DAMAGED, Goldens.item(DAMAGED, temp.resolve(DAMAGED + ".png"), "Zebra?"));
    Path damaged = temp.resolve("model");
    damage(sound, damaged, items);
    try (QwenVl model = QwenVl.load(damaged, LoadOptions.inference().withDtype(dtype))) {
      VqaPrompts prompts = prompts(model);
      ModelAnswerer greedy = new ModelAnswerer(model, prompts, 6);
      for (Answerer answerer :
          List.of(
              greedy, new SamplingAnswerer(greedy, 2, 1, 7), new LetterAnswerer(model, prompts))) {
        for (int atOnce = 1; atOnce <= 6; atOnce++) {
          Evaluator evaluator = new Evaluator(AnswerExtractor.RAW, atOnce, false);
          assertThatThrownBy(() -> evaluator.evaluate(answerer, items, p -> {}))
              .isInstanceOf(InputException.class)
              .hasMessageStartingWith(items.get(DAMAGED).source() + ": ")
              .hasMessageContaining("not finite")
              .hasMessageContaining("first in what model.embed_tokens gives");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("tiedModels")
  void withATiedHeadEveryItemIsDamagedAndTheFirstIsNamed(Path sound, DType dtype)
      throws IOException {
    List<VqaItem> items = new ArrayList<>(Goldens.items(temp, 5));
    items.set(DAMAGED, Goldens.item(DAMAGED, temp.resolve(DAMAGED + ".png"), "Zebra?"));
    Path damaged = temp.resolve("model");
    damage(sound, damaged, items);
    try (QwenVl model = QwenVl.load(damaged, LoadOptions.inference().withDtype(dtype))) {
      VqaPrompts prompts = prompts(model);
      ModelAnswerer greedy = new ModelAnswerer(model, prompts, 6);
      for (Answerer answerer :
          List.of(
              greedy, new SamplingAnswerer(greedy, 2, 1, 7), new LetterAnswerer(model, prompts))) {
        assertThatThrownBy(
                () ->
                    new Evaluator(AnswerExtractor.RAW, 1, false)
                        .evaluate(answerer, items.subList(0, 1), p -> {}))
            .isInstanceOf(InputException.class)
            .hasMessageStartingWith(items.get(0).source() + ": ")
            .hasMessageContaining("not finite")
            .hasMessageContaining("first in what model.embed_tokens gives")
            .hasMessageContaining("the checkpoint is damaged");
      }
    }
  }

  private static VqaPrompts prompts(QwenVl model) {
    return new VqaPrompts(model.processor(), PromptTemplate.NO_THINK, 4096);
  }

  /** A copy in which the embedding of a token is NaN that one item alone has. */
  private static void damage(Path from, Path to, List<VqaItem> items) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    TensorInfo info = embedding(to);
    try (QwenVl model = QwenVl.load(from, LoadOptions.inference());
        FileChannel file = FileChannel.open(info.file(), StandardOpenOption.WRITE)) {
      long row = (long) ownToken(prompts(model), items) * model.config().text().hiddenSize();
      ByteBuffer nan = nan(info.dtype());
      file.write(nan, info.offset() + row * nan.limit());
    }
  }

  private static ByteBuffer nan(DType dtype) {
    int bits = Float.floatToIntBits(Float.NaN);
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return (dtype == DType.F32 ? bytes.putInt(bits) : bytes.putShort((short) (bits >> 16))).flip();
  }

  private static int ownToken(VqaPrompts prompts, List<VqaItem> items) {
    Set<Integer> others =
        items.stream()
            .filter(item -> !item.equals(items.get(DAMAGED)))
            .flatMap(item -> Arrays.stream(prompts.of(item).ids()).boxed())
            .collect(Collectors.toSet());
    return Arrays.stream(prompts.of(items.get(DAMAGED)).ids())
        .filter(id -> !others.contains(id))
        .findFirst()
        .orElseThrow();
  }
}
