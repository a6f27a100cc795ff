package ai.medr1.eval;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

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
    return winner(answers, AnswerTags::isWord);
  }

  /** The same of those answers that vote. */
  static int winner(List<Optional<String>> answers, Predicate<String> votes) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (Optional<String> answer : answers) {
      answer.filter(votes).ifPresent(word -> counts.merge(word, 1, Integer::sum));
    }
    int most = counts.values().stream().mapToInt(n -> n).max().orElse(0);
    return counts.entrySet().stream()
        .filter(entry -> entry.getValue() == most)
        .findFirst()
        .map(entry -> answers.indexOf(Optional.of(entry.getKey())))
        .orElse(0);
  }
}
