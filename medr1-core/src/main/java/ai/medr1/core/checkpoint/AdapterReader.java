package ai.medr1.core.checkpoint;

import ai.medr1.core.InputException;
import ai.medr1.core.checkpoint.Adapter.Branch;
import ai.medr1.core.checkpoint.Adapter.Rows;
import ai.medr1.core.checkpoint.Adapter.Start;
import ai.medr1.core.checkpoint.AdapterKey.Role;
import ai.medr1.core.config.ModelConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Makes an {@link Adapter} of the tensors of a file. */
final class AdapterReader {
  private static final List<String> TABLES = List.of(Parameters.EMBEDDING, Parameters.HEAD);
  private static final String EMBEDDING = layer(Parameters.EMBEDDING);
  private static final String HEAD = layer(Parameters.HEAD);

  private record Found(AdapterKey key, TensorInfo info) {}

  private final Path file;
  private final AdapterConfig config;
  private final boolean tied;
  private final Map<String, List<Long>> shapes;
  private final Map<String, Map<Role, Found>> layers = new TreeMap<>();
  private final Map<String, Found> whole = new TreeMap<>();

  private AdapterReader(Path file, AdapterConfig config, ModelConfig model) {
    this.file = file;
    this.config = config;
    this.tied = model.tieWordEmbeddings();
    this.shapes = Parameters.of(Adapter.untied(model));
  }

  static Adapter read(Path dir, AdapterConfig config, ModelConfig model) {
    Path file = dir.resolve(Adapter.WEIGHTS);
    if (!Files.exists(file)) {
      throw new InputException(
          "%s has no %s; adapters in pickle files are not read, save it again with PEFT"
              .formatted(dir, Adapter.WEIGHTS));
    }
    AdapterReader reader = new AdapterReader(file, config, model);
    reader.sort(SafetensorsFile.read(file).tensors());
    return reader.adapter(dir);
  }

  private void sort(Map<String, TensorInfo> tensors) {
    Set<String> names = new TreeSet<>();
    for (TensorInfo info : tensors.values()) {
      AdapterKey key =
          AdapterKey.read(info.name(), shapes.keySet())
              .orElseThrow(
                  () ->
                      new InputException(
                          "%s: tensor %s belongs to no layer of this model; is the adapter for another one?"
                              .formatted(file, info.name())));
      key.adapter().ifPresent(names::add);
      add(new Found(key, info));
    }
    if (names.size() > 1) {
      throw new InputException(
          "%s holds more than one adapter, %s: save the one that is meant"
              .formatted(file, Problems.some(names)));
    }
  }

  private void add(Found found) {
    Found other =
        switch (found.key().role()) {
          case SURPLUS -> null;
          case WHOLE -> whole.put(found.key().name(), found);
          default ->
              layers
                  .computeIfAbsent(found.key().name(), name -> new EnumMap<>(Role.class))
                  .put(found.key().role(), found);
        };
    if (other != null) {
      throw new InputException(
          "%s has one tensor twice: as %s and as %s"
              .formatted(file, other.info().name(), found.info().name()));
    }
  }

  private Adapter adapter(Path dir) {
    boolean unties = unties();
    Map<String, TensorInfo> replaced = replaced();
    Map<String, Branch> branches = new LinkedHashMap<>();
    Map<String, Rows> rows = new LinkedHashMap<>();
    layers.forEach(
        (layer, parts) -> {
          Found trained = parts.get(Role.ROWS);
          if (trained != null) {
            rows.put(layer, rows(trained));
          }
          if (hasOtherThan(Role.ROWS, layer)) {
            branches.put(layer, branch(layer, parts));
          }
        });
    if (replaced.isEmpty() && branches.isEmpty() && rows.isEmpty()) {
      throw new InputException(file + " has no tensors");
    }
    if (unties && rows.containsKey(EMBEDDING) && !isCopy(Parameters.HEAD)) {
      rows.putIfAbsent(HEAD, rows.get(EMBEDDING)); // the rows of both were one
    }
    return new Adapter(
        dir,
        Collections.unmodifiableMap(branches),
        Collections.unmodifiableMap(replaced),
        Collections.unmodifiableMap(rows),
        unties);
  }

  // ---- whole tensors

  private Map<String, TensorInfo> replaced() {
    Map<String, TensorInfo> replaced = new LinkedHashMap<>();
    whole.forEach((name, found) -> replaced.put(name, shaped(found, shape(name))));
    // A table that is both embedding and head is one in PEFT, too, as long as no copy was made.
    for (String name : TABLES) {
      if (tied && whole.containsKey(name) && !isCopy(name)) {
        TABLES.stream()
            .filter(table -> !whole.containsKey(table))
            .forEach(table -> replaced.put(table, found(name)));
      }
    }
    if (tied && !unties()) {
      replaced.remove(Parameters.HEAD);
    }
    return replaced;
  }

  private TensorInfo found(String name) {
    return checkedGet(whole, name).info();
  }

  private boolean isCopy(String table) {
    Found found = whole.get(table);
    return found != null && !found.key().isOfBase(config.modulesToSave());
  }

