package ai.medr1.eval.text;

import ai.medr1.data.Choices;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the letter of the option that an output chooses, in whatever form: {@code B)}, {@code (b)},
 * {@code **B**}, {@code \boxed{B}}, {@code The answer is B}, {@code 答案：B}, or the text of the
 * option. It is no measure of Med-R1's; it tells how many right answers fail for their form alone.
 *
 * <p>The rules, of which the first that finds anything decides:
 *
 * <ol>
 *   <li>What stands behind {@code </think>} is read; where reasoning has no end there is no answer.
 *   <li>Of that, what answer tags hold, else what boxes hold. Several of them must agree.
 *   <li>A letter alone, with or without the text of its option, is the answer; so is an option's
 *       text alone, equal after normalisation and unique.
 *   <li>A letter or an option's text behind words that announce an answer; the last one, since
 *       models correct themselves.
 *   <li>Letters in the form of a choice, {@code option B}, {@code (B)}, {@code **B**}, or alone on
 *       a line; if all are the same.
 * </ol>
 *
 * <p>Nothing is read where two letters are given as one answer ({@code A or B}), where letter and
 * text are of different options, or where the letter is no option's.
 */
public final class LenientLetter {
  private static final Pattern TAG = Pattern.compile("(?is)<answer>(.*?)(?:</answer>|$)");
  private static final Pattern BOX = Pattern.compile("\\\\(?:boxed|fbox)\\s*\\{");
  private static final Pattern STYLE =
      Pattern.compile(
          "\\\\(?:text|textbf|mathrm|mathbf|mathsf|boldsymbol|rm|bf)\\b\\s*|[*_`#$~]+|\\\\[()\\[\\]]");
  private static final String QUOTE = "[\"'“”‘’«»「」『』]";

  /** How much of the end of an output is read. */
  private static final int MOST = 10_000;

  /** How far behind a letter or an announcement is looked. */
  private static final int NEAR = 400;

  /** Of words with blanks between them. */
  private static final String IN_WORD =
      "[\\p{L}\\p{N}&&[^\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsHangul}]]";

  /** A letter that is no part of a word, in brackets or not. */
  private static final String LETTER =
      ("(?<open>[(\\[{<【「]{1,3})?\\s*(?<letter>(?<!"
              + IN_WORD
              + ")[A-Za-z](?!"
              + IN_WORD
              + "|['’]))")
          + "\\s*[)\\]}>】」]{0,3}";

  private static final Pattern ALONE = Pattern.compile(LETTER + "\\s*[.。,:;!、]?");
  private static final Pattern LEADING =
      Pattern.compile(
          LETTER + "\\s*(?<mark>[.。):,;、-]|(?<=[)\\]}>】」])|\\s)\\s*(?<rest>\\S.*)", Pattern.DOTALL);

  /** Words that announce the answer, in several languages. */
  private static final Pattern ANNOUNCED =
      Pattern.compile(
          "(?iu:(?<![\\p{L}])(?:final answer|correct answer|right answer|best answer|answer|correct"
              + " (?:option|choice)|right (?:option|choice)|best (?:option|choice)|réponse(?:"
              + " (?:correcte|finale))?|respuesta(?: correcta)?|resposta(?:"
              + " correta)?|antwort|risposta(?: corretta)?|ответ|відповідь|cevap|jawaban|đáp"
              + " án|الإجابة(?: الصحيحة)?|الجواب|उत्तर|정답|답)(?:은|는|이)?(?:\\s+(?:is|would be|should"
              + " be|must be|est|es|é|è|ist|adalah|là|هي|هو|है)(?!\\p{L}))?"
              + "|(?:最终|正确|正確)?(?:答案|選項|选项)(?:应该?|應該?)?(?:是|为|為|選|选)?|(?:应|應)?(?:选择|選擇|选|選)"
              + "|(?:答え|正解|回答|解答)(?:は)?)"
              + "[\"”]?\\s*[:=\\-–—>→]{0,2}\\s*(?i:(?:is|option|choice|the|选项|la|le|el|il|opción|lettre|letra)\\s+){0,2}"
              + "(?=\\S)");

  private static final Pattern CHOSEN =
      Pattern.compile(
          "(?i:\\b(?:option|choice|choose|chose|select|selected|pick|go"
              + " with|opción|choix|вариант)\\b)\\s*[:=]?\\s*"
              + LETTER);

