package ai.medr1.data;

import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import ai.medr1.data.internal.rows.Row;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Images of a row: paths, bytes, base64, Hugging Face's {@code {bytes, path}}, or lists of these.
 *
 * @param root what paths are relative to
 * @param folders below the root, in which they are looked for, too
 */
record ImageColumns(Path root, List<String> folders) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** How the base64 of PNG, JPEG, GIF, WebP, TIFF and BMP files begins. */
  private static final Pattern BASE64 =
      Pattern.compile(
          "(iVBORw0KGgo|/9j/|R0lGOD|UklGR|SUkq|TU0A|Qk[0-9])[A-Za-z0-9+/\\s]{40,}=*\\s*");

  private static final Pattern DATA_URI = Pattern.compile("data:image/[^,]{0,40};base64,");
  private static final Pattern NUMBERED = Pattern.compile(".*_\\d+");

  /**
   * The images of a row in their order.
   *
   * @param all whether all columns hold images, not the first that is there
   */
  List<VqaImage> of(Row row, List<String> columns, boolean all) {
    List<VqaImage> images = new ArrayList<>();
    for (String column : columns) {
      Optional<JsonNode> value = row.value(List.of(column));
      boolean wanted = all || images.isEmpty() || NUMBERED.matcher(column).matches();
      if (wanted && value.isPresent()) {
        add(value.get(), row, column, images);
      }
    }
    return images;
  }

  private void add(JsonNode value, Row row, String column, List<VqaImage> images) {
    if (value.isArray()) {
      value.forEach(element -> add(element, row, column, images));
    } else if (value.isBinary()) {
      images.add(kept(Row.bytes(value), Optional.empty(), row, images));
    } else if (value.isObject()) {
      struct(value, row, column, images);
    } else if (!value.isNull()) {
      String text = Row.textOf(value).orElseThrow(() -> wrong(row, column, value)).strip();
      text(text, row, column, images);
    }
  }

  /** {@code {bytes, path}}, of which either may be null; some call the path otherwise. */
  private void struct(JsonNode value, Row row, String column, List<VqaImage> images) {
    Optional<String> path =
        List.of("path", "image_path", "file_name", "image", "name").stream()
            .filter(value::hasNonNull)
            .findFirst()
            .flatMap(key -> Row.textOf(value.get(key)));
    JsonNode bytes = value.path("bytes");
    if (bytes.isBinary()) {
      images.add(kept(Row.bytes(bytes), path, row, images));
    } else if (bytes.isTextual()) {
      images.add(kept(decode(bytes.textValue(), row, column), path, row, images));
    } else if (path.isPresent()) {
      images.add(file(path.get(), row));
    } else {
      throw wrong(row, column, value);
    }
  }

  private void text(String text, Row row, String column, List<VqaImage> images) {
    if (text.isEmpty()) {
      return;
    }
    if (text.startsWith("[") || text.startsWith("{")) {
      Optional<JsonNode> list = list(text);
      if (list.isPresent()) {
        add(list.get(), row, column, images);
        return;
      }
    }
    var uri = DATA_URI.matcher(text);
    if (uri.lookingAt()) {
      images.add(
          kept(decode(text.substring(uri.end()), row, column), Optional.empty(), row, images));
    } else if (BASE64.matcher(text).matches()) {
      images.add(kept(decode(text, row, column), Optional.empty(), row, images));
    } else {
      images.add(file(text, row));
    }
  }

  private static Optional<JsonNode> list(String text) {
    try {
      return Optional.of(JSON.readTree(text.replace('\'', '"')));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static byte[] decode(String text, Row row, String column) {
    try {
      return Base64.getMimeDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "%s: '%s' is no image in base64: %s".formatted(row.place(), column, e.getMessage()), e);
    }
  }

  private static VqaImage kept(
      byte[] bytes, Optional<String> path, Row row, List<VqaImage> before) {
    String name =
        path.orElseGet(
            () ->
                row.file().getFileName()
                    + "#"
                    + row.index()
                    + (before.isEmpty() ? "" : "-" + before.size()));
    return ImageSpool.keep(name, bytes);
  }

  private VqaImage file(String name, Row row) {
    Path file = resolve(root, name, row.place());
    if (!Files.exists(file)) {
      for (String folder : folders) {
        Path other = resolve(root.resolve(folder), name, row.place());
        if (Files.exists(other)) {
          return VqaImage.of(name, other);
        }
      }
      Path slashed = resolve(root, name.replace('\\', '/'), row.place());
      return VqaImage.of(name, Files.exists(slashed) ? slashed : file);
    }
    return VqaImage.of(name, file);
  }

  private static Path resolve(Path root, String name, String place) {
    try {
      return root.resolve(name);
    } catch (InvalidPathException e) {
      throw new InputException(
          place + ": the image '" + name + "' is not a path here: " + IoReason.of(e), e);
    }
  }

  private static InputException wrong(Row row, String column, JsonNode value) {
    return new InputException(
        "%s: '%s' must be an image: a path, bytes, or a list of these; found %s"
            .formatted(row.place(), column, Row.brief(value)));
  }
}
