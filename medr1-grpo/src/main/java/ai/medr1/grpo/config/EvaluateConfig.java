package ai.medr1.grpo.config;

import ai.medr1.core.InputException;
import ai.medr1.core.image.PreprocessorConfig;
import ai.medr1.core.model.QwenVl;
import ai.medr1.data.Columns;
import ai.medr1.data.DataForm;
import ai.medr1.data.DataSource;
import ai.medr1.data.Inspection;
import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import ai.medr1.data.VqaDataset;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.Answerer;
import ai.medr1.eval.EvalDirectory;
import ai.medr1.eval.EvalSettings;
import ai.medr1.eval.EvalSubject;
import ai.medr1.eval.Evaluation;
import ai.medr1.eval.Evaluator;
import ai.medr1.eval.LetterAnswerer;
import ai.medr1.eval.ModelAnswerer;
import ai.medr1.eval.SamplingAnswerer;
import ai.medr1.eval.TrainingImages;
import ai.medr1.eval.VqaPrompts;
import ai.medr1.eval.Wording;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Settings of an evaluation: the keys of {@code medr1 evaluate --set}. The defaults are Med-R1's.
 *
 * @param answer whether the model writes its answer, or the probabilities of the options' letters
 *     decide
 * @param samples answers that are drawn beside the greedy one; 0 for none
 * @param temperature at which they are drawn; 0 where none are
 * @param seed for what is drawn
 * @param reader how answers are read: {@code prompt} as fits the prompt, {@code tag}, {@code
 *     tag-or-raw}, {@code raw}, or one of an {@link Extension}
 * @param lenient whether letters are read a second time, in whatever form they are given
 * @param numericTolerance share of a right number that an answer may be off, in [0, 1)
 * @param maxNewTokens tokens of an answer at most
 * @param batch answers that are written at once
 * @param maxPromptLength tokens of a prompt at most, image tokens included
 * @param minPixels images with fewer are enlarged
 * @param maxPixels images with more are shrunk
 * @param skipBadItems leave out and count items that are unsound or cannot be asked; otherwise they
 *     are an error
 * @param maxBadShare of all items that may be skipped, from 0 to 1; more stop the evaluation before
 *     it begins
 * @param form how the data are to be read; {@code auto} where their columns tell, or the name of an
 *     {@link Extension}'s source
 * @param columns names of columns by ours, where they are called otherwise than in the form
 * @param modalities evaluate these only, empty for all
 * @param tasks evaluate these only, empty for all
 * @param load how the model is loaded
 */
