package ai.medr1.grpo.check;

import java.util.List;

/**
 * What a {@link TrainingCheck} found.
 *
 * @param checks in a fixed order
 * @param rewards mean reward of every step
 * @param losses loss of every step
 * @param seconds that the training took, its repetition left out
 */
public record Verdict(
    List<Check> checks, List<Double> rewards, List<Double> losses, double seconds) {

  /**
   * One thing that must hold.
   *
   * @param name for reports, such as {@code rewardRises}
   * @param passed whether it holds
   * @param detail the numbers, and where it does not hold, what was expected
   */
  public record Check(String name, boolean passed, String detail) {}

  public Verdict {
    checks = List.copyOf(checks);
    rewards = List.copyOf(rewards);
    losses = List.copyOf(losses);
  }

  /** Whether everything holds. */
  public boolean passed() {
    return checks.stream().allMatch(Check::passed);
  }
}
