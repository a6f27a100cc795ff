package ai.medr1.core.memory;

/**
 * The largest step that a run is to make.
 *
 * @param prompts of a micro-batch B
 * @param microBatches of a step
 * @param group completions per prompt G, 1 for supervised training
 * @param promptTokens of the longest prompt P, image tokens included
 * @param imageTokens of the images of such a prompt
 * @param completionTokens of the longest completion L
 * @param draws whether completions are drawn from the model
 * @param reference whether there is a reference policy
 * @param heldImages images that wait in the Java heap, preprocessed
 */
public record Workload(
    int prompts,
    int microBatches,
    int group,
    int promptTokens,
    int imageTokens,
    int completionTokens,
    boolean draws,
    boolean reference,
    long heldImages) {

  /** Tokens of a micro-batch, padding included. */
  public long tokens() {
    return prompts * (promptTokens + (long) group * completionTokens);
  }

  /** Tokens of the completions of a micro-batch. */
  long completions() {
    return (long) prompts * group * completionTokens;
  }

  long promptsOfStep() {
    return (long) prompts * microBatches;
  }

  /** The same step in smaller micro-batches. */
  Workload withPrompts(int fewer) {
    int parts = Math.toIntExact((promptsOfStep() + fewer - 1) / fewer);
    return new Workload(
        fewer,
        parts,
        group,
        promptTokens,
        imageTokens,
        completionTokens,
        draws,
        reference,
        heldImages);
  }
}
