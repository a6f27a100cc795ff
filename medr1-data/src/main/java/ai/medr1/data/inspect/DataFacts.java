package ai.medr1.data.inspect;

import ai.medr1.data.DataFiles;
import ai.medr1.data.Inspection;
import ai.medr1.data.VqaDataset;
import ai.medr1.data.VqaItem;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Data in any form that trainings and evaluations read. */
final class DataFacts {
  private DataFacts() {}

  static ObjectNode of(Path path) {
    Facts facts = new Facts("data", path);
    DataFiles files = DataFiles.of(path);
    facts
        .part(files::layout)
        .ifPresent(
            layout -> {
              facts.found().put("form", layout.form().label());
              facts.list("columns", layout.columns());
            });
    facts.part(files::all).ifPresent(data -> items(facts, data));
    return facts.end();
  }

  private static void items(Facts facts, VqaDataset data) {
    facts.found().put("items", data.size());
    facts.found().put("images", data.items().stream().mapToInt(item -> item.images().size()).sum());
    counts(facts.below("answers"), data, item -> item.answerKind().name().toLowerCase(Locale.ROOT));
    counts(
        facts.below("modalities"),
        data,
        item -> item.modality().map(m -> m.abbreviation()).orElse("unknown"));
    counts(
        facts.below("tasks"), data, item -> item.task().map(t -> t.fullName()).orElse("unknown"));
    ObjectNode findings = facts.below("findings");
    Inspection.of(data)
        .counts()
        .forEach(
            (problem, count) -> {
              if (count > 0) {
                findings.put(problem.label(), count);
              }
            });
  }

  private interface Key {
    String of(VqaItem item);
  }

  private static void counts(ObjectNode facts, VqaDataset data, Key key) {
    Map<String, Integer> counts = new TreeMap<>();
    data.items().forEach(item -> counts.merge(key.of(item), 1, Integer::sum));
    counts.forEach(facts::put);
  }
}
