package ai.medr1.report;

import ai.medr1.report.Example.Reply;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Questions with their images and what was answered, to be browsed and filtered. */
final class Gallery {
  /** How many items a page shows: their images lie within it. */
  static final int MOST = 60;

  /** How many completions of training may be chosen from. */
  private static final int NEWEST = 200;

  /** Shorter outputs fit into the height that a card gives to one. */
  private static final int LONG = 500;

  private static final int LONG_LINES = 10;

  private static final String NONE = "not known";
  private static final Pattern THINKING = Pattern.compile("<think>(.*?)</think>", Pattern.DOTALL);

  private final Page page;
  private final Html html;
  private final List<Example> shown;
  private final int all;

  private Gallery(Page page, List<Example> shown, int all) {
    this.page = page;
    html = page.html();
    this.shown = shown;
    this.all = all;
  }

  /**
   * Writes the section, where there is anything to show.
   *
   * @param answers of evaluations
   * @param completions of training, newest first
   */
  static void write(Page page, List<Example> answers, List<Example> completions) {
    int half = answers.isEmpty() || completions.isEmpty() ? MOST : MOST / 2;
    List<Example> shown = new ArrayList<>(choose(answers, half));
    shown.addAll(choose(completions.stream().limit(NEWEST).toList(), half));
    if (!shown.isEmpty()) {
      new Gallery(page, shown, answers.size() + completions.size()).write();
    }
  }

  /**
   * Some examples in which right and wrong ones take turns, among these the modalities, and among
   * these the tasks.
   */
  static List<Example> choose(List<Example> examples, int most) {
    return spread(
            examples,
            List.of(Example::outcome, e -> e.modality().orElse(NONE), e -> e.task().orElse(NONE)))
        .stream()
        .limit(most)
        .toList();
  }

  /** Groups by the first key, spreads each group over the other keys, and takes turns. */
  private static List<Example> spread(
      List<Example> examples, List<Function<Example, Object>> keys) {
    if (keys.isEmpty()) {
      return examples;
    }
    Map<Object, List<Example>> groups = new LinkedHashMap<>();
    for (Example example : examples) {
      groups.computeIfAbsent(keys.get(0).apply(example), key -> new ArrayList<>()).add(example);
    }
    return inTurns(
        groups.values().stream()
            .map(group -> spread(group, keys.subList(1, keys.size())))
            .toList());
  }

  private static List<Example> inTurns(List<List<Example>> groups) {
    int longest = groups.stream().mapToInt(List::size).max().orElse(0);
    List<Example> all = new ArrayList<>();
    for (int i = 0; i < longest; i++) {
      for (List<Example> group : groups) {
        if (i < group.size()) {
          all.add(group.get(i));
        }
      }
    }
    return all;
  }

  private void write() {
    page.section("Questions and answers");
    page.paragraph(
        all == shown.size()
            ? "All %d questions at hand.".formatted(all)
            : ("%d of the %d questions at hand, chosen so that right and wrong answers, all"
                    + " modalities and all tasks are among them; the files of the run hold the"
                    + " others.")
                .formatted(shown.size(), all));
    filter();
    html.open("div", "class", "cards", "id", "cards");
    shown.forEach(this::card);
    html.close("div");
    page.endSection();
  }

  /** Hidden until the script that serves it runs. */
  private void filter() {
    html.open("form", "id", "filter", "hidden", "", "aria-label", "Filter the questions");
    select("Modality", "modality", options(Example::modality));
    select("Task", "task", options(Example::task));
    outcomes();
    html.leaf("output", "", "id", "shown", "for", "filter-modality filter-task filter-outcome")
        .close("form");
  }

  private void select(String label, String key, List<String> options) {
    String id = "filter-" + key;
    html.leaf("label", label, "for", id).open("select", "id", id, "data-key", key);
    html.leaf("option", "all", "value", "");
    options.forEach(option -> html.leaf("option", option, "value", option));
    html.close("select");
  }

  private void outcomes() {
    html.leaf("label", "Answers", "for", "filter-outcome")
        .open("select", "id", "filter-outcome", "data-key", "outcome")
        .leaf("option", "all", "value", "")
        .leaf("option", "right", "value", "right")
        .leaf("option", "some right, some wrong", "value", "mixed")
        .leaf("option", "wrong", "value", "wrong")
        .close("select");
  }

  private List<String> options(Function<Example, Optional<String>> key) {
    return shown.stream()
        .map(example -> key.apply(example).orElse(NONE))
        .distinct()
        .sorted(Comparator.naturalOrder())
        .toList();
  }

  private void card(Example example) {
    String outcome = outcome(example);
    String id = page.id("q" + Integer.toHexString(Objects.hash(example.key())));
    html.open(
        "article",
        "class",
        "card",
        "id",
        id,
        "data-modality",
        example.modality().orElse(NONE),
        "data-task",
        example.task().orElse(NONE),
        "data-outcome",
        outcome);
    image(example);
    html.leaf("p", kinds(example), "class", "kinds");
    html.leaf("h3", example.question(), "dir", "auto");
    html.open("p").text("Right answer: ").leaf("strong", example.gold(), "dir", "auto").close("p");
    for (int i = 0; i < example.replies().size(); i++) {
      reply(example.replies().get(i), id + "-" + i);
    }
    html.close("article");
  }

  private static String kinds(Example example) {
    return example.modality().orElse("modality not known")
        + " · "
        + example.task().orElse("task not known");
  }

  private void image(Example example) {
    Optional<String> uri = example.image().flatMap(Thumbnails::dataUri);
    if (uri.isPresent()) {
      html.open("img", "src", uri.get(), "alt", alternative(example));
    } else if (!example.imageName().isEmpty()) {
      html.leaf("p", "The image " + example.imageName() + " is not at hand.", "class", "no-image");
    }
  }

  private static String alternative(Example example) {
    return example
        .modality()
        .map(m -> m + " image of the question")
        .orElse("Image of the question");
  }

  private void reply(Reply reply, String id) {
    html.open("div", "class", "reply " + (reply.right() ? "right" : "wrong"));
    html.open("p", "class", "from")
        .leaf("strong", reply.right() ? "✓ right" : "✗ wrong")
        .text(" " + reply.from())
        .close("p");
    Matcher thinking = THINKING.matcher(reply.text());
    if (thinking.find()) {
      html.open("details", "id", id)
          .leaf("summary", "Reasoning", "aria-label", "Reasoning, " + reply.from());
      output("Reasoning, " + reply.from(), thinking.group(1).strip());
      html.close("details");
      // Reasoning may stand behind the answer as well as before it.
      String before = reply.text().substring(0, thinking.start());
      String behind = reply.text().substring(thinking.end());
      output("Output, " + reply.from(), (before.strip() + behind).strip());
    } else {
      output("Output, " + reply.from(), reply.text().strip());
    }
    html.leaf("p", reply.note(), "class", "note").close("div");
  }

  /** What a model wrote, in whatever direction it is read; a long one scrolls by keyboard too. */
  private void output(String name, String text) {
    if (text.length() > LONG || text.lines().limit(LONG_LINES).count() == LONG_LINES) {
      html.leaf("pre", text, "dir", "auto", "tabindex", "0", "role", "group", "aria-label", name);
    } else {
      html.leaf("pre", text, "dir", "auto");
    }
  }

  private static String outcome(Example example) {
    return example.outcome().name().toLowerCase(Locale.ROOT);
  }
}
