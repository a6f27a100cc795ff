package ai.medr1.core.image;

import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How images are made into patches ({@code preprocessor_config.json}).
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
   * Reads that of a checkpoint.
   *
   * @param model directory in the Hugging Face layout
   * @throws InputException when there is no such directory, or as {@link #read}
   */
  public static PreprocessorConfig ofModel(Path model) {
    if (!Files.isDirectory(model)) {
      throw new InputException(
          model + " is not a directory: give one that holds config.json and *.safetensors");
    }
    return read(model.resolve("preprocessor_config.json"));
  }

  /**
   * Reads a {@code preprocessor_config.json}, in the older form ({@code min_pixels}, {@code
   * max_pixels}) or the newer one ({@code size: {shortest_edge, longest_edge}}, in pixels in spite
   * of the names). Where both are given, the older keys count, as in the reference.
   *
   * @throws InputException when the file cannot be read or asks for another preprocessing
   */
  public static PreprocessorConfig read(Path file) {
    try {
      return of(new ObjectMapper().readTree(file.toFile()));
    } catch (IOException e) {
      throw new InputException(
          "cannot read "
              + file
              + ": expected a JSON object with the image settings, found "
              + IoReason.of(e)
              + "; copy preprocessor_config.json again from the checkpoint",
          e);
    } catch (InputException e) {
      throw new InputException(file + ": " + e.getMessage(), e);
    }
  }

  private static PreprocessorConfig of(JsonNode json) {
    require(json.isObject(), "the content", "a JSON object", json);
    checkSteps(json);
    PreprocessorConfig defaults = qwenDefaults();
    return new PreprocessorConfig(
        number(json, defaults.minPixels, "/min_pixels", "/size/shortest_edge"),
        number(json, defaults.maxPixels, "/max_pixels", "/size/longest_edge"),
        size(json, defaults.patchSize, "/patch_size"),
        size(json, defaults.temporalPatchSize, "/temporal_patch_size"),
        size(json, defaults.mergeSize, "/merge_size"),
        floats(json, "image_mean", defaults.mean),
        floats(json, "image_std", defaults.std));
  }

  /** Refuses settings that would silently be without effect. */
  private static void checkSteps(JsonNode json) {
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
              + "; use the preprocessor_config.json of a Qwen2-VL or Qwen2.5-VL checkpoint");
    }
  }
}
