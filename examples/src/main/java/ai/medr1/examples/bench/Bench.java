package ai.medr1.examples.bench;

import ai.medr1.core.image.RgbImage;
import ai.medr1.core.text.Content;
import ai.medr1.core.text.Message;
import ai.medr1.core.text.Processor;
import ai.medr1.core.text.Prompt;
import ai.medr1.data.PromptTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** What the benchmarks have in common: the peer's question about random images, and figures. */
final class Bench {
  private static final String QUESTION =
      "What imaging technique is employed for obtaining this image?"
          + " A)Mammogram, B)PET, C)CT, D)Fluoroscopy";

  private Bench() {}

  static RgbImage image(int side, Random random) {
    byte[] rgb = new byte[3 * side * side];
    random.nextBytes(rgb);
    return new RgbImage(side, side, rgb);
  }

  static Prompt prompt(Processor processor, PromptTemplate template, RgbImage image) {
    Content.Text text = new Content.Text(template.apply(QUESTION));
    return processor.prompt(List.of(Message.user(new Content.Image(), text)), List.of(image));
  }

  /** Peak resident memory in MiB; 0 where the system does not tell. */
  static long peakMemory() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElse(0);
  }

  static double round(double value) {
    return Math.round(value * 1000) / 1000.0;
  }
}
