package ai.medr1.grpo.config;

import ai.medr1.core.AtomicFile;
import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads configuration records from YAML and {@code key=value} settings, and writes them.
 *
 * <p>Keys are the components of the records; keys of nested records are written with dots in
 * settings: {@code optimizer.learningRate=2e-6}. What is not given keeps its default. Unknown keys
 * and values of a wrong type are errors that name the line.
 */
public final class ConfigFile {
  private ConfigFile() {}

  /** The defaults, changed by the file, then by the settings in their order. */
  public static <T extends Record> T read(T defaults, Path file, List<String> settings) {
    List<Layer> layers = new ArrayList<>();
    layers.add(new Layer(file.toString(), parse(file)));
    settings.forEach(setting -> layers.add(parseSetting(setting)));
    return RecordBinder.bind(defaults, layers);
  }

  /** The configuration, changed by settings. */
  public static <T extends Record> T with(T config, String... settings) {
    return RecordBinder.bind(
        config, List.of(settings).stream().map(ConfigFile::parseSetting).toList());
  }

  static void require(Path file, String key, Path value, String what) {
    if (value.toString().isEmpty()) {
      throw new InputException(
          "%s: %s is missing: write %s: and %s".formatted(file, key, key, what));
    }
  }

  /** Writes every value, so that the run can be repeated from this file alone. */
  public static void write(Record config, Path file) {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    String text = new Yaml(options).dump(RecordBinder.toMap(config));
    AtomicFile.write(file, text);
  }

  /** The keys, with dots, whose values differ between two configurations of one kind. */
  public static <T extends Record> List<String> differences(T one, T other) {
    Map<String, Object> a = RecordBinder.flat(one);
    Map<String, Object> b = RecordBinder.flat(other);
    return a.keySet().stream().filter(key -> !Objects.equals(a.get(key), b.get(key))).toList();
  }

  /**
   * A source of values.
   *
   * @param source the file, or the setting as it was given
   */
  record Layer(String source, MappingNode values) {
    /** Where a node stands, as a reader would look it up. */
    String place(Node node) {
      return source.startsWith("--set")
          ? source
          : source + ":" + (node.getStartMark().getLine() + 1);
    }
  }

  private static MappingNode parse(Path file) {
    try (var reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      Node root = yaml().compose(reader);
      if (root == null) {
        return mapping(List.of());
      }
      if (root instanceof MappingNode mapping) {
        return mapping;
      }
      throw new InputException(file + ": expected lines of key: value, found something else");
    } catch (MarkedYAMLException e) {
      String line = e.getProblemMark() == null ? "" : ":" + (e.getProblemMark().getLine() + 1);
      throw new InputException(file + line + ": not YAML, " + e.getProblem(), e);
    } catch (YAMLException e) {
      String why = e.getCause() instanceof IOException io ? IoReason.of(io) : "" + e.getMessage();
      throw new InputException("cannot read the configuration " + file + ": " + why, e);
    } catch (IOException e) {
      throw new InputException("cannot read the configuration " + file + ": " + IoReason.of(e), e);
    }
  }

  private static Layer parseSetting(String setting) {
    int equals = setting.indexOf('=');
    if (equals < 1) {
      throw new InputException(
          "--set %s: expected key=value, for example --set group=8".formatted(setting));
    }
    Node value = value(setting.substring(equals + 1).strip());
    String[] keys = setting.substring(0, equals).strip().split("\\.", -1);
    for (int i = keys.length - 1; i >= 0; i--) {
      value = mapping(List.of(new NodeTuple(scalar(keys[i]), value)));
    }
    return new Layer("--set " + setting, (MappingNode) value);
  }

  /** Lists may be written as in YAML; anything else is taken letter by letter, as paths need it. */
  private static Node value(String text) {
    if (!text.startsWith("[")) {
      return scalar(text);
    }
    try {
      return yaml().compose(new StringReader(text));
    } catch (YAMLException e) {
      throw new InputException(
          "--set: %s is no list, which is written like [a, b]".formatted(text), e);
    }
  }

  private static Yaml yaml() {
    return new Yaml(new SafeConstructor(new LoaderOptions()));
  }

  private static MappingNode mapping(List<NodeTuple> values) {
    return new MappingNode(Tag.MAP, values, DumperOptions.FlowStyle.AUTO);
  }

  private static ScalarNode scalar(String text) {
    return new ScalarNode(Tag.STR, text, null, null, DumperOptions.ScalarStyle.PLAIN);
  }
}