  /** The end of a conclusion. */
  private static final Pattern CONCLUDED =
      Pattern.compile(
          "(?i:\\b(?:it['’]s|it is|it must be|hence|thus|therefore|so))(?:,|:)?\\s+"
              + LETTER
              + "(?=\\s*(?:[.。!]|$))",
          Pattern.MULTILINE);

  private static final Pattern MARKED = Pattern.compile("(?<open>\\()(?<letter>[A-Z])\\)");
  private static final Pattern BOLD =
      Pattern.compile("(?<open>\\*\\*|__)\\s*\\(?(?<letter>[A-Z])[).:]?\\s*(?:\\*\\*|__)");
  private static final Pattern CLAIMED =
      Pattern.compile(
          LETTER + "\\s+(?i:is|would be|seems)\\s+(?i:the\\s+)?(?i:correct|right|best|answer)");

  private static final Pattern REASON =
      Pattern.compile("^,?\\s+(?i:because|since|as|due to|given)\\b|^[,，]?\\s*因为");

  /** What makes a letter before it no choice. */
  private static final Pattern DENIED =
      Pattern.compile(
          "^\\s*(?i:(?:is|are|was|can be|seems)\\s+(?:not|incorrect|wrong|unlikely|excluded|ruled"
              + " out|less)|isn['’]?t|不|错|錯)");

  /** A letter with a mark behind it, as options are listed. */
  private static final Pattern LISTED =
      Pattern.compile("(?<!" + IN_WORD + ")([A-Z])[).:](?=\\s|$)");

  /** A second letter of the same answer. */
  private static final Pattern SECOND =
      Pattern.compile(
          "^\\s*[)\\]}.]?\\s*(?:,|/|&|\\+|;|、|(?i:and|or|and/or|und|oder|et|ou|y|o|или|и)(?!\\p{L})|或|和|与)\\s*(?i:(?:either|both|option|possibly|maybe)\\s+)?(?:(?![AI]\\s+\\p{Ll})[A-Z]|[(\\[{][A-Za-z])(?!"
              + IN_WORD
              + "|['’])");

  /** Letters of other alphabets that look like Latin ones. */
  private static final Map<Character, Character> LOOKALIKES =
      Map.ofEntries(
          Map.entry('А', 'A'),
          Map.entry('В', 'B'),
          Map.entry('С', 'C'),
          Map.entry('Е', 'E'),
          Map.entry('Н', 'H'),
          Map.entry('а', 'a'),
          Map.entry('с', 'c'),
          Map.entry('е', 'e'),
          Map.entry('Α', 'A'),
          Map.entry('Β', 'B'),
          Map.entry('Ε', 'E'),
          Map.entry('Η', 'H'));

  private static final Pattern LONE_LOOKALIKE =
      Pattern.compile("(?<![\\p{L}\\p{N}])[АВСЕНасеΑΒΕΗ](?![\\p{L}\\p{N}])");

  private static final Pattern THE = Pattern.compile("^\\s*(?i:the|an?)\\s+");

  private final List<Choices.Option> options;

  private final Map<Choices.Option, Normal> texts = new LinkedHashMap<>();
  private final int longest;

  private LenientLetter(List<Choices.Option> options) {
    this.options = options;
    options.forEach(option -> texts.put(option, Normal.of(option.text(), false)));
    longest = options.stream().mapToInt(option -> option.text().length()).max().orElse(0);
  }

  /**
   * The letter that an output chooses; empty where it chooses none, or not one alone.
   *
   * @param options of the item; where there are none, every letter from A to Z may be chosen and no
   *     text
   */
  public static Optional<String> read(String output, List<Choices.Option> options) {
    return new LenientLetter(options).read(Normal.compatible(output));
  }

  private Optional<String> read(String output) {
    int thought = output.lastIndexOf("</think>");
    if (thought < 0 && output.contains("<think>")) {
      return Optional.empty();
    }
    String spoken = thought < 0 ? output : output.substring(thought + "</think>".length());
    if (spoken.length() > MOST && !spoken.toLowerCase(Locale.ROOT).contains("<answer>")) {
      spoken = spoken.substring(spoken.length() - MOST);
    }
    List<String> tagged =
        TAG.matcher(spoken).results().map(m -> m.group(1)).filter(t -> !t.isBlank()).toList();
    List<String> boxed = tagged.isEmpty() ? boxes(spoken) : List.of();
    if (tagged.isEmpty() && boxed.isEmpty()) {
      return one(spoken);
    }
    return agreed((tagged.isEmpty() ? boxed : tagged).stream().map(this::one).toList());
  }

  private static Optional<String> agreed(List<Optional<String>> readings) {
    return readings.stream().distinct().count() == 1 ? readings.get(0) : Optional.empty();
  }

