package ai.medr1.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.core.config.Family;
import ai.medr1.core.image.PreprocessorConfig;
import ai.medr1.core.text.ChatTemplate;
import ai.medr1.core.text.Tokenizer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What checkpoints of the field have in them: harmless things are passed over, strangers are called
 * by their name.
 */
class CheckpointToleranceTest {
  private static final String HEAD = "lm_head.weight";

  @TempDir Path temp;
  private Path dir;

  @BeforeEach
  void tiedCheckpoint() throws IOException {
    dir = temp.resolve("model");
    new RandomCheckpoint(Shape.SMOKE, Family.QWEN2_VL, Optional.empty(), DType.F32, 1).write(dir);
  }

  @Test
  void aHeadOfItsOwnIsUsedInSpiteOfTyingAndSavedSo() throws IOException {
    List<NamedTensor> weights = weights(Checkpoint.open(dir));
    weights.add(head(index -> 0.5f));
    rewrite(weights);

    Checkpoint opened = Checkpoint.open(dir);

    assertThat(opened.config().tieWordEmbeddings()).isFalse();
    assertThat(opened.weights()).containsKey(HEAD);
    CheckpointWriter.save(opened, temp.resolve("copy"), weights(opened));
    assertThat(Json.read(temp.resolve("copy/config.json")).get("tie_word_embeddings").asBoolean())
        .isFalse();
    assertThat(Checkpoint.open(temp.resolve("copy")).weights()).containsKey(HEAD);
  }

  @Test
  void aHeadThatIsTheEmbeddingIsTied() throws IOException {
    Checkpoint opened = Checkpoint.open(dir);
    TensorInfo embedding = opened.weights().get(Parameters.EMBEDDING);
    float[] values = SafetensorsFile.read(embedding.file()).floats(embedding.name());
    List<NamedTensor> weights = weights(opened);
    weights.add(head(index -> values[index]));
    rewrite(weights);

    assertThat(Checkpoint.open(dir).config().tieWordEmbeddings()).isTrue();
    assertThat(Checkpoint.open(dir).weights()).doesNotContainKey(HEAD);
  }

