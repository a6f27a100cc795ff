package ai.medr1.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.SafetensorsFile;
import ai.medr1.core.checkpoint.Shape;
import ai.medr1.core.config.Family;
import ai.medr1.core.text.Prompt;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KernelExportTest {
  @TempDir private Path dir;

  private List<JsonNode> export(Family family, DType dtype) throws IOException {
    KernelExport.write(dir, family, Shape.SMOKE, dtype);
    JsonNode calls = new ObjectMapper().readTree(dir.resolve("calls.json").toFile());
    return StreamSupport.stream(calls.spliterator(), false).toList();
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void allCallsOfAStepAreThereWithTheirArrays(Family family) throws IOException {
    List<JsonNode> calls = export(family, DType.F32);
    assertThat(calls.stream().map(call -> call.get("method").asText()))
        .contains("put", "keep_vision", "encode", "sample", "score", "backward", "gradient_norm")
        .contains("adamw", "stored", "features", "logps", "fill_slots", "decode_slots")
        .doesNotContain("map_file", "cut");
    SafetensorsFile arrays = SafetensorsFile.read(dir.resolve("arrays.safetensors"));
    SafetensorsFile weights = SafetensorsFile.read(dir.resolve("model.safetensors"));
    for (JsonNode call : calls) {
      call.path("arguments").forEach(name -> requireKnown(name.asText(), arrays, weights));
      call.path("results").forEach(name -> requireKnown(name.asText(), arrays, weights));
    }
    assertThat(Files.readString(dir.resolve("calls.json"))).doesNotContain(dir.toString());
    try (ZipFile archive = new ZipFile(dir.resolve("kernels.pt").toFile())) {
      assertThat(source(archive, "m/code/__torch__/dense.py"))
          .contains("torch.linear")
          .doesNotContain("mkldnn");
    }
  }

  private static String source(ZipFile archive, String entry) throws IOException {
    try (InputStream in = archive.getInputStream(archive.getEntry(entry))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void requireKnown(String name, SafetensorsFile arrays, SafetensorsFile weights) {
    boolean weight = name.startsWith("model/");
    assertThat((weight ? weights : arrays).tensors())
        .containsKey(weight ? name.substring(6) : name);
  }

  @Test
  void resultsAreThoseOfAModel() throws IOException {
    List<JsonNode> calls = export(Family.QWEN2_5_VL, DType.F32);
    SafetensorsFile arrays = SafetensorsFile.read(dir.resolve("arrays.safetensors"));
    LoadOptions options = LoadOptions.training().withDevice(Device.cpu());
    try (QwenVl model = QwenVl.load(dir, options)) {
      List<Prompt> prompts = KernelExport.prompts(model);
      Sampling random = Sampling.random(KernelExport.TOKENS, model.stopTokens());
      Continuations drawn =
          model
              .drawing()
              .generate(prompts, KernelExport.GROUP, random, KernelExport.streams(prompts.size()));
      long[] ids = arrays.longs(result(calls, "sample"));
      assertThat(Arrays.stream(ids).filter(id -> id >= 0).mapToInt(Math::toIntExact).toArray())
          .containsExactly(
              drawn.groups().stream()
                  .flatMap(List::stream)
                  .flatMapToInt(c -> Arrays.stream(c.ids()))
                  .toArray());
      float[] logps = arrays.floats(result(calls, "score"));
      try (Scored scored = model.scoring().score(prompts, drawn, random.distribution())) {
        float[] now = scored.pack(scored.logps());
        assertThat(now).hasSameSizeAs(logps);
        for (int i = 0; i < now.length; i++) {
          assertThat(logps[i]).isCloseTo(now[i], within(1e-4f));
        }
      }
    }
  }

  private static String result(List<JsonNode> calls, String method) {
    return calls.stream()
        .filter(call -> call.get("method").asText().equals(method))
        .map(call -> call.get("results").get(0).asText())
        .findFirst()
        .orElseThrow();
  }
}
