package ai.medr1.examples.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.config.LoraConfig;
import ai.medr1.core.model.AdamW;
import ai.medr1.core.model.LoadOptions;
import ai.medr1.core.model.QwenVl;
import ai.medr1.core.model.Sampling;
import ai.medr1.core.text.Prompt;
import ai.medr1.data.AnswerKind;
import ai.medr1.data.Labels;
import ai.medr1.data.PromptTemplate;
import ai.medr1.data.VqaItem;
import ai.medr1.grpo.loss.GroupAdvantages;
import ai.medr1.grpo.loss.SurrogateLoss;
import ai.medr1.grpo.reward.Reward;
import ai.medr1.grpo.reward.RewardSet;
import ai.medr1.grpo.step.Generation;
import ai.medr1.grpo.step.GrpoStep;
import ai.medr1.grpo.step.Method;
import ai.medr1.grpo.step.MicroBatches;
import ai.medr1.grpo.step.PolicyGradient;
import ai.medr1.grpo.step.Question;
import ai.medr1.grpo.step.Reference;
import ai.medr1.grpo.step.Rollouts;
import ai.medr1.grpo.step.StepClock;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Times GRPO steps on random images with completions of full length, as the peer's benchmark does
 * with TRL, and prints one JSON line.
 */
@Command(name = "grpo-step", sortOptions = false, showDefaultValues = true)
public final class GrpoStepSpeed implements Callable<Integer> {
  @Parameters(paramLabel = "MODEL_DIR")
  private Path model = Path.of("");

  @Option(names = "--group", defaultValue = "8")
  private int group;

  @Option(names = "--prompts", defaultValue = "1")
  private int prompts;

  @Option(names = "--completion", defaultValue = "64")
  private int completion;

  @Option(names = "--steps", defaultValue = "4")
  private int steps;

  @Option(names = "--image", defaultValue = "384")
  private int image;

  @Option(names = "--threads", defaultValue = "2")
  private int threads;

  @Option(names = "--beta", defaultValue = "0.04")
  private double beta;

  @Option(names = "--bf16")
  private boolean bf16;

  @Option(names = "--lora")
  private boolean lora;

  @Option(names = "--recompute")
  private boolean recompute;

  /** Benchmarks ask about images that they make: their item is never looked at. */
  private static final VqaItem ITEM =
      new VqaItem(
          "bench",
          List.of(),
          "",
          "",
          List.of(),
          AnswerKind.TEXT,
          Labels.NONE,
          new VqaItem.Source(Path.of("bench"), 0));

  private final Random random = new Random(0);
  private final Map<String, Double> phases = new LinkedHashMap<>();
  private int promptTokens;
  private int patches;

  /** A reward that says nothing of the answer, so that the members of a group differ by chance. */
  private static final class Parity implements Reward {
    @Override
    public String name() {
      return "parity";
    }

