package ai.medr1.grpo.metrics;

import java.util.Map;

/**
 * A completion as {@code completions.jsonl} keeps it.
 *
 * @param id of the item
 * @param image names of the images as in the data, with commas between them
 * @param imageFile absolute path of the first image that is a file; empty where none is
 * @param prompt the question as it was asked
 * @param gold the right answer
 * @param completion the text that the model wrote
 * @param tokens length in tokens, the stop token included
 * @param finished false where the length limit cut it
 * @param rewards by name, before weighting
 * @param reward weighted sum
 * @param advantage over the others of its group
 */
public record CompletionSample(
    String id,
    String image,
    String imageFile,
    String prompt,
    String gold,
    String completion,
    int tokens,
    boolean finished,
    Map<String, Double> rewards,
    double reward,
    double advantage) {}
