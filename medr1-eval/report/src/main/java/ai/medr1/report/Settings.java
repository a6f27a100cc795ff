package ai.medr1.report;

import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * With what a run was made.
 *
 * @param configuration the text of its configuration
 * @param environment the machine and the software
 */
record Settings(Optional<String> configuration, Optional<JsonNode> environment) {
  static final Settings NONE = new Settings(Optional.empty(), Optional.empty());

  static Settings of(Path directory) {
    return new Settings(
        Stream.of("config.yaml", "config.json", "experiment.yaml")
            .map(directory::resolve)
            .filter(Files::isRegularFile)
            .findFirst()
            .map(Settings::read),
        JsonFiles.tree(directory.resolve("environment.json")));
  }

  /** These, with the environment of others where there is none. */
  Settings orEnvironmentOf(Stream<Settings> others) {
    return new Settings(
        configuration,
        environment.or(() -> others.flatMap(s -> s.environment().stream()).findFirst()));
  }

  boolean isEmpty() {
    return configuration.isEmpty() && environment.isEmpty();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new InputException("cannot read " + file + ": " + IoReason.of(e), e);
    }
  }
}
