package ai.medr1.eval.text;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Scores of tokens that two texts have in common. Each is in [0, 1]; two empty texts are equal. */
final class Overlap {
  /** What the first smoothing method puts in the place of no match. */
  private static final double EPSILON = 0.1;

  private Overlap() {}

  /** The F1 score of the tokens, whatever their order, as SQuAD's script computes it. */
  static double tokenF1(List<String> answer, List<String> gold) {
    return f1(common(counts(answer, 1), counts(gold, 1)), answer.size(), gold.size());
  }

  /** The F1 score of sets. */
  static double setF1(Set<String> answer, Set<String> gold) {
    Set<String> common = new LinkedHashSet<>(answer);
    common.retainAll(gold);
    return f1(common.size(), answer.size(), gold.size());
  }

  /**
   * ROUGE-L of C.-Y. Lin (ROUGE: a package for automatic evaluation of summaries, 2004) with β = 1,
   * as in the Python package rouge_score: the F1 score of the longest common subsequence.
   */
  static double rougeL(List<String> answer, List<String> gold) {
    return f1(longestCommon(answer, gold), answer.size(), gold.size());
  }

  private static double f1(int common, int answer, int gold) {
    if (answer == 0 || gold == 0) {
      return answer == gold ? 1 : 0;
    }
    return 2.0 * common / (answer + gold);
  }

  private static int longestCommon(List<String> a, List<String> b) {
    int[] row = new int[b.size() + 1];
    for (String token : a) {
      int diagonal = 0;
      for (int j = 1; j <= b.size(); j++) {
        int above = row[j];
        row[j] = token.equals(b.get(j - 1)) ? diagonal + 1 : Math.max(above, row[j - 1]);
        diagonal = above;
      }
    }
    return row[b.size()];
  }

  /**
   * BLEU (K. Papineni et al., ACL 2002) of one sentence with the first smoothing method of B. Chen
   * and C. Cherry (2014), as NLTK's {@code sentence_bleu} with {@code method1} computes it. As in
   * MedEvalKit, n-grams are no longer than the shorter of both texts: answers of one word have no
   * others.
   *
   * @param order the longest n-grams, at least 1
   */
  static double bleu(List<String> answer, List<String> gold, int order) {
    if (answer.isEmpty() || gold.isEmpty()) {
      return answer.isEmpty() && gold.isEmpty() ? 1 : 0;
    }
    if (common(counts(answer, 1), counts(gold, 1)) == 0) {
      return 0;
    }
    int longest = Math.min(order, Math.min(answer.size(), gold.size()));
    double logs = 0;
    for (int n = 1; n <= longest; n++) {
      int matches = common(counts(answer, n), counts(gold, n));
      int all = answer.size() - n + 1;
      logs += Math.log((matches == 0 ? EPSILON : matches) / all);
    }
    double brevity = Math.min(0, 1 - (double) gold.size() / answer.size());
    return Math.exp(brevity + logs / longest);
  }

  private static int common(Map<List<String>, Integer> a, Map<List<String>, Integer> b) {
    return a.entrySet().stream()
        .mapToInt(entry -> Math.min(entry.getValue(), b.getOrDefault(entry.getKey(), 0)))
        .sum();
  }

  private static Map<List<String>, Integer> counts(List<String> tokens, int n) {
    Map<List<String>, Integer> counts = new HashMap<>();
    for (int i = 0; i + n <= tokens.size(); i++) {
      counts.merge(tokens.subList(i, i + n), 1, Integer::sum);
    }
    return counts;
  }
}