    @Override
    public double score(VqaItem item, String completion, int[] tokenIds) {
      return Arrays.hashCode(tokenIds) & 1;
    }
  }

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new GrpoStepSpeed()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    DType dtype = bf16 ? DType.BF16 : DType.F32;
    LoadOptions options =
        LoadOptions.training().withThreads(threads).withDtype(dtype).withRecompute(recompute);
    try (QwenVl policy =
            QwenVl.load(model, lora ? options.withLora(LoraConfig.ofRank(16)) : options);
        QwenVl copy =
            lora
                ? null
                : QwenVl.load(
                    model, LoadOptions.inference().withThreads(threads).withDtype(dtype))) {
      Reference reference =
          copy == null ? policy.scoring()::baseLogProbs : copy.scoring()::logProbs;
      GrpoStep step = step(policy, reference);
      double start = ManagementFactory.getRuntimeMXBean().getUptime() / 1e3;
      List<Double> times = new ArrayList<>();
      for (int number = 0; number < steps; number++) {
        if (number == 1) {
          phases.clear(); // the first step warms up
        }
        long begin = System.nanoTime();
        make(step, number);
        times.add((System.nanoTime() - begin) / 1e9);
      }
      long peakMemory = Bench.peakMemory();
      print(policy, times, start, peakMemory);
    }
    return 0;
  }

  /** The step that trainings make. */
  private GrpoStep step(QwenVl policy, Reference reference) {
    Sampling sampling = Sampling.random(completion, Set.of());
    boolean merges = lora && !bf16; // as trainings draw
    return new GrpoStep(
        new Rollouts(
            policy,
            policy.processor().tokenizer(),
            RewardSet.of(new Parity()),
            GroupAdvantages.GROUP,
            sampling,
            group,
            1,
            merges),
        new PolicyGradient(
            policy,
            beta == 0 ? Optional.empty() : Optional.of(reference),
            SurrogateLoss.grpo(0.2, 0.2, beta),
            sampling.distribution()),
        new MicroBatches(prompts, 0),
        Method.medR1());
  }

  private void make(GrpoStep step, int number) {
    QwenVl policy = step.rollouts().policy();
    List<Question> questions = new ArrayList<>();
    for (int b = 0; b < prompts; b++) {
      Prompt prompt =
          Bench.prompt(policy.processor(), PromptTemplate.THINK_TRAIN, Bench.image(image, random));
      questions.add(new Question(b, ITEM, prompt));
    }
    promptTokens = questions.get(0).prompt().ids().length;
    patches = questions.get(0).prompt().images().get(0).grid().patches();
    StepClock clock = new StepClock();
    Generation generation = step.draw(questions, count -> List.of(), number, 0, clock);
    generation.updates().forEach(update -> step.differentiate(generation, update, clock));
    clock.run("update_s", () -> policy.learner().step(AdamW.defaults(), 1e-6));
    clock.phases().forEach((phase, seconds) -> phases.merge(phase, seconds, Double::sum));
  }

  private void print(QwenVl policy, List<Double> times, double start, long peakMemory)
      throws IOException {
    List<Double> steady = times.size() > 1 ? times.subList(1, times.size()) : times;
    double step = steady.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    Work work = new Work(policy.config(), prompts, promptTokens, patches, group, completion);
    double peak = matrixProductPeak();
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("peer", "medr1");
    row.put("step_s", Bench.round(step));
    row.put("steps", times.stream().map(Bench::round).toList());
    row.put("tokens_per_s", Bench.round(group * prompts * completion / step));
    row.put("start_s", Bench.round(start));
    row.put("peak_mib", peakMemory);
    phases.forEach((name, seconds) -> row.put(name, Bench.round(seconds / steady.size())));
    row.put("token_forwards", work.tokenForwards());
    row.put("update_gflop", Bench.round(work.update() / 1e9));
    double update =
        (phases.getOrDefault("score_s", 0.0) + phases.getOrDefault("update_s", 0.0))
            / steady.size();
    row.put("float32_peak_gflops", Bench.round(peak / 1e9));
    row.put("update_share_of_float32_peak", Bench.round(work.update() / update / peak));
    double bytes = work.decodingWeights() * (bf16 ? 2 : 4);
    double read = bytes / readBandwidth();
    row.put("weights_read_s", Bench.round(read));
    row.put(
        "decode_step_over_read",
        Bench.round(phases.getOrDefault("sample_s", 0.0) / steady.size() / completion / read));
    System.out.println(new ObjectMapper().writeValueAsString(row));
  }

  /** The best of a few float32 products of square matrices, operations per second. */
  private static double matrixProductPeak() {
    int n = 2048;
    double best = 0;
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray a = manager.randomNormal(0, 1, new Shape(n, n), DataType.FLOAT32);
      for (int i = 0; i < 5; i++) {
        long begin = System.nanoTime();
        try (NDArray product = a.matMul(a)) {
          product.getFloat(0, 0);
        }
        best = Math.max(best, 2.0 * n * n * n / ((System.nanoTime() - begin) / 1e9));
      }
    }
    return best;
  }

  /** The best of a few sums over an array that fits no cache, bytes per second. */
  private static double readBandwidth() {
    int n = 1 << 26;
    double best = 0;
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray a = manager.ones(new Shape(n), DataType.FLOAT32);
      for (int i = 0; i < 5; i++) {
        long begin = System.nanoTime();
        try (NDArray sum = a.sum()) {
          sum.getFloat();
        }
        best = Math.max(best, 4.0 * n / ((System.nanoTime() - begin) / 1e9));
      }
    }
    return best;
  }
}
