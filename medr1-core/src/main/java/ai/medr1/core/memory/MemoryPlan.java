package ai.medr1.core.memory;

import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.model.LoadOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a run will need of memory, in bytes, from the sizes of the model and of its largest step.
 * The peak counts what is alive together, so it is less than the sum of the parts.
 *
 * @param work the step that is planned for, in micro-batches that fit where any do
 * @param recompute whether activations are computed again for the backward pass
 * @param program JVM, libtorch and preprocessed images; on a GPU its context
 * @param weights of the policy, adapters among them
 * @param reference a copy of the weights as they were; 0 where there is none
 * @param masters float32 weights behind others
 * @param gradients of what is trained, float32
 * @param optimizer both moments of AdamW, float32
 * @param sampling keys and values, logits and merged weights while completions are drawn
 * @param activations that wait for the backward pass of a micro-batch
 * @param logits of a chunk of completion tokens
 * @param peak of all together
 * @param available what the process may have, empty where the system does not tell
 */
public record MemoryPlan(
    Workload work,
    boolean recompute,
    long program,
    long weights,
    long reference,
    long masters,
    long gradients,
    long optimizer,
    long sampling,
    long activations,
    long logits,
    long peak,
    OptionalLong available) {
  private static final double GIB = 1L << 30;

  /** A share of what is available stays free, for what was not foreseen. */
  private static final double USABLE = 0.9;

  /**
   * Plans a run.
   *
   * @param options how the policy is loaded; {@link LoadOptions#recompute} does not count here
   * @param available bytes that the process may have ({@link Memory#available})
   * @param recompute as the user wants it; empty: only where it does not fit otherwise
   * @param cuts whether micro-batches may become smaller, down to one prompt, so that they fit
   */
  public static MemoryPlan of(
      ModelConfig config,
      LoadOptions options,
      Workload work,
      OptionalLong available,
      Optional<Boolean> recompute,
      boolean cuts) {
    MemoryPlan plan = of(config, options, work, available, recompute.orElse(false));
    if (!plan.fits() && recompute.isEmpty()) {
      plan = of(config, options, work, available, true);
    }
    for (int fewer = work.prompts() - 1; cuts && !plan.fits() && fewer > 0; fewer--) {
      plan = of(config, options, work.withPrompts(fewer), available, plan.recompute());
    }
    return plan;
  }

  private static MemoryPlan of(
      ModelConfig config,
      LoadOptions options,
      Workload work,
      OptionalLong available,
      boolean recompute) {
    return new Footprint(config, options, work, recompute).plan(available);
  }

  /** Whether the peak leaves a tenth of what is available; true where that is not known. */
  public boolean fits() {
    return available.isEmpty() || peak <= USABLE * available.getAsLong();
  }

  /** The plan as a small table, one row per part that is not empty. */
  public String table() {
    List<String> rows = new ArrayList<>();
    rows.add("Memory planned for micro-batches of " + batch() + ":");
    add(rows, "program", program);
    add(rows, "weights", weights);
    add(rows, "reference", reference);
    add(rows, "master weights", masters);
    add(rows, "gradients", gradients);
    add(rows, "optimizer state", optimizer);
    add(rows, "sampling", sampling);
    add(rows, recompute ? "activations, recomputed" : "activations", activations);
    add(rows, "logits", logits);
    rows.add(row("predicted peak", peak) + limit());
    return String.join(System.lineSeparator(), rows);
  }

  private String batch() {
    String prompts = "%d × %d tokens".formatted(work.prompts(), work.promptTokens());
    return prompts
        + (work.group() == 1
            ? " with an answer of %d".formatted(work.completionTokens())
            : " with %d completions of %d each".formatted(work.group(), work.completionTokens()));
  }

  private String limit() {
    return available.isPresent() ? " of " + size(available.getAsLong()) + " available" : "";
  }

  /** What to tell where not even the smallest plan fits. */
  public String warning() {
    return "the run may need %s of memory, but %s are available: lower batch, group, sampling.maxCompletionLength or data.maxPixels, or set load.recompute: true, load.lora.rank, load.freezeVision: true or load.dtype: bfloat16"
        .formatted(
            size(peak), available.isPresent() ? size(available.getAsLong()) : "unknown many");
  }

  private static void add(List<String> rows, String name, long bytes) {
    if (bytes > 0) {
      rows.add(row(name, bytes));
    }
  }

  private static String row(String name, long bytes) {
    return "  %-24s %10s".formatted(name, size(bytes));
  }

  /** Bytes for people to read, in GiB. */
  public static String size(long bytes) {
    return String.format(Locale.ROOT, "%.2f GiB", bytes / GIB);
  }
}