  @Test
  void aTiedModelMayBeStoredByTheNameOfItsHead() throws IOException {
    List<NamedTensor> weights = weights(Checkpoint.open(dir));
    weights.replaceAll(
        t ->
            t.name().equals(Parameters.EMBEDDING)
                ? new NamedTensor(HEAD, t.dtype(), t.shape(), t.source())
                : t);
    rewrite(weights);

    assertThat(Checkpoint.open(dir).weights().get(Parameters.EMBEDDING).name()).isEqualTo(HEAD);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "visual.rotary_pos_emb.inv_freq",
        "model.visual.rotary_pos_emb.inv_freq",
        "model.rotary_emb.inv_freq",
        "model.language_model.rotary_emb.original_inv_freq",
        "model.layers.0.self_attn.rotary_emb.inv_freq"
      })
  void storedBuffersArePassedOver(String name) throws IOException {
    List<NamedTensor> weights = weights(Checkpoint.open(dir));
    weights.add(new NamedTensor(name, DType.F32, List.of(4L), zeros(4)));
    rewrite(weights);

    assertThat(Checkpoint.open(dir).weights().keySet())
        .containsExactlyElementsOf(Parameters.of(Checkpoint.open(dir).config()).keySet());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"eos_token_id\":1,\"top_k\":-1}",
        "{\"eos_token_id\":1,\"top_k\":null,\"top_p\":0}",
        "{\"eos_token_id\":1,\"top_p\":1.5,\"temperature\":0,\"do_sample\":false}",
        "{\"eos_token_id\":1,\"num_beams\":4,\"no_repeat_ngram_size\":3}"
      })
  void settingsOfDrawingStopNothing(String json) throws IOException {
    Files.writeString(dir.resolve(GenerationConfig.FILE), json);

    assertThat(Checkpoint.open(dir).stopTokens()).containsExactly(1);
  }

  @Test
  void dropoutInTheAttentionIsRefusedForTrainingOnly() throws IOException {
    edit(config -> config.put("attention_dropout", 0.1));
    Checkpoint opened = Checkpoint.open(dir);

    assertThatThrownBy(opened::requireTrainable)
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("config.json", "attention_dropout must be 0", "0.1");
  }

  @Test
  void windowsThatNoLayerHasAreNoWindows() throws IOException {
    edit(config -> config.put("use_sliding_window", true).put("max_window_layers", 28));
    assertThatCode(() -> Checkpoint.open(dir)).doesNotThrowAnyException();
    edit(config -> config.put("max_window_layers", 0).putNull("sliding_window"));
    assertThatCode(() -> Checkpoint.open(dir)).doesNotThrowAnyException();
  }

  @Test
  void aByteOrderMarkIsPassedOverAndNotSaved() throws IOException {
    for (String name : List.of("config.json", "preprocessor_config.json", "chat_template.json")) {
      Path file = dir.resolve(name);
      Files.writeString(file, "\ufeff" + Files.readString(file));
    }
    Checkpoint opened = Checkpoint.open(dir);

    CheckpointWriter.save(opened, temp.resolve("copy"), weights(opened));

    assertThat(PreprocessorConfig.ofModel(dir)).isNotNull();
    for (String name : List.of("config.json", "preprocessor_config.json", "chat_template.json")) {
      assertThat(Files.readString(temp.resolve("copy").resolve(name))).startsWith("{");
    }
  }

  @Test
  void namedTemplatesAreSaved() throws IOException {
    Files.delete(dir.resolve("chat_template.json"));
    Files.writeString(dir.resolve("chat_template.jinja"), "default");
    Path folder = Files.createDirectory(dir.resolve(CheckpointWriter.TEMPLATES));
    Files.writeString(folder.resolve("tools.jinja"), "tools");
    Checkpoint opened = Checkpoint.open(dir);

    CheckpointWriter.save(opened, temp.resolve("copy"), weights(opened));
    CheckpointWriter.save(opened, temp.resolve("copy"), weights(opened));

    assertThat(temp.resolve("copy/additional_chat_templates/tools.jinja")).hasContent("tools");
  }

  static Stream<Arguments> strangers() throws IOException {
    Map<String, byte[]> kinds =
        Map.of(
            "a Git LFS pointer",
                utf8("version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 9\n"),
            "an HTML page", utf8("<!DOCTYPE html>\n<html><body>Sign in</body></html>"),
            "a Xet pointer", utf8("# xet version 0\nfilesize = 3\n"),
            "a gzip file", gzip(),
            "a zip archive", zip("config.json"),
            "a pickle of PyTorch", zip("archive/data.pkl"),
            "an empty file", new byte[0],
            "text in UTF-16", "{\"a\": 1}".getBytes(StandardCharsets.UTF_16),
            "begins with \"Entry not found\"", utf8("Entry not found"));
    return kinds.entrySet().stream()
        .flatMap(
            kind ->
                Stream.of(
                        "config.json",
                        "generation_config.json",
                        "model.safetensors",
                        "preprocessor_config.json",
                        "processor_config.json",
                        "tokenizer.json",
                        "chat_template.json",
                        "chat_template.jinja")
                    .filter(name -> !(name.endsWith("jinja") && kind.getKey().startsWith("begins")))
                    .map(name -> Arguments.of(kind.getKey(), name, kind.getValue())));
  }

  @ParameterizedTest(name = "{0} as {1}")
  @MethodSource("strangers")
  void strangersAreCalledByTheirName(String kind, String name, byte[] content) throws IOException {
    if (name.equals("chat_template.jinja")) {
      Files.delete(dir.resolve("chat_template.json"));
    }
    Files.write(dir.resolve(name), content);

    assertThatThrownBy(this::openAll)
        .isInstanceOf(InputException.class)
        .hasMessageContaining(dir.resolve(name).toString())
        .hasMessageContaining(kind)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n", "REDACTED", "Feature"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"config.json", "model.safetensors", "preprocessor_config.json", "tokenizer.json"})
  void aFolderOrALinkThatLeadsNowhereIsCalledSo(String name) throws IOException {
    Files.delete(dir.resolve(name));
    Files.createSymbolicLink(dir.resolve(name), Path.of("../blobs/none"));
    assertThatThrownBy(this::openAll)
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(name, "a link to a file that does not exist");
    Files.delete(dir.resolve(name));
    Files.createDirectory(dir.resolve(name));
    assertThatThrownBy(this::openAll)
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(name, "a folder");
  }

  private void openAll() {
    Checkpoint.open(dir);
    PreprocessorConfig.ofModel(dir);
    ChatTemplate.load(dir);
    Tokenizer.load(dir).close();
  }

  private interface Values {
    float at(int index);
  }

  private static NamedTensor head(Values values) {
    float[] all = new float[1024 * 64];
    for (int i = 0; i < all.length; i++) {
      all[i] = values.at(i);
    }
    return new NamedTensor(
        HEAD, DType.F32, List.of(1024L, 64L), TensorSource.floats(DType.F32, all));
  }

  private static TensorSource zeros(int count) {
    return TensorSource.floats(DType.F32, new float[count]);
  }

  private static List<NamedTensor> weights(Checkpoint checkpoint) {
    List<NamedTensor> weights = new ArrayList<>();
    checkpoint.weights().forEach((name, info) -> weights.add(NamedTensor.stored(name, info)));
    return weights;
  }

  private void rewrite(List<NamedTensor> weights) throws IOException {
    Path fresh = temp.resolve("fresh.safetensors");
    SafetensorsWriter.write(fresh, weights, Map.of());
    Files.move(fresh, dir.resolve(WeightFiles.SINGLE), StandardCopyOption.REPLACE_EXISTING);
  }

  private void edit(Consumer<ObjectNode> change) throws IOException {
    ObjectNode config = Json.read(dir.resolve("config.json"));
    change.accept(config);
    Files.write(dir.resolve("config.json"), Json.toBytes(config));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] gzip() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new GZIPOutputStream(bytes).close();
    return Arrays.copyOf(bytes.toByteArray(), bytes.size());
  }

  private static byte[] zip(String member) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(member));
      zip.closeEntry();
    }
    return bytes.toByteArray();
  }
}
