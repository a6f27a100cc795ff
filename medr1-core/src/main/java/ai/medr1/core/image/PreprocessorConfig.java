package ai.medr1.core.image;

import ai.medr1.core.InputException;
import ai.medr1.core.JsonFile;
import ai.medr1.core.Warnings;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How images are made into patches ({@code processor_config.json} or {@code
 * preprocessor_config.json}).
 *
 * @param minPixels the fewest pixels after resizing
 * @param maxPixels the most pixels after resizing
 * @param patchSize side of a patch in pixels
 * @param temporalPatchSize frames in a patch; a still image is repeated
 * @param mergeSize side in patches of the square that becomes one token
 * @param mean per channel (red, green, blue), for levels from 0 to 1
 * @param std per channel, for levels from 0 to 1
 */
public record PreprocessorConfig(
    long minPixels,
    long maxPixels,
    int patchSize,
    int temporalPatchSize,
    int mergeSize,
    List<Float> mean,
    List<Float> std) {
  private static final Logger LOG = LoggerFactory.getLogger(PreprocessorConfig.class);
  private static final String OWN_FILE = "preprocessor_config.json";
  private static final String PROCESSOR_FILE = "processor_config.json";
  private static final String NESTED = "image_processor";

  /** The class for both families, in the variants and under the names that it has had. */
  private static final Pattern TYPE = Pattern.compile("Qwen2(_5_)?VLImageProcessor(Fast|Pil)?");

  private static final double RESCALE_FACTOR = 1 / 255.0;
  private static final int BICUBIC = 3;

  public PreprocessorConfig {
    require(minPixels >= 1, "min_pixels", "a positive number", minPixels);
    require(maxPixels >= minPixels, "max_pixels", "at least min_pixels " + minPixels, maxPixels);
    require(patchSize >= 1, "patch_size", "a positive number", patchSize);
    require(temporalPatchSize >= 1, "temporal_patch_size", "a positive number", temporalPatchSize);
    require(mergeSize >= 1, "merge_size", "a positive number", mergeSize);
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    require(
        mean.size() == 3 && mean.stream().allMatch(Float::isFinite),
        "image_mean",
        "3 finite numbers",
        mean);
    require(
        std.size() == 3 && std.stream().allMatch(s -> Float.isFinite(s) && s > 0),
        "image_std",
        "3 positive numbers",
        std);
  }

  /** What the reference takes for settings that a checkpoint leaves out. */
  @SuppressWarnings("FloatingPointLiteralPrecision") // the digits of the reference
  public static PreprocessorConfig qwenDefaults() {
    return new PreprocessorConfig(
        56 * 56,
        28 * 28 * 1280,
        14,
        2,
        2,
        List.of(0.48145466f, 0.4578275f, 0.40821073f),
        List.of(0.26862954f, 0.26130258f, 0.27577711f));
  }

  /** The same with another range of pixels. */
  public PreprocessorConfig withPixels(long min, long max) {
    return new PreprocessorConfig(min, max, patchSize, temporalPatchSize, mergeSize, mean, std);
  }

  /**
   * Reads that of a checkpoint: {@code image_processor} in {@code processor_config.json}, else
   * {@code preprocessor_config.json}, as transformers 5 chooses. A warning tells where the two
   * differ.
   *
   * @param model directory in the Hugging Face layout
   * @throws InputException when there is no such directory, neither file, or as {@link #read}
   */
  public static PreprocessorConfig ofModel(Path model) {
    if (!Files.isDirectory(model)) {
      throw new InputException(
          model + " is not a directory: give one that holds config.json and *.safetensors");
    }
    Path own = model.resolve(OWN_FILE);
    Path processor = model.resolve(PROCESSOR_FILE);
    JsonNode nested =
        present(processor) ? JsonFile.read(processor).path(NESTED) : MissingNode.getInstance();
    if (nested.isMissingNode() || nested.isNull()) {
      requireEither(model, own);
      return read(own);
    }
    PreprocessorConfig config = of(nested, processor + ": " + NESTED + ".");
    if (present(own) && !config.equals(read(own))) {
      Warnings.once(
          LOG,
          "%s is ignored: %s says otherwise and goes before it, as in transformers"
              .formatted(own, PROCESSOR_FILE));
    }
    return config;
  }

  private static boolean present(Path file) {
    return Files.exists(file) || Files.isSymbolicLink(file);
  }

  private static void requireEither(Path model, Path own) {
    if (!present(own)) {
      throw new InputException(
          ("%s has no image settings: expected image_processor in processor_config.json, or"
                  + " preprocessor_config.json; copy the one that the checkpoint came with")
              .formatted(model));
    }
  }

  /**
   * Reads a {@code preprocessor_config.json}, in the older form ({@code min_pixels}, {@code
   * max_pixels}) or the newer one ({@code size: {shortest_edge, longest_edge}}, in pixels in spite
   * of the names). Where both are given, the older keys count, as in the reference.
   *
   * @throws InputException when the file cannot be read or asks for another preprocessing
   */
  public static PreprocessorConfig read(Path file) {
    return of(JsonFile.read(file), file + ": ");
  }

  /** The same; {@code where} names file and place in errors. */
  private static PreprocessorConfig of(JsonNode json, String where) {
    try {
      return of(json);
    } catch (InputException e) {
      throw new InputException(where + e.getMessage(), e);
    }
  }

  private static PreprocessorConfig of(JsonNode json) {
    require(json.isObject(), "the content", "a JSON object", json);
    checkSteps(json);
    PreprocessorConfig defaults = qwenDefaults();
    return new PreprocessorConfig(
        number(json, defaults.minPixels, "/min_pixels", "/size/shortest_edge", "/size/min_pixels"),
        number(json, defaults.maxPixels, "/max_pixels", "/size/longest_edge", "/size/max_pixels"),
        size(json, defaults.patchSize, "/patch_size"),
        size(json, defaults.temporalPatchSize, "/temporal_patch_size"),
        size(json, defaults.mergeSize, "/merge_size"),
        floats(json, "image_mean", defaults.mean),
        floats(json, "image_std", defaults.std));
  }

  /** Refuses settings that would silently be without effect. */
  private static void checkSteps(JsonNode json) {
    String type = json.path("image_processor_type").asText("");
    require(
        type.isEmpty() || TYPE.matcher(type).matches(),
        "image_processor_type",
        "Qwen2VLImageProcessor",
        type);
    for (String step : List.of("do_resize", "do_rescale", "do_normalize", "do_convert_rgb")) {
      require(json.path(step).asBoolean(true), step, "true, the step cannot be left out", false);
    }
    int resample = json.path("resample").asInt(BICUBIC);
    require(resample == BICUBIC, "resample", BICUBIC + " (bicubic)", resample);
    double factor = json.path("rescale_factor").asDouble(RESCALE_FACTOR);
    require(Math.abs(factor - RESCALE_FACTOR) < 1e-9, "rescale_factor", "1/255", factor);
  }

  private static long number(JsonNode json, long otherwise, String... pointers) {
    for (String pointer : pointers) {
      JsonNode value = json.at(pointer);
      if (!value.isMissingNode() && !value.isNull()) {
        require(
            value.canConvertToExactIntegral() && value.canConvertToLong(),
            pointer.substring(1),
            "a whole number",
            value);
        return value.asLong();
      }
    }
    return otherwise;
  }

  private static int size(JsonNode json, int otherwise, String pointer) {
    long value = number(json, otherwise, pointer);
    require(value <= 1024, pointer.substring(1), "at most 1024", value);
    return (int) value;
  }

  private static List<Float> floats(JsonNode json, String key, List<Float> otherwise) {
    JsonNode value = json.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (value.isNumber()) { // one for all channels
      return Collections.nCopies(3, value.floatValue());
    }
    require(
        value.isArray() && IntStream.range(0, value.size()).allMatch(i -> value.get(i).isNumber()),
        key,
        "an array of numbers",
        value);
    return IntStream.range(0, value.size()).mapToObj(i -> value.get(i).floatValue()).toList();
  }

  private static void require(boolean holds, String key, String expected, Object found) {
    if (!holds) {
      throw new InputException(
          key
              + ": expected "
              + expected
              + ", found "
              + found
              + "; use the image settings of a Qwen2-VL or Qwen2.5-VL checkpoint");
    }
  }
}
