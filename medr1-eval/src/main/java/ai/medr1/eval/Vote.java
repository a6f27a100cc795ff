package ai.medr1.eval;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The majority vote of several answers (self-consistency: X. Wang et al., Self-Consistency Improves
 * Chain of Thought Reasoning in Language Models, ICLR 2023).
 */
final class Vote {
  private Vote() {}

  /**
   * The place of the first answer that was given most often. Answers that are no word do not vote;
   * of answers given equally often the one that was given first wins; 0 where nobody votes.
   */
  static int winner(List<Optional<String>> answers) {
    Map<String, Integer> votes = new LinkedHashMap<>();
    for (Optional<String> answer : answers) {
      answer.filter(AnswerTags::isWord).ifPresent(word -> votes.merge(word, 1, Integer::sum));
    }
    int most = votes.values().stream().mapToInt(n -> n).max().orElse(0);
    return votes.entrySet().stream()
        .filter(entry -> entry.getValue() == most)
        .findFirst()
        .map(entry -> answers.indexOf(Optional.of(entry.getKey())))
        .orElse(0);
  }
}
