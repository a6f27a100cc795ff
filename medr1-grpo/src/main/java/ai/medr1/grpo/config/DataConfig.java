package ai.medr1.grpo.config;

import ai.medr1.core.InputException;
import ai.medr1.data.Modality;
import ai.medr1.data.Part;
import ai.medr1.data.PromptTemplate;
import ai.medr1.data.Splits;
import ai.medr1.data.Task;
import ai.medr1.data.VqaDataset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;

/**
 * What is trained on and how it is shown to the model.
 *
 * @param splits folder with splits in Med-R1's form, or one file of them; not used by programs that
 *     bring their own items
 * @param images folder that image names are relative to; empty where it is that of the splits
 * @param modalities train on these only, empty for all
 * @param tasks train on these only, empty for all
 * @param limit items at most, 0 for all
 * @param shuffle whether to shuffle the items in every epoch
 * @param prompt {@code think}, {@code no-think}, {@code zero-shot}, or a text with {@code
 *     {Question}} in it
 * @param maxPromptLength tokens of a prompt, image tokens included; a longer prompt is a bad item,
 *     as image tokens are never cut
 * @param minPixels images with fewer are enlarged
 * @param maxPixels images with more are shrunk
 * @param badItems what happens to an item that cannot be asked: its image cannot be read, its
 *     prompt is too long
 */
public record DataConfig(
    Path splits,
    Path images,
    List<Modality> modalities,
    List<Task> tasks,
    int limit,
    boolean shuffle,
    String prompt,
    int maxPromptLength,
    long minPixels,
    long maxPixels,
    BadItems badItems) {

  /** What happens to an item that cannot be asked. */
  public enum BadItems {
    /** The run ends with an error that names the item. */
    ERROR,
    /** The item is left out, logged and counted. */
    SKIP
  }

  public DataConfig {
    modalities = List.copyOf(modalities);
    tasks = List.copyOf(tasks);
    Check.notNegative("limit", limit);
    Check.positive("maxPromptLength", maxPromptLength);
    Check.positive("minPixels", minPixels);
    Check.that(
        minPixels <= maxPixels,
        "minPixels is %d, but maxPixels only %d; no image could satisfy both, lower minPixels"
            .formatted(minPixels, maxPixels));
    new DataPrompt(prompt);
  }

  /** Med-R1's prompt and sizes, all items. */
  public static DataConfig defaults() {
    Path none = Path.of("");
    return new DataConfig(
        none, none, List.of(), List.of(), 0, true, "think", 1024, 3136, 401408, BadItems.ERROR);
  }

  /** The wording of the prompts. */
  public PromptTemplate template() {
    return switch (prompt) {
      case "think" -> PromptTemplate.THINK_TRAIN;
      case "no-think" -> PromptTemplate.NO_THINK;
      case "zero-shot" -> PromptTemplate.ZERO_SHOT;
      default -> new PromptTemplate(prompt);
    };
  }

  /**
   * The training items that are asked for.
   *
   * @throws InputException if the files cannot be read, or no item is left
   */
  public VqaDataset load() {
    VqaDataset all = Files.isDirectory(splits) ? part(Splits.load(splits, imageRoot())) : file();
    if (all.size() == 0) {
      throw new InputException(splits + " has no training items");
    }
    VqaDataset chosen = modalities.isEmpty() ? all : all.modalities(EnumSet.copyOf(modalities));
    chosen = tasks.isEmpty() ? chosen : chosen.tasks(EnumSet.copyOf(tasks));
    if (chosen.size() == 0) {
      throw new InputException(
          "%s has %d training items, but none of modalities %s and tasks %s; check data.modalities and data.tasks"
              .formatted(splits, all.size(), modalities, tasks));
    }
    return limit == 0 ? chosen : chosen.limit(limit);
  }

  /** The folder that cuts the questions as they are asked for. */
  private VqaDataset part(Splits loaded) {
    if (tasks.isEmpty()) {
      return loaded.byModality(Part.TRAIN);
    }
    return modalities.isEmpty() ? loaded.byTask(Part.TRAIN) : loaded.joined(Part.TRAIN);
  }

  private VqaDataset file() {
    return Splits.file(splits, imageRoot());
  }

  private Path imageRoot() {
    if (!images.toString().isEmpty()) {
      return images;
    }
    return Files.isDirectory(splits) ? splits : splits.toAbsolutePath().resolveSibling("");
  }
}
