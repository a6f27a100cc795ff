package ai.medr1.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.text.Parity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What tensors of an adapter are taken for, by their names and its settings. */
@Tag("parity")
class AdapterTest {
  private static final Path MODEL = Parity.ROOT.resolve("models/tiny-qwen2-vl");
  private static final String WEIGHTS = "adapter_model.safetensors";
  private static final String CONFIG = "adapter_config.json";

  @TempDir private Path directory;

  private static ModelConfig config() {
    return Checkpoint.open(MODEL).config();
  }

  private static Path adapter(String kind) {
    return Parity.ROOT.resolve("adapters/tiny-qwen2-vl").resolve(kind);
  }

  private static void rename(Path from, Path to, UnaryOperator<String> name) throws IOException {
    SafetensorsFile file = SafetensorsFile.read(from.resolve(WEIGHTS));
    List<NamedTensor> tensors =
        file.tensors().values().stream()
            .map(
                t ->
                    new NamedTensor(
                        name.apply(t.name()),
                        DType.F32,
                        t.shape(),
                        TensorSource.floats(DType.F32, file.floats(t.name()))))
            .toList();
    SafetensorsWriter.write(to.resolve(WEIGHTS), tensors, Map.of());
    Files.copy(from.resolve(CONFIG), to.resolve(CONFIG));
  }

  /** What versions of transformers and tools call the same layers. */
  @ParameterizedTest
  @CsvSource({
    "base_model.model.model.layers, base_model.model.visual",
    "base_model.model.language_model.model.layers, base_model.model.visual",
    "base_model.model.language_model.layers, base_model.model.visual",
    "base_model.model.model.language_model.model.layers, base_model.model.model.visual",
    "base_model.model.model.model.language_model.layers, base_model.model.model.model.visual",
    "base_model.model.layers, base_model.visual",
    "base_model.layers, base_model.visual",
    "base_model.model.base_model.model.model.layers, base_model.model.base_model.model.visual",
    "module.base_model.model.model.layers, module.base_model.model.visual",
    "_orig_mod.base_model.model.model.layers, _orig_mod.base_model.model.visual",
    "base_model.model.model.language_model._fsdp_wrapped_module.layers, base_model.model.visual",
    "model.language_model.layers, model.visual",
    "model.layers, visual",
    "language_model.model.layers, visual"
  })
  void namesOfOtherVersions(String text, String vision) throws IOException {
    UnaryOperator<String> renamed =
        name ->
            name.replace("base_model.model.model.language_model.layers", text)
                .replace("base_model.model.model.visual", vision);
    assertSameWhenRenamed("all-linear", renamed);
    assertSameWhenRenamed("bias-lora-only", renamed);
  }

  @ParameterizedTest
  @CsvSource({"default", "other", "sft_2"})
  void namesWithTheAdapters(String adapter) throws IOException {
    UnaryOperator<String> renamed =
        name ->
            name.replaceFirst("\\.(lora_[AB])\\.(weight|bias)$", ".$1." + adapter + ".$2")
                .replaceFirst("(lora_embedding_[AB]|trainable_tokens_delta)$", "$1." + adapter)
                .replaceFirst(
                    "(embed_tokens|lm_head)\\.weight$",
                    "$1.modules_to_save." + adapter + ".weight");
    for (String kind : List.of("all-linear", "embedding", "tokens", "lora-bias", "saved-head")) {
      assertSameWhenRenamed(kind, renamed);
    }
  }

  private void assertSameWhenRenamed(String kind, UnaryOperator<String> name) throws IOException {
    Path renamed = Files.createDirectory(directory.resolve(kind));
    rename(adapter(kind), renamed, name);
    Adapter expected = Adapter.open(adapter(kind), config());
    Adapter found = Adapter.open(renamed, config());
    assertThat(numbers(found)).isEqualTo(numbers(expected));
    assertThat(found.unties()).isEqualTo(expected.unties());
  }