  /** Whether embedding and head no longer are one table. */
  private boolean unties() {
    boolean copies =
        TABLES.stream().anyMatch(this::isCopy)
            && !(config.tiesWeights() && whole.keySet().containsAll(TABLES));
    boolean branches = Stream.of(EMBEDDING, HEAD).anyMatch(table -> hasOtherThan(Role.ROWS, table));
    return tied && (copies || branches || roles(HEAD).contains(Role.ROWS));
  }

  private boolean hasOtherThan(Role role, String layer) {
    return roles(layer).stream().anyMatch(found -> found != role);
  }

  private Set<Role> roles(String layer) {
    return layers.getOrDefault(layer, Map.of()).keySet();
  }

  // ---- branches

  private Branch branch(String layer, Map<Role, Found> parts) {
    boolean embedding = parts.containsKey(Role.EMBEDDING_DOWN);
    Found down = part(layer, parts, embedding ? Role.EMBEDDING_DOWN : Role.DOWN);
    Found up = part(layer, parts, embedding ? Role.EMBEDDING_UP : Role.UP);
    int rank = config.rankOf(down.key());
    List<Long> weight = shape(layer + ".weight");
    long out = weight.get(0);
    List<Long> inputs = weight.subList(1, weight.size());
    TensorInfo first =
        embedding
            ? shaped(down, List.of((long) rank, out))
            : flat(shaped(down, joined((long) rank, inputs)));
    TensorInfo second =
        embedding
            ? shaped(up, List.of(inputs.get(0), (long) rank))
            : flat(shaped(up, joined(out, ones(rank, inputs.size()))));
    Found bias = parts.get(Role.UP_BIAS);
    if (bias != null && layer.equals(HEAD)) {
      throw new InputException(
          "%s: tensor %s adds to every logit, which a checkpoint has no place for; train without lora_bias"
              .formatted(file, bias.info().name()));
    }
    return new Branch(
        rank,
        config.scaleOf(down.key()),
        first,
        second,
        Optional.ofNullable(bias).map(found -> shaped(found, List.of(out))),
        embedding,
        start(layer, rank, embedding, weight));
  }

  private Start start(String layer, int rank, boolean embedding, List<Long> weight) {
    if (embedding || whole.containsKey(layer + ".weight")) {
      return Start.PLAIN; // PEFT changes no embedding, and what the file has it takes as it is
    }
    boolean table = layer.equals(HEAD) || layer.equals(EMBEDDING);
    if (config.start() != Start.PLAIN && (weight.size() != 2 || (tied && table))) {
      throw new InputException(
          "%s: init_lora_weights is %s for %s, where the weights that the adapter belongs to are not known; convert it to a plain adapter with PEFT"
              .formatted(config.file(), config.start(), layer));
    }
    if (config.start() != Start.PLAIN && rank > Collections.min(weight)) {
      throw new InputException(
          "%s: rank %d of %s is more than its weight %s has"
              .formatted(config.file(), rank, layer, weight));
    }
    return config.start();
  }

  private Found part(String layer, Map<Role, Found> parts, Role role) {
    Found found = parts.get(role);
    if (found == null) {
      boolean down = role == Role.DOWN || role == Role.EMBEDDING_DOWN;
      throw new InputException(
          "%s lacks the tensor %s"
              .formatted(file, down ? LoraLayers.down(layer) : LoraLayers.up(layer)));
    }
    return found;
  }

  private static List<Long> joined(long first, List<Long> rest) {
    return IntStream.rangeClosed(0, rest.size())
        .mapToObj(i -> i == 0 ? first : rest.get(i - 1))
        .toList();
  }

  /** Behind the rank, a convolution's B has sizes of 1. */
  private static List<Long> ones(long rank, int dimensions) {
    return IntStream.range(0, dimensions).mapToObj(i -> i == 0 ? rank : 1L).toList();
  }

  private static TensorInfo flat(TensorInfo info) {
    long rows = info.shape().get(0);
    return new TensorInfo(
        info.name(),
        info.dtype(),
        List.of(rows, info.elements() / rows),
        info.file(),
        info.offset(),
        info.bytes());
  }

  // ---- rows

  private Rows rows(Found found) {
    int[] tokens = config.tokensOf(found.key());
    List<Long> table = shape(found.key().name() + ".weight");
    if (table.size() != 2 || Arrays.stream(tokens).anyMatch(token -> token >= table.get(0))) {
      throw new InputException(
          "%s: trainable_token_indices are beyond the %d rows of %s"
              .formatted(config.file(), table.get(0), found.key().name()));
    }
    TensorInfo values = shaped(found, List.of((long) tokens.length, table.get(1)));
    return new Rows(values, Arrays.stream(tokens).boxed().toList());
  }

  // ---- shapes

  private static String layer(String tensor) {
    return tensor.substring(0, tensor.lastIndexOf('.'));
  }

  private List<Long> shape(String tensor) {
    return checkedGet(shapes, tensor);
  }

  private static <T> T checkedGet(Map<String, T> map, String name) {
    return Optional.ofNullable(map.get(name)).orElseThrow();
  }

  private TensorInfo shaped(Found found, List<Long> shape) {
    TensorInfo info = found.info();
    if (!info.shape().equals(shape) || !info.dtype().isWeight()) {
      throw new InputException(
          "%s: tensor %s has shape %s and type %s, expected %s and F32, BF16 or F16; is the adapter for another model?"
              .formatted(file, info.name(), info.shape(), info.dtype(), shape));
    }
    return info;
  }
}
