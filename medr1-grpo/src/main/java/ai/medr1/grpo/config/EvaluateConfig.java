package ai.medr1.grpo.config;

import ai.medr1.core.InputException;
import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import ai.medr1.data.VqaDataset;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Settings of an evaluation: the keys of {@code medr1 evaluate --set}. The defaults are Med-R1's.
 *
 * @param maxNewTokens tokens of an answer at most
 * @param batch answers that are written at once
 * @param maxPromptLength tokens of a prompt at most, image tokens included
 * @param minPixels images with fewer are enlarged
 * @param maxPixels images with more are shrunk
 * @param skipBadItems leave out and count items that cannot be asked; otherwise the first of them
 *     is an error
 * @param modalities evaluate these only, empty for all
 * @param tasks evaluate these only, empty for all
 * @param load how the model is loaded
 */
public record EvaluateConfig(
    int maxNewTokens,
    int batch,
    int maxPromptLength,
    long minPixels,
    long maxPixels,
    boolean skipBadItems,
    List<Modality> modalities,
    List<Task> tasks,
    ModelOptions load) {

  public EvaluateConfig {
    modalities = List.copyOf(modalities);
    tasks = List.copyOf(tasks);
    Check.positive("maxNewTokens", maxNewTokens);
    Check.positive("batch", batch);
    Check.positive("maxPromptLength", maxPromptLength);
    Check.positive("minPixels", minPixels);
    Check.that(
        minPixels <= maxPixels,
        "minPixels is %d, but maxPixels only %d; lower minPixels".formatted(minPixels, maxPixels));
  }

  /** Med-R1's sizes, every item. */
  public static EvaluateConfig defaults() {
    return new EvaluateConfig(
        256, 8, 1024, 3136, 401408, false, List.of(), List.of(), ModelOptions.defaults());
  }

  /** Settings that decide what is asked and answered. */
  public Map<String, Object> deciding() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("maxNewTokens", maxNewTokens);
    settings.put("maxPromptLength", maxPromptLength);
    settings.put("minPixels", minPixels);
    settings.put("maxPixels", maxPixels);
    settings.put("modalities", modalities.stream().map(EvaluateConfig::name).toList());
    settings.put("tasks", tasks.stream().map(EvaluateConfig::name).toList());
    settings.put("load.dtype", name(load.dtype()));
    return settings;
  }

  /** Settings that decide how it is computed. */
  public Map<String, Object> free() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("batch", batch);
    settings.put("skipBadItems", skipBadItems);
    settings.put("load.device", load.device());
    return settings;
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /**
   * The items that are asked for.
   *
   * @throws InputException if none is left
   */
  public VqaDataset select(VqaDataset all) {
    VqaDataset chosen = modalities.isEmpty() ? all : all.modalities(EnumSet.copyOf(modalities));
    chosen = tasks.isEmpty() ? chosen : chosen.tasks(EnumSet.copyOf(tasks));
    if (chosen.size() == 0) {
      throw new InputException(
          "%s has %d items, but none of modalities %s and tasks %s; check --set modalities and --set tasks"
              .formatted(all.name(), all.size(), modalities, tasks));
    }
    return chosen;
  }
}
