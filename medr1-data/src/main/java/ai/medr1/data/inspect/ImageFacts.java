package ai.medr1.data.inspect;

import ai.medr1.core.image.ImageInfo;
import ai.medr1.core.image.ImageProcessor;
import ai.medr1.core.image.Images;
import ai.medr1.core.image.PreprocessorConfig;
import ai.medr1.core.image.RgbImage;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Optional;

/** An image as its file tells it, and as the model gets it. */
final class ImageFacts {
  private ImageFacts() {}

  static ObjectNode of(Path file, Optional<Path> model) {
    Facts facts = new Facts("image", file);
    facts
        .part(() -> Images.info(file))
        .flatMap(
            info -> {
              header(facts.found(), info);
              return facts.part(() -> Images.read(file));
            })
        .ifPresent(image -> levels(facts, image, model));
    return facts.end();
  }

  private static void header(ObjectNode facts, ImageInfo info) {
    facts.put("format", info.format());
    facts.put("width", info.width());
    facts.put("height", info.height());
    facts.put("mode", info.mode());
    facts.put("bits", info.bits());
    facts.put("orientation", info.orientation());
  }

  private static void levels(Facts facts, RgbImage image, Optional<Path> model) {
    long sum = 0;
    for (byte level : image.rgb()) {
      sum += level & 0xFF;
    }
    double mean = (double) sum / image.rgb().length;
    facts.found().put("meanLevel", Math.round(mean * 1000) / 1000.0);
    model
        .flatMap(dir -> facts.part(() -> tokens(image, dir)))
        .ifPresent(tokens -> facts.found().put("tokens", tokens));
  }

  private static int tokens(RgbImage image, Path model) {
    return new ImageProcessor(PreprocessorConfig.ofModel(model))
        .tokens(image.height(), image.width());
  }
}
