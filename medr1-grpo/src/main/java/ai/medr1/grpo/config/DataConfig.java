package ai.medr1.grpo.config;

import ai.medr1.core.InputException;
import ai.medr1.core.image.PreprocessorConfig;
import ai.medr1.core.text.Processor;
import ai.medr1.data.Columns;
import ai.medr1.data.DataFiles;
import ai.medr1.data.DataForm;
import ai.medr1.data.DataSource;
import ai.medr1.data.Inspection;
import ai.medr1.data.Modality;
import ai.medr1.data.Part;
import ai.medr1.data.PromptTemplate;
import ai.medr1.data.Splits;
import ai.medr1.data.Task;
import ai.medr1.data.VqaDataset;
import ai.medr1.eval.AnswerExtractor;
import ai.medr1.eval.VqaPrompts;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/**
 * What is trained on and how it is shown to the model.
 *
 * @param splits folder with splits in Med-R1's form, or a file or folder in any other form that is
 *     read; not used by programs that bring their own items
 * @param form how the data are to be read; {@code auto} where their columns tell, or the name of an
 *     {@link Extension}'s source
 * @param columns names of columns by ours, such as {@code image: Figure_path}, where they are
 *     called otherwise than in the form
 * @param images folder that image names are relative to; empty where it is that of the splits
 * @param modalities train on these only, empty for all
 * @param tasks train on these only, empty for all
 * @param limit items at most, 0 for all
 * @param shuffle whether to shuffle the items in every epoch
 * @param prompt {@code think}, {@code no-think}, {@code think-after}, {@code zero-shot}, or a text
 *     with {@code {Question}} in it
 * @param maxPromptLength tokens of a prompt, image tokens included; a longer prompt is a bad item,
 *     as image tokens are never cut
 * @param minPixels images with fewer are enlarged
 * @param maxPixels images with more are shrunk
 * @param badItems what happens to an unsound item, which cannot be asked or never be answered
 *     rightly: its image cannot be read, its prompt is too long, its answer is none of its options
 * @param maxBadShare of all items that may be skipped, from 0 to 1; more stop the run before it
 *     begins
 */
@RecordBuilder
public record DataConfig(
    Path splits,
    Path images,
    String form,
    Map<String, List<String>> columns,
    List<Modality> modalities,
    List<Task> tasks,
    int limit,
    boolean shuffle,
    String prompt,
    int maxPromptLength,
    long minPixels,
    long maxPixels,
    BadItems badItems,
    double maxBadShare)
    implements DataConfigBuilder.With {

  /** What happens to an unsound item. */
  public enum BadItems {
    /** The run ends with an error that names the item. */
    ERROR,
    /** The item is left out, logged and counted. */
    SKIP,
    /** The item is asked all the same; what cannot be asked is an error. */
    ASK
  }

  public DataConfig {
    form = Parts.form(form);
    columns = Map.copyOf(columns);
    Columns.given(columns);
    modalities = List.copyOf(modalities);
    tasks = List.copyOf(tasks);
    Check.notNegative("limit", limit);
    Check.positive("maxPromptLength", maxPromptLength);
    Check.positive("minPixels", minPixels);
    Check.that(
        minPixels <= maxPixels,
        "minPixels is %d, but maxPixels only %d; no image could satisfy both, lower minPixels"
            .formatted(minPixels, maxPixels));
    Check.share("maxBadShare", maxBadShare);
    new DataPrompt(prompt);
  }

  /** Med-R1's prompt and sizes, all items. */
  public static DataConfig defaults() {
    Path none = Path.of("");
    return new DataConfig(
        none,
        none,
        DataForm.AUTO.label(),
        Map.of(),
        List.of(),
        List.of(),
        0,
        true,
        "think",
        1024,
        3136,
        401408,
        BadItems.ERROR,
        0.1);
  }

  /** The wording of the prompts. */
  public PromptTemplate template() {
    return new DataPrompt(prompt).trainingTemplate();
  }

  /** How answers to the prompts are read. */
  public AnswerExtractor reader() {
    return new DataPrompt(prompt).wording().extractor();
  }

  /** Opens the processor of a checkpoint, for images of these sizes; the caller closes it. */
  public Processor processor(Path model) {
    return Processor.load(
        model, PreprocessorConfig.ofModel(model).withPixels(minPixels, maxPixels));
  }

  /**
   * Makes the prompts of items.
   *
   * @param processor not closed by it
   */
  public VqaPrompts prompts(Processor processor) {
    return new VqaPrompts(processor, template(), maxPromptLength);
  }

  /**
   * The training items that are asked for; a trainer inspects them.
   *
   * @throws InputException if the files cannot be read, or no item is left
   */
  public VqaDataset load() {
    return load(Part.TRAIN);
  }

  /** The items of a part that are asked for. */
  VqaDataset load(Part part) {
    DataSource source = Parts.source(splits, imageRoot(), form, columns);
    VqaDataset all =
        source instanceof DataFiles files && files.isSplits()
            ? part(files.splits(), part)
            : source.items(part);
    if (all.size() == 0) {
      throw new InputException("%s has no items in its part %s".formatted(splits, part.folder()));
    }
    VqaDataset chosen = modalities.isEmpty() ? all : all.modalities(EnumSet.copyOf(modalities));
    chosen = tasks.isEmpty() ? chosen : chosen.tasks(EnumSet.copyOf(tasks));
    if (chosen.size() == 0) {
      throw new InputException(
          "%s has %d items, but none of modalities %s and tasks %s; check data.modalities and data.tasks"
              .formatted(splits, all.size(), modalities, tasks));
    }
    return limit == 0 ? chosen : chosen.limit(limit);
  }

  /**
   * Inspects items before the first step; every kind of finding is a line of warning.
   *
   * @throws InputException if more items are unsound than {@code badItems} allows
   */
  public VqaDataset sound(VqaDataset items) {
    return Inspection.beforeStart(items)
        .toBegin(
            Inspection.Policy.valueOf(badItems.name()),
            maxBadShare,
            "set data.badItems to skip to leave out a share of up to data.maxBadShare, or to ask to"
                + " ask them all the same");
  }

  /** The folder that cuts the questions as they are asked for. */
  private VqaDataset part(Splits loaded, Part part) {
    if (tasks.isEmpty()) {
      return loaded.byModality(part);
    }
    return modalities.isEmpty() ? loaded.byTask(part) : loaded.joined(part);
  }

  private Path imageRoot() {
    return images.toString().isEmpty() ? DataFiles.imageRoot(splits) : images;
  }
}
