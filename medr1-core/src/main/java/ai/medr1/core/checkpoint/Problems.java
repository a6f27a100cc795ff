package ai.medr1.core.checkpoint;

import java.util.Collection;
import java.util.stream.Collectors;

/** Long lists in messages, cut short. */
final class Problems {
  private static final int SHOWN = 8;

  private Problems() {}

  /** The first few, and how many more there are. */
  static String some(Collection<String> all) {
    String shown = all.stream().limit(SHOWN).collect(Collectors.joining(", "));
    return all.size() <= SHOWN ? shown : shown + " and " + (all.size() - SHOWN) + " more";
  }
}
