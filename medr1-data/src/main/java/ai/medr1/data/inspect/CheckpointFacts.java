package ai.medr1.data.inspect;

import ai.medr1.core.InputException;
import ai.medr1.core.checkpoint.Checkpoint;
import ai.medr1.core.checkpoint.Parameters;
import ai.medr1.core.checkpoint.TensorInfo;
import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.config.TextConfig;
import ai.medr1.core.config.VisionConfig;
import ai.medr1.core.image.PreprocessorConfig;
import ai.medr1.core.text.ChatTemplate;
import ai.medr1.core.text.Content;
import ai.medr1.core.text.Message;
import ai.medr1.core.text.Tokenizer;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A checkpoint in the Hugging Face layout. No weight is read, only where they lie. */
final class CheckpointFacts {
  private CheckpointFacts() {}

  static boolean isCheckpoint(Path dir) {
    return List.of("config.json", "model.safetensors", "model.safetensors.index.json").stream()
        .anyMatch(file -> Files.exists(dir.resolve(file)));
  }

  static ObjectNode of(Path dir) {
    Facts facts = new Facts("checkpoint", dir);
    facts.part(() -> Checkpoint.open(dir)).ifPresent(checkpoint -> weights(facts, checkpoint));
    facts.part(() -> PreprocessorConfig.ofModel(dir)).ifPresent(images -> images(facts, images));
    facts.part(() -> tokens(dir)).ifPresent(tokens -> facts.found().set("tokenizer", tokens));
    facts.part(() -> example(dir)).ifPresent(text -> facts.found().put("template", text));
    return facts.end();
  }

  private static void weights(Facts facts, Checkpoint checkpoint) {
    ModelConfig config = checkpoint.config();
    facts.found().put("family", config.family().title());
    facts.found().put("parameters", count(config, ""));
    facts.found().put("visionParameters", count(config, "visual."));
    Map<String, Long> bytes = new TreeMap<>();
    for (TensorInfo tensor : checkpoint.weights().values()) {
      bytes.merge(tensor.dtype().torchName(), tensor.bytes(), Long::sum);
    }
    ObjectNode dtypes = facts.below("bytes");
    bytes.forEach(dtypes::put);
    facts.found().put("tied", config.tieWordEmbeddings());
    text(facts.below("decoder"), config.text());
    vision(facts.below("tower"), config.vision());
    ArrayNode stops = facts.found().putArray("stopTokens");
    checkpoint.generation().stopTokens().stream().sorted().forEach(stops::add);
    try {
      checkpoint.requireTrainable();
    } catch (InputException e) {
      facts.found().put("refusedInTraining", e.getMessage());
    }
  }

  private static long count(ModelConfig config, String prefix) {
    return Parameters.of(config).entrySet().stream()
        .filter(parameter -> parameter.getKey().startsWith(prefix))
        .mapToLong(parameter -> parameter.getValue().stream().reduce(1L, (a, b) -> a * b))
        .sum();
  }

  private static void text(ObjectNode facts, TextConfig text) {
    facts.put("layers", text.layers());
    facts.put("hidden", text.hiddenSize());
    facts.put("heads", text.heads());
    facts.put("kvHeads", text.kvHeads());
    facts.put("vocabulary", text.vocabSize());
    facts.put("positions", text.maxPositionEmbeddings());
  }

  private static void vision(ObjectNode facts, VisionConfig vision) {
    facts.put("layers", vision.depth());
    facts.put("hidden", vision.width());
    facts.put("heads", vision.heads());
    facts.put("patch", vision.patchSize());
    facts.put("merge", vision.spatialMergeSize());
    facts.put("window", vision.windowSize());
  }

  private static void images(Facts facts, PreprocessorConfig images) {
    ObjectNode settings = facts.below("images");
    settings.put("minPixels", images.minPixels());
    settings.put("maxPixels", images.maxPixels());
  }

  /** The ids of the tokens that prompts are built with. */
  private static ObjectNode tokens(Path dir) {
    try (Tokenizer tokenizer = Tokenizer.load(dir)) {
      ObjectNode ids = JsonNodeFactory.instance.objectNode();
      for (String token : List.of("<|im_start|>", "<|im_end|>", "<|image_pad|>")) {
        ids.put(token, tokenizer.id(token));
      }
      return ids;
    }
  }

  /** What the template makes of a question about an image, line ends written out. */
  private static String example(Path dir) {
    Message message = Message.user(new Content.Image(), new Content.Text("Question?"));
    return ChatTemplate.load(dir)
        .render(List.of(message), ChatTemplate.Options.PROMPT)
        .replace("\n", "\\n");
  }
}
