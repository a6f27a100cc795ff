package ai.medr1.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.text.Prompt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A completion depends on its prompt and its random stream, not on its company. */
@Tag("parity")
class SamplingTest {
  private static final int GROUP = 4;
  private static final int LONGEST = 12;
  private static final long[] STREAMS = {
    RandomStreams.key(5, 0, 0), RandomStreams.key(5, 0, 1), RandomStreams.key(5, 0, 2)
  };

  private static QwenVl model;
  private static List<Prompt> prompts;

  @BeforeAll
  static void load() {
    model = QwenVl.load(Golden.directory(Golden.models().get(0)), LoadOptions.inference());
    prompts = Batches.prompts(model, new Random(11));
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static Sampling random(double temperature, double penalty, Set<Integer> stops) {
    return new Sampling(false, temperature, 0, 1, penalty, LONGEST, stops, true);
  }

  /** Every way of drawing that takes another path through the kernels. */
  static Stream<Sampling> ways() {
    return Stream.of(
        random(1, 1, Set.of()),
        random(0.7, 1, Set.of()),
        random(0.7, 1.3, Set.of()),
        new Sampling(false, 0.9, 20, 0.9, 1, LONGEST, Set.of(), false),
        new Sampling(true, 1, 0, 1, 1, LONGEST, Set.of(), true),
        new Sampling(true, 1, 0, 1, 1.05, LONGEST, Set.of(), false));
  }

  private static List<List<int[]>> ids(Continuations continuations) {
    return continuations.groups().stream()
        .map(group -> group.stream().map(Continuation::ids).toList())
        .toList();
  }

  private static void assertSame(Continuations found, List<List<Continuation>> expected) {
    assertThat(found.groups()).hasSameSizeAs(expected);
    for (int b = 0; b < expected.size(); b++) {
      assertThat(found.groups().get(b)).hasSameSizeAs(expected.get(b));
      for (int g = 0; g < expected.get(b).size(); g++) {
        Continuation one = found.groups().get(b).get(g);
        Continuation other = expected.get(b).get(g);
        assertThat(one.ids()).as("prompt %d, completion %d", b, g).containsExactly(other.ids());
        assertThat(one.finished()).isEqualTo(other.finished());
        assertThat(Numbers.largestDifference(one.logps(), other.logps())).isLessThan(1e-4);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aBatchDrawsWhatItsPromptsDrawAlone(Sampling sampling) {
    List<List<Continuation>> alone = new ArrayList<>();
    for (int b = 0; b < prompts.size(); b++) {
      long[] stream = {STREAMS[b]};
      alone.addAll(
          model.drawing().generate(prompts.subList(b, b + 1), GROUP, sampling, stream).groups());
    }
    assertSame(model.drawing().generate(prompts, GROUP, sampling, STREAMS), alone);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void theOrderOfTheBatchDoesNotMatter(Sampling sampling) {
    List<Prompt> reversed = List.of(prompts.get(2), prompts.get(1), prompts.get(0));
    long[] streams = {STREAMS[2], STREAMS[1], STREAMS[0]};
    List<List<Continuation>> expected =
        model.drawing().generate(prompts, GROUP, sampling, STREAMS).groups();
    assertSame(
        model.drawing().generate(reversed, GROUP, sampling, streams),
        List.of(expected.get(2), expected.get(1), expected.get(0)));
  }

  @Test
  void aSmallerGroupIsTheBeginningOfALargerOne() {
    Sampling sampling = random(1, 1, Set.of());
    List<List<Continuation>> expected =
        model.drawing().generate(prompts, GROUP, sampling, STREAMS).groups().stream()
            .map(group -> group.subList(0, 2))
            .toList();
    assertSame(model.drawing().generate(prompts, 2, sampling, STREAMS), expected);
  }

  @Test
  void anotherStreamDrawsOthers() {
    Sampling sampling = random(1, 1, Set.of());
    long[] others = Arrays.stream(STREAMS).map(stream -> stream + 1).toArray();
    assertThat(ids(model.drawing().generate(prompts, GROUP, sampling, others)).get(0).get(0))
        .isNotEqualTo(
            ids(model.drawing().generate(prompts, GROUP, sampling, STREAMS)).get(0).get(0));
  }

  /**
   * Stop tokens are chosen so that rows end at different times, whole prompts among them; the rows
   * that go on must draw what they would have drawn in full company.
   */
  @ParameterizedTest
  @MethodSource("ways")
  void rowsThatEndLeaveTheOthersAlone(Sampling sampling) {
    List<List<Continuation>> endless =
        model.drawing().generate(prompts, GROUP, sampling, STREAMS).groups();
    Set<Integer> stops =
        Stream.of(
                endless.get(0).get(0).ids()[0],
                endless.get(0).get(GROUP - 1).ids()[2],
                endless.get(1).get(1).ids()[1],
                endless.get(1).get(2).ids()[1],
                endless.get(1).get(3).ids()[4],
                endless.get(2).get(2).ids()[6])
            .collect(Collectors.toSet());
    Sampling stopping =
        new Sampling(
            sampling.greedy(),
            sampling.temperature(),
            sampling.topK(),
            sampling.topP(),
            sampling.repetitionPenalty(),
            LONGEST,
            stops,
            sampling.banVisionTokens());
    List<List<Continuation>> expected =
        endless.stream().map(group -> group.stream().map(one -> cut(one, stops)).toList()).toList();
    assertThat(expected.stream().flatMap(List::stream).map(one -> one.ids().length).distinct())
        .as("lengths")
        .hasSizeGreaterThan(1);
    assertSame(model.drawing().generate(prompts, GROUP, stopping, STREAMS), expected);
  }

  private static Continuation cut(Continuation endless, Set<Integer> stops) {
    int[] ids = endless.ids();
    for (int t = 0; t < ids.length; t++) {
      if (stops.contains(ids[t])) {
        return new Continuation(
            Arrays.copyOf(ids, t + 1), Arrays.copyOf(endless.logps(), t + 1), true);
      }
    }
    return endless;
  }

  @Test
  void theLogProbabilitiesOfDrawnTokensAreTheirScores() {
    Sampling sampling = random(0.7, 1, Set.of());
    Continuations drawn = model.drawing().generate(prompts, GROUP, sampling, STREAMS);
    float[][][] scores = model.scoring().logProbs(prompts, drawn, sampling.distribution());
    float[][][] logps = new float[prompts.size()][GROUP][];
    for (int b = 0; b < logps.length; b++) {
      for (int g = 0; g < GROUP; g++) {
        logps[b][g] = drawn.groups().get(b).get(g).logps();
      }
    }
    Numbers.assertNear(logps, scores, 1e-4);
  }

  @Test
  void onePrefixServesManyDraws() {
    Sampling sampling = random(1, 1, Set.of());
    try (PrefixCache prefix = model.drawing().encode(prompts)) {
      Continuations first = model.drawing().sample(prefix, GROUP, sampling, STREAMS);
      assertSame(model.drawing().sample(prefix, GROUP, sampling, STREAMS), first.groups());
    }
  }

  static Stream<Sampling> distributions() {
    return Stream.of(
        new Sampling(false, 1, 0, 1, 1, 1, Set.of(), true),
        new Sampling(false, 0.7, 0, 1, 1, 1, Set.of(), true),
        new Sampling(false, 1, 8, 1, 1, 1, Set.of(), true));
  }

  /**
   * Pearson's statistic of 4096 draws in 16 bins of about equal probability. With 15 degrees of
   * freedom it is above 38 once in a thousand times; streams are fixed, so it is always the same.
   */
  @ParameterizedTest
  @MethodSource("distributions")
  void tokensAreDrawnWithTheirProbabilities(Sampling sampling) {
    List<Prompt> one = prompts.subList(0, 1);
    int draws = 4096;
    double[] probabilities = probabilities(one, sampling);
    int[] bins = bins(probabilities, 16);
    double[] expected = new double[16];
    double[] found = new double[16];
    for (int id = 0; id < bins.length; id++) {
      expected[bins[id]] += draws * probabilities[id];
    }
    long[] stream = {RandomStreams.key(1, 2, 3)};
    for (Continuation drawn :
        model.drawing().generate(one, draws, sampling, stream).groups().get(0)) {
      int id = drawn.ids()[0];
      assertThat(probabilities[id]).as("probability of token %d", id).isPositive();
      found[bins[id]]++;
    }
    assertThat(pearson(found, expected)).isLessThan(38);
  }

  /** Long completions are drawn with weights in another order, short ones with them as they are. */
  @Test
  void longCompletionsBeginAsShortOnesDo() {
    Sampling wide = Sampling.random(48, Set.of());
    Sampling narrow = Sampling.random(8, Set.of());
    long[] streams = new long[prompts.size()];
    Arrays.setAll(streams, b -> RandomStreams.key(5, 0, b));
    Continuations drawn = model.drawing().generate(prompts, 4, wide, streams);
    Continuations first = model.drawing().generate(prompts, 4, narrow, streams);
    for (int b = 0; b < prompts.size(); b++) {
      for (int g = 0; g < 4; g++) {
        int[] ids = drawn.groups().get(b).get(g).ids();
        assertThat(Arrays.copyOf(ids, 8)).isEqualTo(first.groups().get(b).get(g).ids());
      }
    }
    float[][][] scored = model.scoring().logProbs(prompts, drawn, wide.distribution());
    for (int b = 0; b < prompts.size(); b++) {
      for (int g = 0; g < 4; g++) {
        assertThat(drawn.groups().get(b).get(g).logps())
            .containsExactly(scored[b][g], Offset.offset(5e-5f));
      }
    }
  }

  private static double pearson(double[] found, double[] expected) {
    return IntStream.range(0, found.length)
        .filter(bin -> expected[bin] > 0)
        .mapToDouble(bin -> Math.pow(found[bin] - expected[bin], 2) / expected[bin])
        .sum();
  }

  /** Softmax over what the filters leave, in double precision. */
  private static double[] probabilities(List<Prompt> prompt, Sampling sampling) {
    ModelConfig config = model.config();
    int vocabulary = config.text().vocabSize();
    float[] logits = Golden.logits(model, prompt);
    int last = logits.length - vocabulary;
    ModelConfig.VisionTokens tokens = config.tokens();
    Set<Integer> banned =
        Set.of(tokens.visionStart(), tokens.visionEnd(), tokens.imagePad(), tokens.videoPad());
    List<Integer> kept =
        IntStream.range(0, vocabulary)
            .boxed()
            .filter(id -> !banned.contains(id))
            .sorted(Comparator.comparing((Integer id) -> -logits[last + id]))
            .limit(sampling.topK() == 0 ? vocabulary : sampling.topK())
            .toList();
    double[] weights = new double[vocabulary];
    kept.forEach(id -> weights[id] = Math.exp(logits[last + id] / sampling.temperature()));
    double sum = Arrays.stream(weights).sum();
    return Arrays.stream(weights).map(weight -> weight / sum).toArray();
  }

  /** Cuts the tokens, in their order, into runs of about equal probability. */
  private static int[] bins(double[] probabilities, int count) {
    int[] bins = new int[probabilities.length];
    double before = 0;
    for (int id = 0; id < bins.length; id++) {
      bins[id] = Math.min(count - 1, (int) (before * count));
      before += probabilities[id];
    }
    return bins;
  }
}
