package ai.medr1.report;

import ai.medr1.report.internal.figure.Table;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Configuration and environment of every run that tells. */
final class SettingsSection {
  private SettingsSection() {}

  static void write(Page page, List<RunInput> runs) {
    List<RunInput> telling = runs.stream().filter(run -> !run.settings().isEmpty()).toList();
    if (!telling.isEmpty()) {
      page.section("Configuration and environment");
      environments(
          page, telling.stream().filter(r -> r.settings().environment().isPresent()).toList());
      telling.forEach(run -> configuration(page, run));
      page.endSection();
    }
  }

  /** A column for every run. */
  private static void environments(Page page, List<RunInput> runs) {
    Set<String> keys = new LinkedHashSet<>();
    runs.forEach(run -> environment(run).fieldNames().forEachRemaining(keys::add));
    List<String> header = new ArrayList<>(List.of(""));
    runs.forEach(run -> header.add(run.name()));
    List<List<String>> rows = new ArrayList<>();
    for (String key : keys) {
      List<String> row = new ArrayList<>(List.of(key));
      runs.forEach(run -> row.add(Statistics.value(environment(run).path(key))));
      rows.add(row);
    }
    if (!rows.isEmpty()) {
      page.table("Environment", new Table(header, rows));
    }
  }

  private static JsonNode environment(RunInput run) {
    return run.settings().environment().orElseThrow();
  }

  private static void configuration(Page page, RunInput run) {
    run.settings()
        .configuration()
        .ifPresent(
            text ->
                page.closed("Configuration, " + run.name(), () -> page.html().leaf("pre", text)));
  }
}
