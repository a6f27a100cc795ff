package ai.medr1.eval.text;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The members of an answer that is a list, normalised; their order does not count. */
final class ListOf {
  /** Commas and the like, but none within a number. */
  private static final String MARKS = "[;；、،，\\n]|,(?!\\d)|(?<!\\d),";

  private static final Pattern SEPARATOR = Pattern.compile(MARKS);
  private static final Pattern ANY_SEPARATOR =
      Pattern.compile("(?:" + MARKS + "|\\s(?i:and|und|et)\\s|\\s&\\s|[和与及])+");
  private static final Pattern BULLET = Pattern.compile("^\\s*(?:[-*•]|\\d+[.)])\\s+");

  private ListOf() {}

  /** Of a right answer; empty where it has fewer than two members between commas or the like. */
  static Optional<Set<String>> exact(String text, boolean english) {
    Set<String> members = read(text, english);
    return SEPARATOR.matcher(text).find() && members.size() > 1
        ? Optional.of(members)
        : Optional.empty();
  }

  /** Of an answer: one member where it has no separator. */
  static Set<String> read(String text, boolean english) {
    Set<String> members = new LinkedHashSet<>();
    for (String part : ANY_SEPARATOR.split(text)) {
      String member = Normal.of(BULLET.matcher(part).replaceFirst(""), english).text();
      if (!member.isEmpty()) {
        members.add(member);
      }
    }
    return members;
  }
}
