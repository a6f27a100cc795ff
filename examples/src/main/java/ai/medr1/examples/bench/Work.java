package ai.medr1.examples.bench;

import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.config.TextConfig;
import ai.medr1.core.config.VisionConfig;

/**
 * Floating-point operations of the passes of a GRPO step with shared prompts, from the model's
 * sizes. Products of matrices only, which are nearly all of it.
 *
 * @param prompts B
 * @param promptTokens P of every prompt
 * @param patches of every prompt's image
 * @param group G
 * @param completion L
 */
record Work(
    ModelConfig config, int prompts, int promptTokens, int patches, int group, int completion) {

  /** Tokens that one pass over the batch computes. */
  long tokenForwards() {
    return (long) prompts * (promptTokens + (long) group * completion);
  }

  /** One forward pass: vision tower, decoder, vocabulary at the completion tokens. */
  double forward() {
    return vision() + decoder() + head();
  }

  /** The differentiated pass: backward costs two forwards; the vocabulary is computed once more. */
  double update() {
    return 3 * (vision() + decoder()) + 4 * head();
  }

  /** Weights that a decoding step reads: those of the decoder's matrices and the vocabulary's. */
  double decodingWeights() {
    TextConfig t = config.text();
    return t.layers() * layerWeights() + (double) t.hiddenSize() * t.vocabSize();
  }

  private double layerWeights() {
    TextConfig t = config.text();
    double keyValues = 2.0 * t.kvHeads() * t.headSize();
    return t.hiddenSize()
        * (2.0 * t.heads() * t.headSize() + keyValues + 3.0 * t.intermediateSize());
  }

  private double decoder() {
    TextConfig t = config.text();
    double weights = layerWeights();
    double scores =
        0.5 * promptTokens * promptTokens
            + (double) group * completion * (promptTokens + 0.5 * completion);
    return t.layers() * (2 * weights * tokenForwards() + 4.0 * t.hiddenSize() * scores * prompts);
  }

  private double head() {
    return 2.0
        * config.text().hiddenSize()
        * config.text().vocabSize()
        * prompts
        * group
        * completion;
  }

  private double vision() {
    VisionConfig v = config.vision();
    int gates = config.family().tower().wideners().size() + 1;
    double weights = v.width() * (4.0 * v.width() + (double) gates * v.intermediateSize());
    double merged = (double) v.spatialMergeSize() * v.spatialMergeSize() * v.width();
    double embedding = 2.0 * v.patchValues() * v.width();
    double merger =
        2.0 * merged * (merged + v.outWidth()) / (v.spatialMergeSize() * v.spatialMergeSize());
    double blocks = v.depth() * (2 * weights + 4.0 * v.width() * patches);
    return prompts * (double) patches * (embedding + merger + blocks);
  }
}
