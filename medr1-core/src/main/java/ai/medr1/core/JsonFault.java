package ai.medr1.core;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a JSON parser found wrong, in words for people: its own speak of its classes and switches.
 */
final class JsonFault {
  /** Jackson's sentence to ours; $1 and so on are what its groups matched. */
  private static final Map<Pattern, String> WORDS = words();

  private JsonFault() {}

  private static Map<Pattern, String> words() {
    Map<Pattern, String> words = new LinkedHashMap<>();
    put(words, "Unexpected end-of-input.*", "it ends too early; was it copied whole?");
    put(words, "No content to map.*", "there is nothing in it");
    put(words, "Trailing token.*", "something follows behind its end; remove it");
    put(words, "Duplicate field '(.*)'.*", "the key \"$1\" is there twice; remove one");
    put(
        words,
        "Non-standard token '(.*)'.*",
        "$1 is no JSON value; write a number, or null for none");
    put(words, "Unexpected character \\('/'.*", "comments are not allowed; remove them");
    put(
        words,
        "Unexpected character \\('(.)' \\(code \\d+.*?\\)\\): was expecting (.*)",
        "unexpected $1, expected $2");
    put(words, "Unexpected character \\('(.)' \\(code \\d+.*?\\)\\):? .*", "unexpected $1");
    put(words, "Unrecognized token '(.*)': was expecting.*", "$1 is no JSON value");
    put(
        words,
        "Illegal unquoted character.*",
        "a text has a line break or another control character in it; write it as \\\\n or \\\\u00..");
    put(words, "Illegal character \\(\\(CTRL-CHAR, code (\\d+).*", "a control character (code $1)");
    put(words, "Document nesting depth.*", "it is nested too deeply");
    put(words, "(String|Name|Number).* length.*", "a text or number in it is too long");
    return words;
  }

  private static void put(Map<Pattern, String> words, String theirs, String ours) {
    words.put(Pattern.compile(theirs, Pattern.DOTALL), ours);
  }

  /** One line without a full stop. */
  static String of(String message) {
    for (Map.Entry<Pattern, String> word : WORDS.entrySet()) {
      Matcher matcher = word.getKey().matcher(message);
      if (matcher.matches()) {
        return matcher.replaceFirst(word.getValue());
      }
    }
    return message
        .replaceAll("\\[Source:[^\\]]*\\]", "")
        .replaceAll("\\([^()]*(`|Feature)[^()]*\\)", "")
        .replaceAll("\\s+", " ")
        .strip();
  }
}
