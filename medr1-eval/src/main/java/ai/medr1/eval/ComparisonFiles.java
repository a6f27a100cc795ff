package ai.medr1.eval;

import ai.medr1.core.InputException;
import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import ai.medr1.eval.stats.Interval;
import ai.medr1.eval.stats.Paired;
import ai.medr1.eval.stats.PairedMeans;
import ai.medr1.eval.text.TextScore;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Reads the evaluations of a comparison, and writes it as a table for terminals or as JSON. */
public final class ComparisonFiles {
  private static final String ROW = "%-30s%6s%6s%6s%7s%15s%7s%7s%8s%8s";

  private ComparisonFiles() {}

  /**
   * The rows of an evaluation, done or not.
   *
   * @throws InputException if the directory is none of an evaluation, or a row is damaged
   */
  public static List<EvaluatedItem> read(Path directory) {
    Path rows = directory.resolve("items.jsonl");
    if (!Files.isRegularFile(rows)) {
      throw new InputException(
          "%s has no items.jsonl; give the directory of an evaluation, as medr1 evaluate --out wrote it"
              .formatted(directory));
    }
    return ItemRows.read(rows);
  }

  /**
   * A table in plain ASCII, within 100 columns but for the names of the evaluations; every line
   * ends in a newline.
   */
  public static String text(Comparison comparison, String first, String second) {
    StringBuilder out = new StringBuilder();
    line(out, "A: " + first);
    line(out, "B: " + second);
    int left = comparison.onlyFirst().size() + comparison.onlySecond().size();
    if (left > 0) {
      line(
          out,
          "Left out: %d items that A alone has, %d that B alone has"
              .formatted(comparison.onlyFirst().size(), comparison.onlySecond().size()));
    }
    line(out, "");
    row(out, "", "n", "A %", "B %", "B - A", "95 % interval", "only A", "only B", "p", "Holm");
    row(out, "Overall", comparison.overall(), "");
    comparison.lenient().ifPresent(paired -> row(out, "  Letters read leniently", paired, ""));
    groups(out, "By modality", comparison.byModality(), Modality::fullName);
    groups(out, "By task", comparison.byTask(), Task::fullName);
    line(out, "");
    line(
        out,
        "p: McNemar's test, exact where one alone is right on fewer than 25 items, else"
            + " chi-square");
    line(out, "Holm: p corrected for the number of modalities, or of tasks");
    texts(out, comparison.texts());
    return out.toString();
  }

  private static void texts(StringBuilder out, Map<TextScore, PairedMeans> texts) {
    if (texts.isEmpty()) {
      return;
    }
    line(out, "");
    row(out, "Texts", "n", "A %", "B %", "B - A", "95 % interval", "", "", "p", "");
    texts.forEach(
        (score, paired) ->
            row(
                out,
                "  " + score.title(),
                String.valueOf(paired.n()),
                percent(paired.first()),
                percent(paired.second()),
                signed(paired.difference().mean()),
                signed(paired.difference().interval().low())
                    + ".."
                    + signed(paired.difference().interval().high()),
                "",
                "",
                p(paired.pValue()),
                ""));
    line(out, "");
    line(out, "Texts: bootstrap interval; p of flipping the signs of the differences");
  }

  private static <K> void groups(
      StringBuilder out, String title, Map<K, Comparison.Group> groups, Function<K, String> name) {
    if (!groups.isEmpty()) {
      line(out, title);
    }
    groups.forEach(
        (key, group) -> row(out, "  " + name.apply(key), group.paired(), p(group.holm())));
  }

  private static void row(StringBuilder out, String name, Paired paired, String holm) {
    Interval interval = paired.differenceInterval();
    row(
        out,
        name,
        String.valueOf(paired.n()),
        percent((double) paired.firstRight() / paired.n()),
        percent((double) paired.secondRight() / paired.n()),
        signed(paired.difference()),
        signed(interval.low()) + ".." + signed(interval.high()),
        String.valueOf(paired.first()),
        String.valueOf(paired.second()),
        p(paired.pValue()),
        holm);
  }

  private static void row(StringBuilder out, Object... cells) {
    line(out, ROW.formatted(cells));
  }

  private static void line(StringBuilder out, String text) {
    out.append(text.stripTrailing()).append('\n');
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f", 100 * share);
  }

  private static String signed(double difference) {
    return String.format(Locale.ROOT, "%+.1f", 100 * difference);
  }

  private static String p(double p) {
    return p < 1e-4 ? "<0.0001" : String.format(Locale.ROOT, "%.4f", p);
  }

  /** A JSON object; accuracies and differences are in [-1, 1]. */
  public static String json(Comparison comparison, String first, String second) {
    ObjectNode root =
        new ObjectMapper()
            .createObjectNode()
            .put("first", first)
            .put("second", second)
            .put("onlyFirst", comparison.onlyFirst().size())
            .put("onlySecond", comparison.onlySecond().size());
    put(root.putObject("overall"), comparison.overall());
    put(root.putObject("byModality"), comparison.byModality(), Modality::fullName);
    put(root.putObject("byTask"), comparison.byTask(), Task::fullName);
    comparison.lenient().ifPresent(paired -> put(root.putObject("lenient"), paired));
    if (!comparison.texts().isEmpty()) {
      ObjectNode texts = root.putObject("texts");
      comparison.texts().forEach((score, paired) -> put(texts.putObject(score.key()), paired));
    }
    return root.toPrettyString();
  }

  private static <K> void put(
      ObjectNode node, Map<K, Comparison.Group> groups, Function<K, String> name) {
    groups.forEach(
        (key, group) ->
            put(node.putObject(name.apply(key)), group.paired()).put("pHolm", group.holm()));
  }

  private static void put(ObjectNode node, PairedMeans paired) {
    Interval interval = paired.difference().interval();
    node.put("n", paired.n())
        .put("firstMean", paired.first())
        .put("secondMean", paired.second())
        .put("difference", paired.difference().mean())
        .put("low", interval.low())
        .put("high", interval.high())
        .put("test", "sign flips")
        .put("p", paired.pValue());
  }

  private static ObjectNode put(ObjectNode node, Paired paired) {
    Interval interval = paired.differenceInterval();
    return node.put("n", paired.n())
        .put("bothRight", paired.both())
        .put("firstOnly", paired.first())
        .put("secondOnly", paired.second())
        .put("neitherRight", paired.neither())
        .put("firstAccuracy", (double) paired.firstRight() / paired.n())
        .put("secondAccuracy", (double) paired.secondRight() / paired.n())
        .put("difference", paired.difference())
        .put("low", interval.low())
        .put("high", interval.high())
        .put("test", paired.exact() ? "exact" : "chi-square")
        .put("p", paired.pValue());
  }
}
