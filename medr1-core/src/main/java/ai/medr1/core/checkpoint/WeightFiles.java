package ai.medr1.core.checkpoint;

import ai.medr1.core.FileKind;
import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import ai.medr1.core.Warnings;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the tensors of a directory: in one file, or in shards that an index lists. */
final class WeightFiles {
  static final String SINGLE = "model.safetensors";
  static final String INDEX = "model.safetensors.index.json";

  private static final Pattern PICKLE = Pattern.compile(".*\\.(bin|pt|pth|ckpt)");

  private static final Logger LOG = LoggerFactory.getLogger(WeightFiles.class);

  private WeightFiles() {}

  /** All tensors by the names in the files. */
  static Map<String, TensorInfo> read(Path dir) {
    if (present(dir.resolve(SINGLE))) {
      if (present(dir.resolve(INDEX))) {
        Warnings.once(
            LOG,
            "%s is ignored: %s beside it goes first, as in transformers; delete the older one"
                .formatted(dir.resolve(INDEX), SINGLE));
      }
      return SafetensorsFile.read(dir.resolve(SINGLE)).tensors();
    }
    if (present(dir.resolve(INDEX))) {
      return readShards(dir, dir.resolve(INDEX));
    }
    throw noWeights(dir);
  }

  /** Also what cannot be read, such as a link that leads nowhere: the reader says so. */
  private static boolean present(Path file) {
    return FileKind.of(file) != FileKind.MISSING;
  }

  private static Map<String, TensorInfo> readShards(Path dir, Path index) {
    Map<String, String> shardOf = weightMap(index);
    Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    for (String shard : new TreeSet<>(shardOf.values())) {
      Path file = dir.resolve(shard);
      if (!present(file)) {
        throw new InputException(
            index + " lists the shard " + shard + ", which is missing: copy or download it again");
      }
      addShard(shard, SafetensorsFile.read(file).tensors(), index, shardOf, tensors);
    }
    shardOf.forEach(
        (name, shard) -> {
          if (!tensors.containsKey(name)) {
            throw new InputException(
                index + " says that " + name + " is in " + shard + ", which does not have it");
          }
        });
    return tensors;
  }

  private static void addShard(
      String shard,
      Map<String, TensorInfo> found,
      Path index,
      Map<String, String> shardOf,
      Map<String, TensorInfo> tensors) {
    for (Map.Entry<String, TensorInfo> tensor : found.entrySet()) {
      String listed = shardOf.getOrDefault(tensor.getKey(), "no shard");
      if (!listed.equals(shard)) {
        throw new InputException(
            shard
                + " has the tensor "
                + tensor.getKey()
                + ", which "
                + index
                + " puts into "
                + listed
                + ": are the shards of one save?");
      }
      tensors.put(tensor.getKey(), tensor.getValue());
    }
  }

  private static Map<String, String> weightMap(Path index) {
    JsonNode map = Json.read(index).path("weight_map");
    if (!map.isObject() || map.isEmpty()) {
      throw new InputException(index + ": weight_map must be an object of tensor to file name");
    }
    Map<String, String> shardOf = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      shardOf.put(entry.getKey(), shardName(index, entry.getValue()));
    }
    return shardOf;
  }

  // A name only: an index must not lead out of its directory.
  private static String shardName(Path index, JsonNode node) {
    String name = node.asText();
    if (!node.isTextual() || !name.endsWith(".safetensors") || name.matches(".*[/\\\\:\\x00].*")) {
      throw new InputException(
          index + ": weight_map must name .safetensors files of its directory, found " + node);
    }
    return name;
  }

  private static InputException noWeights(Path dir) {
    List<String> pickles = pickles(dir);
    if (pickles.isEmpty()) {
      return new InputException(dir + " has neither " + SINGLE + " nor " + INDEX);
    }
    return new InputException(
        dir
            + " has its weights as pickles only ("
            + Problems.some(pickles)
            + "), which can run code when they are read and are never loaded: convert them with"
            + " save_pretrained(..., safe_serialization=True) of transformers, or take the"
            + " safetensors files of the same checkpoint");
  }

  private static List<String> pickles(Path dir) {
    try (Stream<Path> files = Files.list(dir)) {
      List<String> names = new ArrayList<>();
      files.map(file -> file.getFileName().toString()).forEach(names::add);
      return names.stream().filter(name -> PICKLE.matcher(name).matches()).sorted().toList();
    } catch (IOException e) {
      throw new InputException("cannot read " + dir + ": " + IoReason.of(e), e);
    }
  }
}
