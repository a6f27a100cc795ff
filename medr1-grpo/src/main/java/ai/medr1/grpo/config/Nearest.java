package ai.medr1.grpo.config;

import java.util.Collection;
import java.util.Comparator;

/** Finds what a mistyped key was meant to be. */
final class Nearest {
  private Nearest() {}

  /**
   * The known key that differs least, the block before the last dot counting less than the name.
   */
  static String of(String key, Collection<String> known) {
    return known.stream()
        .min(
            Comparator.comparingInt((String k) -> distance(last(k), last(key)))
                .thenComparingInt(k -> distance(k, key)))
        .orElseThrow();
  }

  private static String last(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }

  /** Levenshtein's distance, letters compared regardless of case. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (same(a.charAt(i - 1), b.charAt(j - 1)) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }

  private static boolean same(char a, char b) {
    return Character.toLowerCase(a) == Character.toLowerCase(b);
  }
}
