package ai.medr1.core.model;

/**
 * With what a continuation was drawn.
 *
 * @param weights names the model and the state of its weights; no other state has this number
 * @param updates how many updates the optimizer had made of them
 * @param distribution of which the log-probabilities are
 */
public record Origin(long weights, long updates, Distribution distribution) {}
