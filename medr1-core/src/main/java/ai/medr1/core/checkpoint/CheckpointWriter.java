package ai.medr1.core.checkpoint;

import ai.medr1.core.config.ModelConfig;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes checkpoint directories that transformers loads: config.json, safetensors with the public
 * tensor names, tokenizer, template, preprocessor and generation files.
 *
 * <p>A directory appears as a whole: a save into an existing checkpoint replaces its files all at
 * once or, if it fails, not at all. Files that belong to no checkpoint stay.
 */
public final class CheckpointWriter {
  /** A file with more bytes than that is split into shards. */
  public static final long DEFAULT_SHARD_BYTES = 5_000_000_000L;

  /** The files beside weights and config.json that make up a checkpoint. */
  static final Set<String> SIDECARS =
      Set.of(
          GenerationConfig.FILE,
          "tokenizer.json",
          "tokenizer_config.json",
          "vocab.json",
          "merges.txt",
          "added_tokens.json",
          "special_tokens_map.json",
          "chat_template.json",
          "chat_template.jinja",
          "preprocessor_config.json",
          "video_preprocessor_config.json",
          "processor_config.json");

  /** The folder of named templates besides the default one. */
  static final String TEMPLATES = "additional_chat_templates";

  private static final Pattern WEIGHT_FILE =
      Pattern.compile("(pytorch_)?model(-\\d+-of-\\d+)?\\.(safetensors|bin)(\\.index\\.json)?");

  private CheckpointWriter() {}

  /**
   * Saves new weights of an opened checkpoint.
   *
   * @param source gives config.json, whose form is kept except for the dtype, and all files but the
   *     weights
   * @param out the directory, which may be the source's own
   * @param weights by public name, exactly those of {@link Parameters#of}; written in turn, one
   *     chunk of memory at a time
   * @throws ai.medr1.core.InputException if tensors are missing, surplus or of the wrong shape, or
   *     if {@code out} is not empty and no checkpoint
   */
  public static void save(Checkpoint source, Path out, List<NamedTensor> weights)
      throws IOException {
    save(source, out, weights, DEFAULT_SHARD_BYTES);
  }

  /**
   * The same with another size of shards.
   *
   * @param shardBytes most bytes of values in a file; a larger tensor has a file of its own
   */
  public static void save(Checkpoint source, Path out, List<NamedTensor> weights, long shardBytes)
      throws IOException {
    write(out, source.rawConfig(), sidecars(source.dir()), weights, shardBytes);
  }

  /** Writes a directory from its parts; the sidecars are file contents by name. */
  static void write(
      Path out,
      JsonNode rawConfig,
      Map<String, byte[]> sidecars,
      List<NamedTensor> weights,
      long shardBytes)
      throws IOException {
    ObjectNode json = rawConfig.deepCopy();
    ModelConfig config = ConfigReader.read(out.resolve(Checkpoint.CONFIG), json);
    List<NamedTensor> ordered = validated(out, config, weights);
    setDtype(json, commonDtype(ordered));
    DirectorySwap.of(out, CheckpointWriter::isCheckpointFile)
        .run(
            dir -> {
              Files.write(dir.resolve(Checkpoint.CONFIG), Json.toBytes(json));
              for (Map.Entry<String, byte[]> file : sidecars.entrySet()) {
                Path sidecar = dir.resolve(file.getKey());
                Files.createDirectories(sidecar.resolveSibling(""));
                Files.write(sidecar, file.getValue());
              }
              writeWeights(dir, shards(ordered, shardBytes));
            });
  }

