package ai.medr1.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.RandomCheckpoint;
import ai.medr1.core.checkpoint.Shape;
import ai.medr1.core.config.Family;
import ai.medr1.core.text.Prompt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** An answer in a slot is what {@link QwenVl#generate} gives to its prompt alone. */
@Tag("parity")
class SlotsTest {
  private static final long SEED = 3;

  static Stream<String> families() {
    return Golden.models().stream();
  }

  /** Three prompts of every kind, again and again, with limits from 1 to 40 tokens. */
  private static List<Request> requests(QwenVl model, int count) {
    Random random = new Random(SEED);
    List<Prompt> kinds = Batches.prompts(model, random);
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new Request(
                    kinds.get(i % 3), 1 + random.nextInt(40), RandomStreams.key(SEED, 0, i)))
        .toList();
  }

  private static Sampling within(Sampling sampling, int longest) {
    return new Sampling(
        sampling.greedy(),
        sampling.temperature(),
        sampling.topK(),
        sampling.topP(),
        sampling.repetitionPenalty(),
        longest,
        sampling.stopTokens(),
        sampling.banVisionTokens());
  }

  private static List<Continuation> alone(QwenVl model, List<Request> requests, Sampling sampling) {
    return requests.stream()
        .map(
            r ->
                model
                    .drawing()
                    .generate(
                        List.of(r.prompt()),
                        1,
                        within(sampling, Math.min(r.maxNewTokens(), sampling.maxNewTokens())),
                        new long[] {r.stream()})
                    .groups()
                    .get(0)
                    .get(0))
        .toList();
  }

  private static List<Continuation> inSlots(
      QwenVl model, List<Request> requests, int slots, Sampling sampling) {
    TreeMap<Integer, Continuation> answers = new TreeMap<>();
    model
        .drawing()
        .answer(
            requests.iterator(), slots, sampling, (answer, index) -> answers.put(index, answer));
    assertThat(answers.keySet()).containsExactlyElementsOf(range(requests.size()));
    return new ArrayList<>(answers.values());
  }

  private static List<Integer> range(int end) {
    return IntStream.range(0, end).boxed().toList();
  }

  private static void assertSame(List<Continuation> found, List<Continuation> expected, int slots) {
    for (int i = 0; i < expected.size(); i++) {
      String name = "seed %d, %d slots, answer %d".formatted(SEED, slots, i);
      Continuation one = found.get(i);
      Continuation other = expected.get(i);
      assertThat(one.ids()).as(name).containsExactly(other.ids());
      assertThat(one.finished()).as(name).isEqualTo(other.finished());
      assertThat(Numbers.largestDifference(one.logps(), other.logps())).as(name).isLessThan(1e-4);
    }
  }

  /** A token that some answers contain, so that they stop there. */
  private static Set<Integer> stops(QwenVl model, List<Request> requests) {
    Continuation longest =
        alone(model, requests, Sampling.greedy(20, Set.of())).stream()
            .max((a, b) -> Integer.compare(a.ids().length, b.ids().length))
            .orElseThrow();
    return Set.of(longest.ids()[longest.ids().length / 2]);
  }

  @ParameterizedTest
  @MethodSource("families")
  void unevenAnswersInAnyNumberOfSlots(String name) {
    try (QwenVl model = QwenVl.load(Golden.directory(name), LoadOptions.inference())) {
      List<Request> requests = requests(model, 11);
      Sampling sampling = Sampling.greedy(35, stops(model, requests));
      List<Continuation> expected = alone(model, requests, sampling);
      assertThat(expected).anyMatch(Continuation::finished).anyMatch(c -> !c.finished());
      for (int slots : new int[] {1, 2, 3, 4, 8, 16}) {
        assertSame(inSlots(model, requests, slots, sampling), expected, slots);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void answersThatAreLongerThanOneStretch(String name) {
    try (QwenVl model = QwenVl.load(Golden.directory(name), LoadOptions.inference())) {
      List<Request> requests =
          Batches.prompts(model, new Random(SEED)).stream().map(Request::of).toList();
      Sampling sampling = Sampling.greedy(150, Set.of());
      assertSame(inSlots(model, requests, 2, sampling), alone(model, requests, sampling), 2);
    }
  }

  /** Layers wide enough to be packed; those of the golden models are not. */
  @ParameterizedTest
  @EnumSource(Family.class)
  void answersOfPackedWeightsHaveTheirScores(Family family, @TempDir Path dir) throws IOException {
    new RandomCheckpoint(Shape.QUICKSTART, family, Optional.empty(), DType.F32, SEED).write(dir);
    try (QwenVl model = QwenVl.load(dir, LoadOptions.inference())) {
      List<Prompt> prompts = Batches.prompts(model, new Random(SEED));
      Sampling sampling = Sampling.greedy(40, Set.of());
      List<Continuation> found =
          inSlots(model, prompts.stream().map(Request::of).toList(), 2, sampling);
      assertGreedy(model, prompts, found);
      Continuations each = new Continuations(found.stream().map(List::of).toList());
      float[][][] scores = model.scoring().logProbs(prompts, each, sampling.distribution());
      for (int b = 0; b < found.size(); b++) {
        assertThat(Numbers.largestDifference(found.get(b).logps(), scores[b][0]))
            .as("%s, seed %d, answer %d", family, SEED, b)
            .isLessThan(1e-4);
      }
    }
  }

  private static void assertGreedy(QwenVl model, List<Prompt> prompts, List<Continuation> found) {
    int vocabulary = model.config().text().vocabSize();
    float[][] first =
        model.drawing().firstLogProbs(prompts, IntStream.range(0, vocabulary).toArray());
    for (int b = 0; b < found.size(); b++) {
      float[] logps = first[b];
      int likeliest =
          IntStream.range(0, vocabulary).reduce((i, j) -> logps[j] > logps[i] ? j : i).orElse(-1);
      assertThat(found.get(b).ids()[0]).as("seed %d, answer %d", SEED, b).isEqualTo(likeliest);
    }
  }

  static Stream<Sampling> ways() {
    return Stream.of(
        Sampling.random(30, Set.of()),
        new Sampling(true, 1, 0, 1, 1.05, 30, Set.of(), false),
        new Sampling(false, 0.7, 0, 1, 1.3, 30, Set.of(), true),
        new Sampling(false, 0.9, 20, 0.9, 1, 30, Set.of(), false));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void drawnAnswers(Sampling sampling) {
    String name = Golden.models().get(0);
    try (QwenVl model = QwenVl.load(Golden.directory(name), LoadOptions.inference())) {
      List<Request> requests = requests(model, 7);
      assertSame(inSlots(model, requests, 3, sampling), alone(model, requests, sampling), 3);
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void firstTokensHaveTheProbabilitiesOfTheLogits(String name) {
    try (QwenVl model = QwenVl.load(Golden.directory(name), LoadOptions.inference())) {
      List<Prompt> prompts = Batches.prompts(model, new Random(SEED));
      int[] tokens = {17, 5, 40};
      float[][] found = model.drawing().firstLogProbs(prompts, tokens);
      for (int b = 0; b < prompts.size(); b++) {
        assertThat(Numbers.largestDifference(found[b], expected(model, prompts.get(b), tokens)))
            .as("prompt %d", b)
            .isLessThan(1e-4);
      }
    }
  }

  /** From the logits of the prompt's last token, without those of vision tokens. */
  private static float[] expected(QwenVl model, Prompt prompt, int[] tokens) {
    int vocabulary = model.config().text().vocabSize();
    float[] all = Golden.logits(model, List.of(prompt));
    int last = all.length - vocabulary;
    var vision = model.config().tokens();
    Set<Integer> banned =
        Set.of(vision.visionStart(), vision.visionEnd(), vision.imagePad(), vision.videoPad());
    double sum =
        IntStream.range(0, vocabulary)
            .filter(id -> !banned.contains(id))
            .mapToDouble(id -> Math.exp(all[last + id]))
            .sum();
    float[] expected = new float[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      expected[i] = (float) (all[last + tokens[i]] - Math.log(sum));
    }
    return expected;
  }

  @ParameterizedTest
  @MethodSource("families")
  void badRequestsAreRefused(String name) {
    try (QwenVl model = QwenVl.load(Golden.directory(name), LoadOptions.inference())) {
      Sampling sampling = Sampling.greedy(3, Set.of());
      assertThatThrownBy(
              () ->
                  model.drawing().answer(requests(model, 1).iterator(), 0, sampling, (a, i) -> {}))
          .hasMessageContaining("found 0");
      Prompt prompt = Batches.prompts(model, new Random(SEED)).get(1);
      assertThatThrownBy(() -> new Request(prompt, 0, 0)).hasMessageContaining("found 0");
      assertThat(inSlots(model, List.of(), 4, sampling)).isEmpty();
    }
  }
}
