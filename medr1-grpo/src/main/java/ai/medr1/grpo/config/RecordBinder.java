package ai.medr1.grpo.config;

import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import ai.medr1.grpo.config.ConfigFile.Layer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Puts YAML values into the components of records, and takes them out again. */
final class RecordBinder {
  private final Set<String> known;

  private RecordBinder(Set<String> known) {
    this.known = known;
  }

  /** A copy of the record in which later layers win over earlier ones. */
  static <T extends Record> T bind(T defaults, List<Layer> layers) {
    Set<String> known = new LinkedHashSet<>();
    collectKeys(defaults, "", known);
    return new RecordBinder(known).record(defaults, "", layers);
  }

  /** The record as YAML writes it. */
  static Map<String, Object> toMap(Record config) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (RecordComponent component : config.getClass().getRecordComponents()) {
      map.put(component.getName(), plain(get(config, component)));
    }
    return map;
  }

  /** Values by their keys with dots. */
  static Map<String, Object> flat(Record config) {
    Map<String, Object> flat = new LinkedHashMap<>();
    for (RecordComponent component : config.getClass().getRecordComponents()) {
      Object value = get(config, component);
      if (value instanceof Record nested) {
        flat(nested).forEach((key, v) -> flat.put(component.getName() + "." + key, v));
      } else {
        flat.put(component.getName(), value);
      }
    }
    return flat;
  }

  private static Object plain(Object value) {
    if (value instanceof Record nested) {
      return toMap(nested);
    }
    if (value instanceof List<?> list) {
      // A list of its own: YAML would write one that occurs twice as an alias.
      return new ArrayList<>(list.stream().map(RecordBinder::plain).toList());
    }
    if (value instanceof Enum<?> constant) {
      return constant.name().toLowerCase(Locale.ROOT);
    }
    return value instanceof Path ? value.toString() : value;
  }

  private <T extends Record> T record(T defaults, String prefix, List<Layer> layers) {
    Map<String, List<Given>> given = given(layers, prefix);
    RecordComponent[] components = defaults.getClass().getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String name = components[i].getName();
      Object old = get(defaults, components[i]);
      List<Given> found = given.getOrDefault(name, List.of());
      values[i] = component(old, prefix + name, components[i].getGenericType(), found);
    }
    return construct(defaults, prefix, values, layers);
  }

  private Object component(Object old, String key, Type type, List<Given> given) {
    if (given.isEmpty()) {
      return old;
    }
    if (old instanceof Record nested) {
      return record(nested, key + ".", nested(given, key));
    }
    if (old instanceof Map<?, ?> map) {
      return map(map, key, ((ParameterizedType) type).getActualTypeArguments()[1], given);
    }
    Given last = given.get(given.size() - 1);
    return isListOfRecords(type) ? records(key, type, last) : last.value(key, type);
  }

  private static boolean isListOfRecords(Type type) {
    return type instanceof ParameterizedType list
        && list.getActualTypeArguments()[0] instanceof Class<?> element
        && element.isRecord();
  }

  /** A list of blocks; each of them changes the defaults of its record. */
  private static List<Object> records(String key, Type listType, Given given) {
    Class<?> type = (Class<?>) ((ParameterizedType) listType).getActualTypeArguments()[0];
    List<Object> records = new ArrayList<>();
    for (Given element : given.elements()) {
      String place = key + "[" + records.size() + "]";
      Record blank = defaults(type);
      Set<String> known = new LinkedHashSet<>();
      collectKeys(blank, place + ".", known);
      records.add(
          new RecordBinder(known).record(blank, place + ".", List.of(element.layer(place))));
    }
    return records;
  }

  /** What a record of a list is without any key: the record's static method defaults(). */
  private static Record defaults(Class<?> type) {
    try {
      return (Record) type.getDeclaredMethod("defaults").invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " is in a list, but has no static defaults()", e);
    }
  }

  private Map<Object, Object> map(Map<?, ?> old, String key, Type type, List<Given> given) {
    Map<Object, Object> map = new LinkedHashMap<>(old);
    for (Layer layer : nested(given, key)) {
      for (NodeTuple entry : layer.values().getValue()) {
        String name = name(entry);
        map.put(name, new Given(layer, entry.getValueNode()).value(key + "." + name, type));
      }
    }
    return map;
  }

  private static List<Layer> nested(List<Given> given, String key) {
    return given.stream().map(g -> g.layer(key)).toList();
  }

  /** Values by key, those of later layers last. */
  private Map<String, List<Given>> given(List<Layer> layers, String prefix) {
    Map<String, List<Given>> given = new LinkedHashMap<>();
    for (Layer layer : layers) {
      Set<String> seen = new LinkedHashSet<>();
      for (NodeTuple entry : layer.values().getValue()) {
        String name = name(entry);
        String place = layer.place(entry.getKeyNode());
        checkKnown(prefix + name, place);
        checkPlain(name, place);
        if (!seen.add(name)) {
          throw new InputException(
              "%s: %s%s is given twice; leave one".formatted(place, prefix, name));
        }
        given
            .computeIfAbsent(name, n -> new ArrayList<>())
            .add(new Given(layer, entry.getValueNode()));
      }
    }
    return given;
  }

  private void checkKnown(String key, String place) {
    if (!known.contains(key)) {
      throw new InputException(
          "%s: unknown key %s; did you mean %s?".formatted(place, key, Nearest.of(key, known)));
    }
  }

  /** Dots lead into blocks in --set alone; in a file, such a key would be read by no record. */
  private static void checkPlain(String name, String place) {
    int dot = name.indexOf('.');
    if (dot >= 0) {
      throw new InputException(
          "%s: %s: a file has no keys with dots; write %s: and, indented below it, %s: …"
              .formatted(place, name, name.substring(0, dot), name.substring(dot + 1)));
    }
  }

  private static <T extends Record> T construct(
      T like, String prefix, Object[] values, List<Layer> layers) {
    Class<?>[] types =
        Arrays.stream(like.getClass().getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      @SuppressWarnings("unchecked")
      T record = (T) like.getClass().getDeclaredConstructor(types).newInstance(values);
      return record;
    } catch (InvocationTargetException e) {
      String sources = layers.stream().map(Layer::source).collect(Collectors.joining(", "));
      String message = Optional.ofNullable(e.getCause()).orElse(e).getMessage();
      throw new InputException(sources + ": " + prefix + message, e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void collectKeys(Record config, String prefix, Set<String> keys) {
    for (RecordComponent component : config.getClass().getRecordComponents()) {
      String key = prefix + component.getName();
      keys.add(key);
      if (get(config, component) instanceof Record nested) {
        collectKeys(nested, key + ".", keys);
      }
    }
  }

  private static String name(NodeTuple entry) {
    return entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "(not a name)";
  }

  private static Object get(Record config, RecordComponent component) {
    try {
      return component.getAccessor().invoke(config);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A value as it stands in a file or a setting. */
  private record Given(Layer source, Node node) {

    Layer layer(String key) {
      if (node instanceof MappingNode mapping) {
        return new Layer(source.source(), mapping);
      }
      throw wrong(key, "a block of keys");
    }

    Object value(String key, Type type) {
      if (type instanceof ParameterizedType list) {
        return list(key, list.getActualTypeArguments()[0]);
      }
      if (!(node instanceof ScalarNode scalar)) {
        throw wrong(key, Scalars.describe((Class<?>) type));
      }
      Class<?> wanted = (Class<?>) type;
      try {
        return Scalars.parse(scalar.getValue().strip(), wanted)
            .orElseThrow(() -> wrong(key, Scalars.describe(wanted)));
      } catch (InvalidPathException e) {
        throw wrong(key, "a path (" + IoReason.of(e) + ")");
      }
    }

    private List<Object> list(String key, Type type) {
      return elements().stream().map(element -> element.value(key, type)).toList();
    }

    /** Those of a list; of anything else, itself. */
    List<Given> elements() {
      List<Node> nodes =
          node instanceof SequenceNode sequence ? sequence.getValue() : List.of(node);
      return nodes.stream().map(n -> new Given(source, n)).toList();
    }

    private InputException wrong(String key, String expected) {
      String found =
          switch (node.getNodeId()) {
            case scalar -> "\"" + ((ScalarNode) node).getValue() + "\"";
            case sequence -> "a list";
            default -> "a block of keys";
          };
      return new InputException(
          "%s: %s: expected %s, found %s".formatted(source.place(node), key, expected, found));
    }
  }
}
