package ai.medr1.grpo.reward;

import ai.medr1.data.VqaItem;

/**
 * 1 when the whole completion has the form that the prompt asks for, else 0: {@code format_reward}
 * of Med-R1's grpo_vqa.py and grpo_vqa_nothink.py. It applies to nothing where the form is that
 * there are no tags.
 *
 * @param format not {@link Format#AUTO}
 */
public record FormatReward(Format format) implements Reward {
  @Override
  public String name() {
    return "format";
  }

  @Override
  public About about() {
    return About.FORM;
  }

  @Override
  public boolean appliesTo(VqaItem item) {
    return format != Format.NONE;
  }

  @Override
  public double score(VqaItem item, String completion, int[] tokenIds) {
    return format.matches(completion) ? 1 : 0;
  }
}
