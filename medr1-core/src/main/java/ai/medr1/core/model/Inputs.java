package ai.medr1.core.model;

import ai.djl.ndarray.types.Shape;
import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.config.VisionConfig;
import ai.medr1.core.image.PixelValues;
import ai.medr1.core.torchscript.Arguments;
import ai.medr1.core.torchscript.Key;
import java.util.Arrays;
import java.util.List;

/** Turns batches into the named arrays that the kernels read. */
final class Inputs {
  private final ModelConfig config;
  private final int logitsAtOnce;
  private final int[] ropeAxis;

  /**
   * @param logitsAtOnce how many exist at once when tokens are scored
   */
  Inputs(ModelConfig config, int logitsAtOnce) {
    this.config = config;
    this.logitsAtOnce = logitsAtOnce;
    this.ropeAxis = ropeAxis(config.text().mropeSection());
  }

  /** Which of (time, row, column) turns every rotary frequency. */
  private static int[] ropeAxis(List<Integer> sections) {
    int[] axis = new int[sections.stream().mapToInt(Integer::intValue).sum()];
    int first = 0;
    for (int i = 0; i < sections.size(); i++) {
      Arrays.fill(axis, first, first + sections.get(i), i % 3);
      first += sections.get(i);
    }
    return axis;
  }

  /** The packed tokens of a batch and how they attend to each other. */
  void addBatch(Arguments a, PackedBatch batch) {
    Segments prompts = batch.prompts();
    Segments continuations = batch.continuations();
    a.integers(Key.IDS, batch.ids());
    a.integers(Key.POSITIONS, batch.positions());
    a.integers(Key.AXIS, ropeAxis);
    a.integers(Key.IMAGE_ROWS, batch.imageRows());
    a.integers(
        Key.SIZES,
        new int[] {
          prompts.count(), prompts.longest(), batch.group(), continuations.longest(), prompts.rows()
        });
    a.integers(Key.P_LENGTHS, prompts.unequalLengths());
    a.integers(Key.C_LENGTHS, continuations.unequalLengths());
    a.integers(Key.C_PROMPTS, promptOfContinuation(batch));
    a.integers(Key.ROWS, batch.rows());
  }

  /** The length of every continuation's prompt; a single one where all are equal. */
  private static int[] promptOfContinuation(PackedBatch batch) {
    Segments prompts = batch.prompts();
    if (!prompts.padded()) {
      return new int[] {prompts.longest()};
    }
    int group = Math.max(1, batch.group());
    int[] lengths = new int[prompts.count() * group];
    Arrays.setAll(lengths, i -> prompts.lengths()[i / group]);
    return lengths;
  }

  /** What the scored tokens are, and how logits become log-probabilities. */
  void addTargets(Arguments a, PackedBatch batch, Distribution distribution) {
    a.integers(Key.TARGETS, batch.targets());
    a.real(Key.TEMPERATURE, distribution.temperature());
    a.integers(Key.BANNED, banned(distribution));
    a.integer(Key.CHUNK, logitsAtOnce);
  }

  private int[] banned(Distribution distribution) {
    if (!distribution.banVisionTokens()) {
      return new int[0];
    }
    ModelConfig.VisionTokens tokens = config.tokens();
    return new int[] {
      tokens.visionStart(), tokens.visionEnd(), tokens.imagePad(), tokens.videoPad()
    };
  }