  /** The files of a directory that are copied from one checkpoint to the next. */
  static Map<String, byte[]> sidecars(Path dir) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (String name : SIDECARS) {
      if (Files.exists(dir.resolve(name))) {
        files.put(name, withoutMark(Files.readAllBytes(dir.resolve(name))));
      }
    }
    if (Files.isDirectory(dir.resolve(TEMPLATES))) {
      try (Stream<Path> templates = Files.list(dir.resolve(TEMPLATES))) {
        for (Path template :
            templates.filter(file -> file.toString().endsWith(".jinja")).toList()) {
          files.put(TEMPLATES + "/" + template.getFileName(), Files.readAllBytes(template));
        }
      }
    }
    return files;
  }

  /** A byte order mark is passed over here, but transformers refuses it. */
  private static byte[] withoutMark(byte[] file) {
    boolean marked =
        file.length >= 3
            && file[0] == (byte) 0xef
            && file[1] == (byte) 0xbb
            && file[2] == (byte) 0xbf;
    return marked ? Arrays.copyOfRange(file, 3, file.length) : file;
  }

  private static boolean isCheckpointFile(String name) {
    return name.equals(Checkpoint.CONFIG)
        || SIDECARS.contains(name)
        || name.equals(TEMPLATES)
        || WEIGHT_FILE.matcher(name).matches();
  }

  private static List<NamedTensor> validated(
      Path out, ModelConfig config, List<NamedTensor> weights) {
    Map<String, NamedTensor> byName =
        weights.stream().collect(Collectors.toMap(NamedTensor::name, Function.identity()));
    Map<String, TensorInfo> infos = new LinkedHashMap<>();
    byName.forEach(
        (name, t) ->
            infos.put(name, new TensorInfo(name, t.dtype(), t.shape(), out, 0, t.bytes())));
    return Weights.validated("the model to be saved to " + out, config, infos).values().stream()
        .map(info -> byName.get(info.name()))
        .toList();
  }

  private static DType commonDtype(List<NamedTensor> weights) {
    Set<DType> dtypes = weights.stream().map(NamedTensor::dtype).collect(Collectors.toSet());
    return dtypes.size() == 1 ? dtypes.iterator().next() : DType.F32;
  }

  // Transformers 5 renamed torch_dtype and repeats it for the decoder.
  private static void setDtype(ObjectNode config, DType dtype) {
    if (!config.has("dtype")) {
      config.put("torch_dtype", dtype.torchName());
    }
    List<JsonNode> sections =
        List.of(config, config.path("text_config"), config.path("vision_config"));
    for (JsonNode node : sections) {
      for (String key : List.of("dtype", "torch_dtype")) {
        if (node instanceof ObjectNode section && section.has(key)) {
          section.put(key, dtype.torchName());
        }
      }
    }
  }

  private static List<List<NamedTensor>> shards(List<NamedTensor> weights, long shardBytes) {
    List<List<NamedTensor>> shards = new ArrayList<>();
    long room = 0;
    for (NamedTensor tensor : weights) {
      if (shards.isEmpty() || tensor.bytes() > room) {
        shards.add(new ArrayList<>());
        room = shardBytes;
      }
      shards.get(shards.size() - 1).add(tensor);
      room -= tensor.bytes();
    }
    return shards;
  }

  private static void writeWeights(Path dir, List<List<NamedTensor>> shards) throws IOException {
    if (shards.size() == 1) {
      writeTensors(dir.resolve(WeightFiles.SINGLE), shards.get(0));
      return;
    }
    ObjectNode index = Json.object();
    index.putObject("metadata").put("total_size", totalBytes(shards));
    ObjectNode weightMap = index.putObject("weight_map");
    for (int i = 0; i < shards.size(); i++) {
      String name = String.format("model-%05d-of-%05d.safetensors", i + 1, shards.size());
      writeTensors(dir.resolve(name), shards.get(i));
      shards.get(i).forEach(tensor -> weightMap.put(tensor.name(), name));
    }
    Files.write(dir.resolve(WeightFiles.INDEX), Json.toBytes(index));
  }

  private static long totalBytes(List<List<NamedTensor>> shards) {
    return shards.stream().flatMap(List::stream).mapToLong(NamedTensor::bytes).sum();
  }

  private static void writeTensors(Path file, List<NamedTensor> tensors) throws IOException {
    SafetensorsWriter.write(file, tensors, SafetensorsWriter.TORCH_METADATA);
  }
}