  /** Everything that an adapter holds, by the public names. */
  private static Map<String, List<Object>> numbers(Adapter adapter) {
    Map<String, List<Object>> all = new TreeMap<>();
    adapter
        .branches()
        .forEach(
            (layer, b) ->
                all.put(
                    layer,
                    List.of(
                        b.rank(),
                        b.scale(),
                        b.start(),
                        b.transposed(),
                        values(b.down()),
                        values(b.up()),
                        b.bias().map(AdapterTest::values).orElse(List.of()))));
    adapter.replaced().forEach((name, info) -> all.put(name, List.of(values(info))));
    adapter
        .rows()
        .forEach((layer, r) -> all.put(layer + " rows", List.of(values(r.values()), r.tokens())));
    return all;
  }

  private static List<Float> values(TensorInfo info) {
    float[] values = SafetensorsFile.read(info.file()).floats(info.name());
    return IntStream.range(0, values.length).mapToObj(i -> values[i]).toList();
  }

  @Test
  void twoAdaptersInOneFileAreRefused() throws IOException {
    rename(
        adapter("all-linear"),
        directory,
        name ->
            name.replace(".weight", name.contains("lora_A") ? ".first.weight" : ".second.weight"));
    assertThatThrownBy(() -> Adapter.open(directory, config()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("more than one adapter, first, second");
  }

  @Test
  void anAdapterWithItsOwnNameLiesInAFolder() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("other"));
    rename(adapter("gaussian"), folder, name -> name);
    assertThatThrownBy(() -> Adapter.open(directory, config()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("give " + folder);
  }

  /** A folder may hold the base's config.json beside the adapter. */
  @Test
  void anAdapterBesideAConfiguration() throws IOException {
    rename(adapter("gaussian"), directory, name -> name);
    Files.copy(MODEL.resolve("config.json"), directory.resolve("config.json"));
    assertThat(Adapter.isAdapter(directory)).isTrue();
    assertThat(Adapter.isAdapter(MODEL)).isFalse();
  }

  @Test
  void tensorsOfOtherModelsAreRefused() throws IOException {
    rename(adapter("gaussian"), directory, name -> name.replace("layers.2.", "layers.7."));
    assertThatThrownBy(() -> Adapter.open(directory, config()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("layers.7.")
        .hasMessageContaining("belongs to no layer");
  }

  /** Both are tables of their own once an adapter changes one of them. */
  @Test
  void aTiedHeadMayComeApart() throws IOException {
    Checkpoint base = Checkpoint.open(MODEL);
    Checkpoint apart = Adapter.open(adapter("saved-head"), base.config()).appliedTo(base);
    assertThat(apart.config().tieWordEmbeddings()).isFalse();
    assertThat(apart.rawConfig().get("tie_word_embeddings").asBoolean()).isFalse();
    assertThat(apart.weights().get("lm_head.weight").file())
        .isEqualTo(adapter("saved-head").resolve(WEIGHTS));
    assertThat(apart.weights().get("model.embed_tokens.weight"))
        .isEqualTo(base.weights().get("model.embed_tokens.weight"));
    Checkpoint one = Adapter.open(adapter("saved-tied"), base.config()).appliedTo(base);
    assertThat(one.config().tieWordEmbeddings()).isTrue();
    Adapter plain = Adapter.open(adapter("all-linear"), base.config());
    assertThat(plain.appliedTo(base)).isSameAs(base);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"r\": 2 | \"r\": 3 | shape [2, ",
        "\"rank_pattern\": {} | \"rank_pattern\": {\"q_proj\": 4} | expected [4, ",
        "\"rank_pattern\": {} | \"rank_pattern\": {\"q_(proj\": 2} | regular expressions",
        "\"alpha_pattern\": {} | \"alpha_pattern\": {\"q_proj\": \"x\"} | alpha_pattern.q_proj must be a positive number",
        "\"init_lora_weights\": \"gaussian\" | \"init_lora_weights\": \"other\" | knows that kind",
        "\"megatron_config\": null | \"megatron_config\": {\"a\": 1} | megatron_config"
      })
  void settingsThatDoNotFit(String from, String to, String message) throws IOException {
    rename(adapter("gaussian"), directory, name -> name);
    Path config = directory.resolve(CONFIG);
    String text = Files.readString(config);
    assertThat(text).contains(from);
    Files.writeString(config, text.replace(from, to));
    assertThatThrownBy(() -> Adapter.open(directory, config()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }
}