  /** The contents of LaTeX's boxes, braces within them matched. */
  private static List<String> boxes(String text) {
    List<String> contents = new ArrayList<>();
    Matcher box = BOX.matcher(text);
    int at = 0;
    while (box.find(at)) {
      int depth = 1;
      at = box.end();
      while (at < text.length() && depth > 0) {
        depth += text.charAt(at) == '{' ? 1 : text.charAt(at) == '}' ? -1 : 0;
        at++;
      }
      contents.add(text.substring(box.end(), depth == 0 ? at - 1 : at));
    }
    return contents;
  }

  private Optional<String> one(String all) {
    String text = all.substring(Math.max(0, all.length() - MOST));
    List<String> inner = boxes(text);
    return inner.isEmpty() ? unboxed(text) : agreed(inner.stream().map(this::unboxed).toList());
  }

  private Optional<String> unboxed(String content) {
    String text = BOX.matcher(content).replaceAll("{");
    String plain = latin(STYLE.matcher(text).replaceAll("")).strip();
    Reading whole = whole(plain);
    if (whole.decides()) {
      return whole.letter();
    }
    Reading announced = announced(plain);
    return announced.decides() ? announced.letter() : choice(text, plain).letter();
  }

  private static String latin(String text) {
    return LONE_LOOKALIKE
        .matcher(text)
        .replaceAll(m -> LOOKALIKES.getOrDefault(m.group().charAt(0), '?').toString());
  }

  /**
   * What a rule found.
   *
   * @param decides whether other rules are not asked any more, even if no letter was found
   */
  private record Reading(boolean decides, Optional<String> letter) {
    static final Reading NOTHING = new Reading(false, Optional.empty());
    static final Reading UNCLEAR = new Reading(true, Optional.empty());
  }

  // ---- letter or text alone

  private Reading whole(String plain) {
    String bare = plain.replaceAll("^" + QUOTE + "+|" + QUOTE + "+[.。]?$", "").strip();
    Matcher alone = ALONE.matcher(bare);
    if (alone.matches()) {
      return letter(alone.group("letter"));
    }
    Optional<String> text = optionWith(bare);
    return text.isPresent() ? new Reading(true, text) : withText(bare);
  }

  /** A letter and the text of its option, or of another one. */
  private Reading withText(String bare) {
    Matcher leading = LEADING.matcher(bare);
    if (!leading.matches()) {
      return Reading.NOTHING;
    }
    Optional<String> text = optionWith(firstLine(leading.group("rest")));
    if (text.isPresent()) {
      Reading letter = letter(leading.group("letter"));
      return letter.letter().equals(text)
          ? othersClaimed(bare, leading.group("letter"))
          : Reading.UNCLEAR;
    }
    boolean bareBlank = leading.group("mark").isBlank() && leading.group("open") == null;
    if (bareBlank
        && !leading.group("letter").equals(leading.group("letter").toUpperCase(Locale.ROOT))) {
      return Reading.NOTHING;
    }
    String behind = bare.substring(leading.end("letter"));
    if (SECOND.matcher(behind).find()) {
      return Reading.UNCLEAR;
    }
    // "B. It shows …" is a choice and its reason; "A mass" and "I think" are sentences.
    boolean marked =
        behind.matches("(?s)\\s*[)\\]}>】」.。:].*|\\s*\\n.*") || REASON.matcher(behind).find();
    if (!marked || DENIED.matcher(behind.replaceFirst("^\\s*[)\\]}>】」.。:]+", "")).find()) {
      return Reading.NOTHING;
    }
    return othersClaimed(bare, leading.group("letter"));
  }

