package ai.medr1.core.text;

import ai.medr1.core.FileKind;
import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import ai.medr1.core.JsonFile;
import ai.medr1.core.Warnings;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the chat template of a checkpoint directory where transformers' processors look for it, in
 * this order: the key {@code chat_template} of processor_config.json, chat_template.json,
 * chat_template.jinja, and, where those are silent, the key {@code chat_template} of
 * tokenizer_config.json. Of several named templates it is the one named default.
 */
final class TemplateFiles {
  private static final Logger LOG = LoggerFactory.getLogger(TemplateFiles.class);
  private static final String KEY = "chat_template";
  private static final String FOLDER = "additional_chat_templates";

  /**
   * A template.
   *
   * @param file that it comes from
   */
  record Found(String template, Path file) {}

  private final Path dir;

  private TemplateFiles(Path dir) {
    this.dir = dir;
  }

  /**
   * The template of a directory.
   *
   * @throws InputException if there is none, or its file is damaged
   */
  static Found of(Path dir) {
    TemplateFiles files = new TemplateFiles(dir);
    Optional<Found> old = files.keyOf("chat_template.json");
    Optional<Found> raw = files.jinja();
    files.refuseMixture(old);
    List<Found> found =
        Stream.of(files.keyOf("processor_config.json"), old, raw)
            .flatMap(Optional::stream)
            .toList();
    if (found.isEmpty()) {
      return files.keyOf("tokenizer_config.json").orElseThrow(files::missing);
    }
    Found first = found.get(0);
    found.stream()
        .filter(other -> !other.template().equals(first.template()))
        .forEach(
            other ->
                Warnings.once(
                    LOG,
                    "%s is ignored: %s has another chat template and goes before it, as in transformers"
                        .formatted(other.file(), first.file().getFileName())));
    return first;
  }

  /** Transformers refuses the old file beside the new folder, too. */
  private void refuseMixture(Optional<Found> old) {
    if (old.isPresent() && !named().isEmpty()) {
      throw new InputException(
          "%s and the folder %s contradict each other; delete the one that is not wanted"
              .formatted(old.get().file(), FOLDER));
    }
  }

  private Optional<Found> jinja() {
    Path file = dir.resolve("chat_template.jinja");
    if (!present(file)) {
      return Optional.empty();
    }
    FileKind.mistaken(file, "a chat template", FileKind.TEXT, FileKind.JSON, FileKind.SVG)
        .ifPresent(
            told -> {
              throw new InputException(told);
            });
    try {
      String text = Files.readString(file);
      return Optional.of(new Found(text.startsWith("\ufeff") ? text.substring(1) : text, file));
    } catch (IOException e) {
      throw new InputException("cannot read " + file + ": " + IoReason.of(e), e);
    }
  }

  private Optional<Found> keyOf(String name) {
    Path file = dir.resolve(name);
    JsonNode json = present(file) ? JsonFile.read(file) : null;
    if (json == null || !json.hasNonNull(KEY)) {
      if (name.equals("chat_template.json") && json != null) {
        throw notText(file, json.path(KEY));
      }
      return Optional.empty();
    }
    JsonNode template = json.path(KEY);
    if (template.isObject()) {
      template = template.path("default");
    }
    for (JsonNode named : template.isArray() ? template : List.<JsonNode>of()) {
      if (named.path("name").asText().equals("default")) {
        template = named.path("template");
      }
    }
    if (!template.isTextual()) {
      throw notText(file, json.path(KEY));
    }
    return Optional.of(new Found(template.textValue(), file));
  }

  private static InputException notText(Path file, JsonNode found) {
    return new InputException(
        "%s: the key chat_template is to be a text, or a list with one named 'default', found %s"
            .formatted(file, found.getNodeType()));
  }

  private InputException missing() {
    String others =
        named().isEmpty() ? "" : " (in the folder " + FOLDER + " are only " + named() + ")";
    return new InputException(
        dir
            + " has no chat template"
            + others
            + ": expected chat_template.json, chat_template.jinja or a key chat_template in"
            + " tokenizer_config.json; copy chat_template.json from the public checkpoint");
  }

  private List<String> named() {
    Path folder = dir.resolve(FOLDER);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(".jinja"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new InputException("cannot read " + folder + ": " + IoReason.of(e), e);
    }
  }

  private static boolean present(Path file) {
    return FileKind.of(file) != FileKind.MISSING;
  }
}
