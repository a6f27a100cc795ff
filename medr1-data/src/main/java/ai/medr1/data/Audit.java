package ai.medr1.data;

import ai.medr1.data.Finding.Problem;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a data set holds and what is wrong with it.
 *
 * @param sections in the order of reading
 * @param shared for each folder that has both parts
 * @param counts how often each problem was found
 * @param findings with file and index
 */
public record Audit(
    List<Section> sections,
    List<Shared> shared,
    Map<Problem, Integer> counts,
    List<Finding> findings) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String UNKNOWN = "unknown";
  private static final int SHOWN = 5;

  /**
   * One part of one folder.
   *
   * @param images the number of different images
   * @param modalities items by modality, those of none under {@code unknown}
   * @param tasks items by task, those of none under {@code unknown}
   */
  public record Section(
      String name,
      int items,
      int images,
      Map<String, Integer> modalities,
      Map<String, Integer> tasks) {

    static Section of(VqaDataset data) {
      Map<String, Integer> modalities = new LinkedHashMap<>();
      for (Modality modality : Modality.values()) {
        modalities.put(modality.abbreviation(), 0);
      }
      Map<String, Integer> tasks = new LinkedHashMap<>();
      for (Task task : Task.values()) {
        tasks.put(task.fullName(), 0);
      }
      for (VqaItem item : data.items()) {
        modalities.merge(
            item.modality().map(Modality::abbreviation).orElse(UNKNOWN), 1, Integer::sum);
        tasks.merge(item.task().map(Task::fullName).orElse(UNKNOWN), 1, Integer::sum);
      }
      return new Section(data.name(), data.size(), identities(data).size(), modalities, tasks);
    }
  }

  /**
   * Images of a test part that are training images of the same folder, too; images of files are the
   * same if their names are, others if their bytes are.
   *
   * @param images different images in both parts
   * @param testImages different images in the test part
   * @param items test items that show such an image
   * @param testItems all test items
   */
  public record Shared(String folder, int images, int testImages, int items, int testItems) {}

  public Audit {
    sections = List.copyOf(sections);
    shared = List.copyOf(shared);
    findings = List.copyOf(findings);
  }

  /** Audits splits; findings about shared images name the test items. */
  public static Audit of(Splits splits, Set<Problem> checked) {
    Builder builder = new Builder(checked);
    builder.folder("modality", splits.byModality(Part.TRAIN), splits.byModality(Part.TEST));
    builder.folder("question_type", splits.byTask(Part.TRAIN), splits.byTask(Part.TEST));
    return builder.build();
  }

  /** Audits data that has no parts. */
  public static Audit of(VqaDataset data, Set<Problem> checked) {
    Builder builder = new Builder(checked);
    builder.add(data, Set.of());
    return builder.build();
  }

  /** All there is to look for. */
  public static Set<Problem> everything() {
    return EnumSet.allOf(Problem.class);
  }

  /** What is found without looking for image files. */
  public static Set<Problem> withoutImages() {
    return EnumSet.complementOf(
        EnumSet.of(Problem.MISSING_IMAGE, Problem.UNREADABLE_IMAGE, Problem.CLIPPED_IMAGE));
  }

  private static Set<String> identities(VqaDataset data) {
    return data.items().stream()
        .flatMap(item -> item.images().stream())
        .map(VqaImage::identity)
        .collect(Collectors.toSet());
  }

  /** Collects sections. */
  private static final class Builder {
    private final Set<Problem> checked;
    private final List<Section> sections = new ArrayList<>();
    private final List<Shared> shared = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private final Map<Problem, Integer> counts = new EnumMap<>(Problem.class);

    Builder(Set<Problem> checked) {
      this.checked = checked;
    }

    void folder(String name, VqaDataset train, VqaDataset test) {
      Set<String> trained = identities(train);
      add(train, Set.of());
      add(test, trained);
      if (train.size() > 0 && test.size() > 0) {
        Set<String> tested = identities(test);
        Set<String> both = new HashSet<>(tested);
        both.retainAll(trained);
        int items =
            test.filter(
                    item -> item.images().stream().map(VqaImage::identity).anyMatch(both::contains))
                .size();
        shared.add(new Shared(name, both.size(), tested.size(), items, test.size()));
      }
    }

    void add(VqaDataset data, Set<String> otherPart) {
      Inspection inspection = Inspection.of(data, otherPart, checked);
      findings.addAll(inspection.findings());
      inspection.counts().forEach((problem, count) -> counts.merge(problem, count, Integer::sum));
      if (data.size() > 0) {
        sections.add(Section.of(data));
      }
    }

    Audit build() {
      return new Audit(sections, shared, counts, findings);
    }
  }

  /**
   * The items that have one of some problems.
   *
   * @param gates the problems that must not be there
   */
  public long items(Set<Problem> gates) {
    return findings.stream()
        .filter(finding -> gates.contains(finding.problem()))
        .map(Finding::source)
        .distinct()
        .count();
  }

  /** Everything as one JSON object. */
  public String json() {
    ObjectNode root = MAPPER.createObjectNode();
    root.set("splits", MAPPER.valueToTree(sections));
    root.set("sharedByTrainAndTest", MAPPER.valueToTree(shared));
    ObjectNode problems = root.putObject("problems");
    counts.forEach((problem, count) -> problems.put(problem.label(), count));
    ArrayNode rows = root.putArray("findings");
    for (Finding finding : findings) {
      rows.addObject()
          .put("problem", finding.problem().label())
          .put("file", finding.source().file().toString())
          .put("index", finding.source().index())
          .put("detail", finding.detail());
    }
    return root.toPrettyString();
  }

  /** For the terminal: the counts, and the first findings of every kind. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Section section : sections) {
      line(text, "%s: %,d items, %,d images", section.name(), section.items(), section.images());
      line(text, "  modality  %s", row(section.modalities()));
      line(text, "  task      %s", row(section.tasks()));
    }
    for (Shared leak : shared) {
      line(
          text,
          "%s: %,d of %,d test images are training images, too; %,d of %,d test items show one",
          leak.folder(),
          leak.images(),
          leak.testImages(),
          leak.items(),
          leak.testItems());
    }
    counts.forEach((problem, count) -> findings(text, problem, count));
    return text.toString();
  }

  private void findings(StringBuilder text, Problem problem, int count) {
    line(text, "%s: %,d", problem.label(), count);
    findings.stream()
        .filter(finding -> finding.problem() == problem)
        .limit(SHOWN)
        .forEach(finding -> line(text, "  %s: %s", finding.source(), finding.detail()));
    if (count > SHOWN) {
      line(text, "  ... and %,d more", count - SHOWN);
    }
  }

  private static String row(Map<String, Integer> counts) {
    return counts.entrySet().stream()
        .filter(entry -> entry.getValue() > 0)
        .map(entry -> String.format(Locale.ROOT, "%s %,d", entry.getKey(), entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