  /** The images' patches and how they attend to each other. */
  void addVision(Arguments a, List<PixelValues> images) {
    VisionConfig vision = config.vision();
    VisionLayout layout = VisionLayout.of(images.stream().map(PixelValues::grid).toList(), vision);
    int patches = layout.positions().length;
    a.numbers(Key.V_PIXELS, concatenate(images), patches, vision.patchValues());
    a.integers(Key.V_POSITIONS, layout.positions());
    a.integers(Key.V_ORDER, layout.order());
    int[] windowed = new int[vision.depth()];
    Arrays.setAll(windowed, i -> vision.isWindowed(i) ? 1 : 0);
    a.integers(Key.V_WINDOWED, windowed);
    a.integers(Key.V_FULL_SIZES, sizes(layout.full()));
    a.integers(Key.V_FULL_LENGTHS, layout.full().unequalLengths());
    addKeyMask(a, Key.V_FULL_MASK, layout.full());
    a.integers(Key.V_WINDOW_SIZES, sizes(layout.windows()));
    a.integers(Key.V_WINDOW_LENGTHS, layout.windows().unequalLengths());
    addKeyMask(a, Key.V_WINDOW_MASK, layout.windows());
  }

  private static int[] sizes(Segments segments) {
    return new int[] {segments.count(), segments.longest()};
  }

  void addKeyMask(Arguments a, Key key, Segments segments) {
    if (segments.padded()) {
      a.numbers(key, segments.keyMask(), segments.count(), 1, 1, segments.longest());
    } else {
      a.numbers(key, new float[0], 0);
    }
  }

  private static float[] concatenate(List<PixelValues> images) {
    int size = images.stream().mapToInt(image -> image.values().length).sum();
    float[] all = new float[size];
    int first = 0;
    for (PixelValues image : images) {
      System.arraycopy(image.values(), 0, all, first, image.values().length);
      first += image.values().length;
    }
    return all;
  }

  /** How continuations are drawn from encoded prompts. */
  void addSampling(Arguments a, PrefixCache prefix, int group, Sampling sampling, long[] streams) {
    PackedBatch batch = prefix.batch();
    int longest = sampling.maxNewTokens();
    addDrawing(a, sampling);
    a.integer(Key.GROUP, group);
    a.integer(Key.LONGEST, longest);
    a.integer(Key.PACKS, longest >= LoadOptions.PACKS_FROM ? 1 : 0);
    a.integers(Key.NEXT, batch.next());
    addKeyMask(a, Key.HIDDEN, batch.prompts());
    a.numbers(
        Key.UNIFORMS,
        sampling.greedy() ? new float[0] : uniforms(streams, group, longest),
        sampling.greedy() ? new long[] {0} : new long[] {(long) streams.length * group, longest});
    if (sampling.repetitionPenalty() != 1) {
      addSeen(a, prefix);
    }
  }

  /** How a token is drawn from its logits. */
  void addDrawing(Arguments a, Sampling sampling) {
    a.integer(Key.GREEDY, sampling.greedy() ? 1 : 0);
    a.real(Key.TEMPERATURE, sampling.distribution().temperature());
    a.integer(Key.TOP_K, sampling.topK());
    a.real(Key.TOP_P, sampling.topP());
    a.real(Key.PENALTY, sampling.repetitionPenalty());
    a.integers(Key.BANNED, banned(sampling.distribution()));
    a.integers(Key.STOPS, sampling.stopTokens().stream().mapToInt(Integer::intValue).toArray());
    a.integers(Key.AXIS, ropeAxis);
  }

  private static float[] uniforms(long[] streams, int group, int longest) {
    float[] values = new float[streams.length * group * longest];
    for (int i = 0; i < values.length; i++) {
      int sequence = i / longest;
      values[i] = RandomStreams.uniform(streams[sequence / group], sequence % group, i % longest);
    }
    return values;
  }

  /** Which tokens every prompt has, [B, V]. */
  private void addSeen(Arguments a, PrefixCache prefix) {
    int vocabulary = config.text().vocabSize();
    int prompts = prefix.prompts().size();
    boolean[] seen = new boolean[prompts * vocabulary];
    for (int b = 0; b < prompts; b++) {
      for (int id : prefix.prompts().get(b).ids()) {
        seen[b * vocabulary + id] = true;
      }
    }
    a.array(Key.SEEN, a.scope().create(seen, new Shape(prompts, vocabulary)));
  }
}
