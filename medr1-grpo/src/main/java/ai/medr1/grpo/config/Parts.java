package ai.medr1.grpo.config;

import ai.medr1.core.InputException;
import ai.medr1.data.Columns;
import ai.medr1.data.DataFiles;
import ai.medr1.data.DataForm;
import ai.medr1.data.DataSource;
import ai.medr1.eval.AnswerReader;
import ai.medr1.grpo.loss.Advantages;
import ai.medr1.grpo.loss.PolicyLoss;
import ai.medr1.grpo.reward.Reward;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds the parts that a configuration names: medr1's own, and those of {@link Extension}s. */
public final class Parts {
  private static volatile @Nullable List<Extension> found;

  /** The name of the reader that fits the prompt. */
  static final String OF_PROMPT = "prompt";

  private Parts() {}

  /** The loss of a run. */
  public static PolicyLoss loss(GrpoConfig config) {
    return named(Extension::losses, "loss", config.loss()).apply(config);
  }

  /** How the completions of a run are compared. */
  public static Advantages advantages(GrpoConfig config) {
    return named(Extension::advantages, "advantage", config.advantage()).apply(config);
  }

  /**
   * The rewards that have a weight. Names that no part has are left out: a program may add rewards
   * of its own to the {@link ai.medr1.grpo.Recipe}.
   *
   * @throws InputException if the reward of an extension has another name than it is known by
   */
  public static List<Reward> rewards(GrpoConfig config) {
    List<Reward> rewards = new ArrayList<>();
    all(Extension::rewards, "reward")
        .forEach(
            (name, make) -> {
              if (config.rewards().containsKey(name)) {
                Reward reward = make.apply(config);
                if (!reward.name().equals(name)) {
                  throw new InputException(
                      "the reward %s of an extension calls itself %s; give it one name"
                          .formatted(name, reward.name()));
                }
                rewards.add(reward);
              }
            });
    return rewards;
  }

  /** The names of all rewards that a configuration can give a weight. */
  public static List<String> rewardNames() {
    return List.copyOf(all(Extension::rewards, "reward").keySet());
  }

  /** How an evaluation reads answers; null where the prompt decides. */
  static @Nullable AnswerReader reader(String name) {
    return name.equals(OF_PROMPT)
        ? null
        : named(Extension::answerReaders, "reader", name, List.of(OF_PROMPT));
  }

  /** Items in a form that has a name: that of files, or that of an extension. */
  static DataSource source(Path path, Path images, String form, Map<String, List<String>> columns) {
    BiFunction<Path, Path, DataSource> own = all(Extension::dataSources, "form").get(form);
    if (own == null) {
      return new DataFiles(path, images, DataForm.named(form), new Columns(columns));
    }
    if (!columns.isEmpty()) {
      throw new InputException(
          "columns is given, but form is %s, which has none; remove one".formatted(form));
    }
    return own.apply(path, images);
  }

  /** The name of a form as it is written: {@code pmc-vqa} for {@code PMC_VQA}. */
  static String form(String name) {
    List<String> files = Arrays.stream(DataForm.values()).map(DataForm::label).toList();
    String label = name.toLowerCase(Locale.ROOT).replace('_', '-');
    if (files.contains(label)) {
      return label;
    }
    named(Extension::dataSources, "form", name, files);
    return name;
  }

  /** Refuses names that no part has. */
  static void requireKnown(String loss, String advantage) {
    named(Extension::losses, "loss", loss);
    named(Extension::advantages, "advantage", advantage);
  }

  private static <T> T named(Function<Extension, Map<String, T>> kind, String key, String name) {
    return named(kind, key, name, List.of());
  }

  /**
   * The part with a name.
   *
   * @param besides what else may stand there
   */
  private static <T> T named(
      Function<Extension, Map<String, T>> kind, String key, String name, List<String> besides) {
    Map<String, T> all = all(kind, key);
    T part = all.get(name);
    if (part == null) {
      List<String> known = new ArrayList<>(besides);
      known.addAll(all.keySet());
      throw new IllegalArgumentException(
          "%s is one of %s, found %s".formatted(key, String.join(", ", known), name));
    }
    return part;
  }

  private static <T> Map<String, T> all(Function<Extension, Map<String, T>> kind, String what) {
    Map<String, T> all = new LinkedHashMap<>();
    for (Extension extension : extensions()) {
      kind.apply(extension)
          .forEach(
              (name, part) -> {
                if (all.putIfAbsent(name, part) != null) {
                  throw new InputException(
                      "the extension %s has a %s named %s, but there is one already; rename it"
                          .formatted(extension.getClass().getName(), what, name));
                }
              });
    }
    return all;
  }

  private static List<Extension> extensions() {
    List<Extension> known = found;
    if (known == null) {
      known = load();
      found = known;
    }
    return known;
  }

  private static List<Extension> load() {
    List<Extension> extensions = new ArrayList<>(List.of(new MedR1Parts()));
    try {
      ServiceLoader.load(Extension.class).forEach(extensions::add);
    } catch (ServiceConfigurationError e) {
      throw new InputException("an extension cannot be loaded: " + e.getMessage(), e);
    }
    return List.copyOf(extensions);
  }
}
