package ai.medr1.grpo.loss;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;

/**
 * A policy loss and its derivative, by autograd on the small leaf of log-probabilities. The network
 * is not involved: its vector-Jacobian product takes {@code dLogps} from here.
 *
 * @param value the loss of the micro-batch
 * @param dLogps [B, G, L] derivative of the loss by the log-probabilities; belongs to the manager
 *     of the batch's log-probabilities
 * @param tokenSums what the loss reports per token, summed over the completion tokens
 */
public record LossGradient(double value, NDArray dLogps, Map<String, Double> tokenSums) {

  private static final int ATTEMPTS = 100;

  /**
   * Frees every temporary; grad mode of the calling thread is as before afterwards.
   *
   * <p>A number in an operation, as in {@code x.mul(0.5)}, becomes an array in a Java buffer that
   * DJL lets go of when the operation is done, while autograd keeps a pointer to it for the
   * backward pass. Once the garbage collector has run, that memory may hold anything. So where a
   * collection falls between the two passes, both are made again.
   */
  public static LossGradient of(PolicyLoss loss, PolicyBatch batch) {
    for (int i = 0; i < ATTEMPTS; i++) {
      long before = collections();
      LossGradient gradient = attempt(loss, batch);
      if (collections() == before) {
        return gradient;
      }
      gradient.dLogps.close();
    }
    throw new IllegalStateException(
        "the garbage collector ran during every one of %d attempts to differentiate the loss; give the JVM a larger heap (-Xmx)"
            .formatted(ATTEMPTS));
  }

  private static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  private static LossGradient attempt(PolicyLoss loss, PolicyBatch batch) {
    NDManager owner = batch.logps().getManager();
    boolean before = JniUtils.isGradMode();
    try (NDManager scope = owner.newSubManager()) {
      JniUtils.setGradMode(true);
      PolicyBatch leaves = leaves(batch, scope);
      PolicyLoss.Terms terms = loss.of(leaves);
      Map<String, Double> sums = tokenSums(terms, leaves.mask());
      NDArray dLogps = differentiate(terms.loss(), leaves.logps());
      dLogps.attach(owner);
      return new LossGradient(terms.loss().getFloat(), dLogps, sums);
    } finally {
      JniUtils.setGradMode(before);
    }
  }

  /** The batch cut off from whatever graph it came from, so that backward ends at its logps. */
  private static PolicyBatch leaves(PolicyBatch batch, NDManager scope) {
    NDArray logps = detached(batch.logps(), scope).duplicate();
    logps.setRequiresGradient(true);
    return new PolicyBatch(
        logps,
        detached(batch.oldLogps(), scope),
        batch.refLogps().map(ref -> detached(ref, scope)),
        detached(batch.mask(), scope),
        detached(batch.advantages(), scope),
        batch.step());
  }

  /**
   * Results of operations belong to the manager of an operand: with all in the scope, none leak.
   */
  private static NDArray detached(NDArray array, NDManager scope) {
    NDArray detached = array.stopGradient();
    detached.attach(scope);
    return detached;
  }

  private static NDArray differentiate(NDArray loss, NDArray leaf) {
    try {
      JniUtils.backward((PtNDArray) loss, (PtNDArray) loss.onesLike(), false, false);
    } catch (EngineException e) {
      throw new IllegalStateException(
          "the loss has no derivative by the log-probabilities; compute it from"
              + " PolicyBatch.logps()",
          e);
    }
    return leaf.getGradient();
  }

  private static Map<String, Double> tokenSums(PolicyLoss.Terms terms, NDArray mask) {
    Map<String, Double> sums = new TreeMap<>();
    terms
        .perToken()
        .forEach(
            (name, values) ->
                sums.put(
                    name,
                    (double) mask.mul(values.toType(DataType.FLOAT32, false)).sum().getFloat()));
    return sums;
  }
}
