package ai.medr1.data.inspect;

import ai.medr1.core.checkpoint.Adapter;
import ai.medr1.core.checkpoint.Checkpoint;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** An adapter in PEFT's layout, against the model that it changes. */
final class AdapterFacts {
  private static final Pattern NUMBERED = Pattern.compile("\\.\\d+\\.");

  private AdapterFacts() {}

  static ObjectNode of(Path dir, Optional<Path> base) {
    Facts facts = new Facts("adapter", dir);
    facts
        .part(() -> base.orElseGet(() -> Adapter.base(dir)))
        .flatMap(
            model -> {
              facts.found().put("base", model.toString());
              return facts.part(() -> Checkpoint.open(model));
            })
        .flatMap(checkpoint -> facts.part(() -> Adapter.open(dir, checkpoint.config())))
        .ifPresent(adapter -> branches(facts, adapter));
    return facts.end();
  }

  private static void branches(Facts facts, Adapter adapter) {
    TreeSet<String> kinds = new TreeSet<>();
    TreeSet<Integer> ranks = new TreeSet<>();
    TreeSet<Double> scales = new TreeSet<>();
    Map<String, Integer> targets = new TreeMap<>();
    adapter
        .branches()
        .forEach(
            (layer, branch) -> {
              kinds.add(branch.start().name().toLowerCase(Locale.ROOT));
              ranks.add(branch.rank());
              scales.add(branch.scale());
              targets.merge(NUMBERED.matcher(layer).replaceAll(".*."), 1, Integer::sum);
            });
    facts.list("lora", kinds);
    facts.list("rank", ranks.stream().map(String::valueOf).toList());
    facts.list("scale", scales.stream().map(String::valueOf).toList());
    ObjectNode layers = facts.below("targets");
    targets.forEach(layers::put);
    facts.list("replaced", adapter.replaced().keySet());
    facts.list("trainedRows", adapter.rows().keySet());
  }
}
