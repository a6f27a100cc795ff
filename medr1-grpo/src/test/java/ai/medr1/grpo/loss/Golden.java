package ai.medr1.grpo.loss;

import ai.medr1.core.checkpoint.SafetensorsFile;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;

/** The parts of the parity fixtures that the losses need. */
final class Golden {
  static final Path ROOT = Path.of(System.getProperty("medr1.parity"));
  private static final ObjectMapper JSON = new ObjectMapper();

  private Golden() {}

  static JsonNode json(String file) throws IOException {
    return JSON.readTree(ROOT.resolve(file).toFile());
  }

  static SafetensorsFile tensors(String file) {
    return SafetensorsFile.read(ROOT.resolve(file));
  }

  static long rows(SafetensorsFile file, String name) {
    return file.tensors().get(name).shape().get(0);
  }

  /** A mask, which the fixtures keep as integers. */
  static float[] mask(SafetensorsFile file, String name) {
    long[] integers = file.longs(name);
    float[] mask = new float[integers.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = integers[i];
    }
    return mask;
  }
}
