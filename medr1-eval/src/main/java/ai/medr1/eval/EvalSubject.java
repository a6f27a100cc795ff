package ai.medr1.eval;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an evaluation is about: which model is asked which questions in which words. The first keys
 * of {@code config.json}, the same whatever runs the evaluation.
 *
 * @param model checkpoint
 * @param data file or folder of the items
 * @param imageRoot folder that names of images are relative to
 * @param trainData what the model was trained on: data, or a part of the data by its name; empty
 *     where nobody says
 * @param prompt as it was asked for: the name of a wording, or a text with {@code {Question}} in it
 * @param limit items of a random sample, 0 for all
 */
public record EvalSubject(
    String model, String data, String imageRoot, String trainData, String prompt, int limit) {

  Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("model", model);
    settings.put("data", data);
    settings.put("imageRoot", imageRoot);
    settings.put("trainData", trainData);
    settings.put("prompt", prompt);
    settings.put("limit", limit);
    return settings;
  }
}