  /** The letter, unless the reason for it goes on to choose another one. */
  private Reading othersClaimed(String text, String letter) {
    Reading first = letter(letter);
    Reading later = announced(text);
    if (later.decides()) {
      return later.letter().equals(first.letter()) ? first : Reading.UNCLEAR;
    }
    return LISTED.matcher(text).results().map(m -> m.group(1)).distinct().count() > 1
        ? Reading.UNCLEAR
        : first;
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  // ---- announced

  private Reading announced(String plain) {
    Reading last = Reading.NOTHING;
    Matcher cue = ANNOUNCED.matcher(plain);
    while (cue.find()) {
      Reading reading = behindCue(near(plain, cue.end()));
      last = reading.decides() ? reading : last;
    }
    Matcher claimed = CLAIMED.matcher(plain);
    while (!last.decides() && claimed.find()) {
      last = letter(claimed.group("letter"));
    }
    return last;
  }

  private Reading behindCue(String rest) {
    String text = rest.replaceFirst("^" + QUOTE + "+", "");
    Matcher letter = Pattern.compile("^" + LETTER).matcher(text);
    if (letter.find() && isChoice(letter, text.substring(letter.end()))) {
      String behind = text.substring(letter.end());
      if (SECOND.matcher(behind).find()) {
        return Reading.UNCLEAR;
      }
      if (DENIED.matcher(behind).find()) {
        return Reading.NOTHING;
      }
      Optional<String> named = optionWith(firstLine(behind).replaceFirst("^[\\s.。):,;、-]+", ""));
      Reading reading = letter(letter.group("letter"));
      return named.isPresent() && !named.equals(reading.letter()) ? Reading.UNCLEAR : reading;
    }
    String sentence = firstLine(text).replaceFirst("[.。!](?:\\s.*)?$", "");
    return optionWith(sentence)
        .or(() -> optionWith(firstLine(text)))
        .map(found -> new Reading(true, Optional.of(found)))
        .orElse(Reading.NOTHING);
  }

  /** Capitals are; "a mass" and "i think" are not. */
  private static boolean isChoice(Matcher letter, String behind) {
    String found = letter.group("letter");
    boolean capital = found.equals(found.toUpperCase(Locale.ROOT));
    boolean ends = behind.isBlank() || behind.matches("(?s)[\\s)\\]}\"'”]*[.。,:;!)\\]\\n].*");
    boolean pronoun = found.equals("I") && behind.matches("(?s)\\s+[a-z].*");
    return letter.group("open") != null || (capital && !pronoun) || ends;
  }

  // ---- chosen

  private Reading choice(String text, String plain) {
    Set<String> letters = new LinkedHashSet<>();
    collect(CHOSEN.matcher(plain), plain, letters);
    collect(CONCLUDED.matcher(plain), plain, letters);
    collect(MARKED.matcher(plain), plain, letters);
    collect(BOLD.matcher(latin(text)), latin(text), letters);
    plain.lines().forEach(line -> onLine(line.strip()).ifPresent(letters::add));
    return letters.size() == 1 ? letter(letters.iterator().next()) : Reading.UNCLEAR;
  }

  /** The letter or text, or both, that a line consists of. */
  private Optional<String> onLine(String line) {
    Matcher alone = ALONE.matcher(line);
    if (alone.matches()) {
      return Optional.of(alone.group("letter").toUpperCase(Locale.ROOT));
    }
    Matcher leading = LEADING.matcher(line);
    if (line.length() < NEAR
        && leading.matches()
        && optionWith(leading.group("rest")).isPresent()) {
      return Optional.of(leading.group("letter").toUpperCase(Locale.ROOT));
    }
    return optionWith(line);
  }

  private static String near(String text, int from) {
    return text.substring(from, Math.min(text.length(), from + NEAR));
  }

  private static void collect(Matcher matcher, String text, Set<String> letters) {
    while (matcher.find()) {
      String behind = near(text, matcher.end());
      if (!DENIED.matcher(behind).find() && isChoice(matcher, behind)) {
        letters.add(matcher.group("letter").toUpperCase(Locale.ROOT));
      }
      Matcher second = SECOND.matcher(behind);
      if (second.find()) {
        String found = second.group().strip();
        letters.add(found.substring(found.length() - 1).toUpperCase(Locale.ROOT));
      }
    }
  }

  // ---- options

  private Reading letter(String found) {
    String capital = found.toUpperCase(Locale.ROOT);
    boolean offered =
        options.isEmpty() || options.stream().anyMatch(option -> option.letter().equals(capital));
    return offered ? new Reading(true, Optional.of(capital)) : Reading.UNCLEAR;
  }

  /** The option with this text; empty where none or several have it. */
  private Optional<String> optionWith(String text) {
    // What is much longer is none; long outputs have many places to look at.
    if (text.length() > 2 * longest + 20) {
      return Optional.empty();
    }
    return withNormal(Normal.of(text, false))
        .or(() -> withNormal(Normal.of(THE.matcher(text).replaceFirst(""), false)));
  }

  private Optional<String> withNormal(Normal wanted) {
    List<String> letters =
        texts.entrySet().stream()
            .filter(option -> !wanted.isEmpty() && option.getValue().equals(wanted))
            .map(option -> option.getKey().letter())
            .toList();
    return letters.size() == 1 ? Optional.of(letters.get(0)) : Optional.empty();
  }
}
