package ai.medr1.core.text;

import ai.medr1.core.image.GridThw;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** The golden files. */
final class Parity {
  static final Path ROOT = Path.of(System.getProperty("medr1.parity"));

  private Parity() {}

  static JsonNode json(String path) throws IOException {
    return new ObjectMapper().readTree(ROOT.resolve(path).toFile());
  }

  static int[] ints(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }

  /** The rows of an [N, 3] array; null, as the files write it, is no image. */
  static List<GridThw> grids(JsonNode rows) {
    List<GridThw> grids = new ArrayList<>();
    for (JsonNode row : rows) {
      grids.add(new GridThw(row.get(0).asInt(), row.get(1).asInt(), row.get(2).asInt()));
    }
    return grids;
  }
}