@RecordBuilder
public record EvaluateConfig(
    Form answer,
    int samples,
    double temperature,
    long seed,
    String reader,
    boolean lenient,
    double numericTolerance,
    int maxNewTokens,
    int batch,
    int maxPromptLength,
    long minPixels,
    long maxPixels,
    boolean skipBadItems,
    double maxBadShare,
    String form,
    Map<String, List<String>> columns,
    List<Modality> modalities,
    List<Task> tasks,
    ModelOptions load)
    implements EvaluateConfigBuilder.With {

  /** How an answer comes about. */
  public enum Form {
    /** The model writes. */
    TEXT,
    /** Nothing is written: the letter that is the most probable first token. */
    LETTERS
  }

  private static final int MOST_SAMPLES = 1000;

  public EvaluateConfig {
    Parts.reader(reader);
    Check.that(
        answer == Form.TEXT || reader.equals(Parts.OF_PROMPT),
        "reader is %s, but answer is letters, where nothing is read; remove one of them"
            .formatted(reader));
    form = Parts.form(form);
    columns = Map.copyOf(columns);
    Columns.given(columns);
    Check.share("maxBadShare", maxBadShare);
    modalities = List.copyOf(modalities);
    tasks = List.copyOf(tasks);
    Check.notNegative("samples", samples);
    Check.that(
        samples <= MOST_SAMPLES,
        "samples is at most %d, since all answers to a question are drawn at once, found %d"
            .formatted(MOST_SAMPLES, samples));
    if (temperature != 0) {
      Check.temperature(temperature);
    }
    Check.that(
        samples == 0 || temperature > 0,
        "samples is %d, but temperature is 0, at which they would all be the greedy answer; set temperature too, for example to 1"
            .formatted(samples));
    Check.that(
        samples > 0 || temperature == 0,
        "temperature is %s, but samples is 0, and the output itself is always greedy; set samples too"
            .formatted(temperature));
    Check.that(
        samples == 0 || answer == Form.TEXT,
        "samples is %d, but answer is letters, for which nothing is drawn; remove one of them"
            .formatted(samples));
    Check.share("numericTolerance", numericTolerance);
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
        Form.TEXT,
        0,
        0,
        42,
        Parts.OF_PROMPT,
        false,
        0,
        256,
        16,
        1024,
        3136,
        401408,
        false,
        0.1,
        DataForm.AUTO.label(),
        Map.of(),
        List.of(),
        List.of(),
        ModelOptions.defaults());
  }

  /**
   * Loads a model.
   *
   * @param images checkpoint that says how images are prepared: a checkpoint of adapters does not
   */
  public QwenVl load(Path model, Path images) {
    return QwenVl.load(
        model,
        load.inference(),
        PreprocessorConfig.ofModel(images).withPixels(minPixels, maxPixels));
  }

  /**
   * How a model is evaluated with these settings.
   *
   * @param prompt of a wording that {@link #requireFits} knows
   */
  public Evaluation evaluation(DataPrompt prompt) {
    return new Evaluation(
        prompt.evaluationTemplate(),
        maxPromptLength,
        this::answerer,
        new Evaluator(
            Objects.requireNonNullElse(Parts.reader(reader), prompt.wording().extractor()),
            batch,
            skipBadItems,
            new Evaluator.Reading(lenient, numericTolerance)));
  }

  private Answerer answerer(QwenVl model, VqaPrompts prompts) {
    if (answer == Form.LETTERS) {
      return new LetterAnswerer(model, prompts);
    }
    ModelAnswerer greedy = new ModelAnswerer(model, prompts, maxNewTokens);
    return samples == 0 ? greedy : new SamplingAnswerer(greedy, samples, temperature, seed);
  }

  /** What the files of such an evaluation tell beside the answers. */
  public EvalDirectory.Setup setup(
      EvalSubject subject, Wording wording, List<VqaItem> items, TrainingImages trained) {
    return new EvalDirectory.Setup(
        items,
        wording.toString(),
        EvalSettings.of(subject, deciding(), free()),
        trained,
        load.inference().deviceName());
  }

  /**
   * Refuses letters as answers to a prompt that asks for tags: their first token is none.
   *
   * @throws InputException naming what to change
   */
  public void requireFits(Wording wording) {
    if (answer == Form.LETTERS && wording != Wording.ZERO_SHOT) {
      throw new InputException(
          "answer is letters, which compares letters as the first token of an answer, but the prompt %s asks for tags before the letter; expected the prompt zero-shot, or answer=text"
              .formatted(wording));
    }
  }

  /** The data that are evaluated. */
  public DataSource source(Path data, Path images) {
    return Parts.source(data, images, form, columns);
  }

  /** Settings that decide what is asked and answered. */
  private Map<String, Object> deciding() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("answer", name(answer));
    settings.put("samples", samples);
    settings.put("temperature", temperature);
    settings.put("seed", seed);
    if (numericTolerance != 0) { // evaluations before there was such a setting can be resumed
      settings.put("numericTolerance", numericTolerance);
    }
    if (!reader.equals(Parts.OF_PROMPT)) {
      settings.put("reader", reader);
    }
    settings.put("maxNewTokens", maxNewTokens);
    settings.put("maxPromptLength", maxPromptLength);
    settings.put("minPixels", minPixels);
    settings.put("maxPixels", maxPixels);
    settings.put("form", form);
    settings.put("columns", columns);
    settings.put("modalities", modalities.stream().map(EvaluateConfig::name).toList());
    settings.put("tasks", tasks.stream().map(EvaluateConfig::name).toList());
    settings.put("load.dtype", name(load.dtype()));
    return settings;
  }

  /** Settings that decide how it is computed. */
  private Map<String, Object> free() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("batch", batch);
    settings.put("lenient", lenient);
    settings.put("skipBadItems", skipBadItems);
    settings.put("load.device", load.device());
    settings.put("load.threads", load.threads());
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
    if (all.size() == 0) {
      throw new InputException(all.name() + " has no items: there is nothing to evaluate");
    }
    VqaDataset chosen = modalities.isEmpty() ? all : all.modalities(EnumSet.copyOf(modalities));
    chosen = tasks.isEmpty() ? chosen : chosen.tasks(EnumSet.copyOf(tasks));
    if (chosen.size() == 0) {
      throw new InputException(
          "%s has %d items, but none of modalities %s and tasks %s; check --set modalities and --set tasks"
              .formatted(all.name(), all.size(), modalities, tasks));
    }
    return chosen;
  }

  /**
   * Inspects items before the first is asked; every kind of finding is a line of warning.
   *
   * @throws InputException if items are unsound and not to be skipped, or too many are
   */
  public VqaDataset sound(VqaDataset items) {
    return Inspection.beforeStart(items)
        .toBegin(
            skipBadItems ? Inspection.Policy.SKIP : Inspection.Policy.ERROR,
            maxBadShare,
            "set skipBadItems to leave out a share of up to maxBadShare");
  }
}
