package ai.medr1.examples;

import static org.assertj.core.api.Assertions.assertThat;

import ai.medr1.grpo.config.ConfigFile;
import ai.medr1.grpo.config.ExperimentConfig;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.config.SftConfig;
import ai.medr1.grpo.config.VariantConfig;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

class DocsTest {
  /** Tests run in the folder of the module. */
  private static final Path PROJECT = Path.of("..");

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");

  static Stream<Record> configurations() {
    Path any = Path.of("any");
    return Stream.of(GrpoConfig.of(any, any), SftConfig.of(any, any));
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void theUserGuideNamesEveryKey(Record config, @TempDir Path dir) throws IOException {
    Path file = dir.resolve("config.yaml");
    ConfigFile.write(config, file);
    String guide = Files.readString(PROJECT.resolve("docs/user-guide.md"));

    assertThat(keys("", new Yaml().<Map<?, ?>>load(Files.readString(file))))
        .hasSizeGreaterThan(20)
        .allSatisfy(key -> assertThat(guide).contains("\n| `" + key + "` | "));
  }

  @Test
  void theUserGuideNamesEveryKeyOfExperiments(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("config.yaml");
    ConfigFile.write(ExperimentConfig.defaults(), file);
    String guide = Files.readString(PROJECT.resolve("docs/user-guide.md"));
    String experiments = guide.substring(guide.indexOf("## Experiments"));
    Stream<String> own =
        keys("", new Yaml().<Map<?, ?>>load(Files.readString(file)))
            .filter(key -> !key.matches("(grpo|sft|evaluate)\\..*"));
    Stream<String> ofVariants =
        Arrays.stream(VariantConfig.class.getRecordComponents()).map(RecordComponent::getName);

    assertThat(Stream.concat(own, ofVariants))
        .hasSizeGreaterThan(10)
        .allSatisfy(key -> assertThat(experiments).contains("\n| `" + key + "` | "));
  }

  static Stream<Path> experiments() throws IOException {
    try (Stream<Path> files = Files.list(PROJECT.resolve("examples/configs"))) {
      return files.filter(f -> f.toString().contains("experiment-")).toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("experiments")
  void sampleExperimentsCanBeRead(Path file) {
    ExperimentConfig config = ExperimentConfig.read(file, List.of());

    assertThat(config.variants()).extracting(VariantConfig::name).contains("grpo-think", "sft");
    assertThat(config.variants()).anyMatch(v -> v.train() == VariantConfig.Training.NONE);
  }

  /** Dotted names of the values in nested blocks. */
  private static Stream<String> keys(String prefix, Map<?, ?> block) {
    return block.entrySet().stream()
        .flatMap(
            entry ->
                entry.getValue() instanceof Map<?, ?> nested
                    ? keys(prefix + entry.getKey() + ".", nested)
                    : Stream.of(prefix + entry.getKey()));
  }

  static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    pages.add(PROJECT.resolve("README.md"));
    try (Stream<Path> docs = Files.list(PROJECT.resolve("docs"))) {
      docs.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
    }
    return pages;
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linksLeadSomewhere(Path page) throws IOException {
    LINK.matcher(Files.readString(page))
        .results()
        .map(link -> link.group(1))
        .forEach(target -> assertThat(page.resolveSibling(target)).as("in " + page).exists());
  }

  private static final Pattern ANCHOR = Pattern.compile("\\]\\(([^)#:]*)#([^)]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");

  /** An anchor is the heading in lower case, with hyphens for spaces and without other signs. */
  @ParameterizedTest
  @MethodSource("pages")
  void anchorsAreHeadings(Path page) throws IOException {
    String text = Files.readString(page);
    for (var link : ANCHOR.matcher(text).results().toList()) {
      Path target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
      Stream<String> anchors =
          HEADING
              .matcher(Files.readString(target))
              .results()
              .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
              .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'));
      assertThat(anchors).as("in " + page).contains(link.group(2));
    }
  }

  @Test
  void theReadmeHasLinks() throws IOException {
    assertThat(LINK.matcher(Files.readString(PROJECT.resolve("README.md"))).results())
        .hasSizeGreaterThan(5);
  }
}
