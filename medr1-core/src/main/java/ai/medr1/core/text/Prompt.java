package ai.medr1.core.text;

import ai.medr1.core.image.PixelValues;
import java.util.List;

/**
 * A prompt ready for the model.
 *
 * @param ids [P] token ids; every image placeholder is expanded to the tokens of its grid
 * @param images the images in the order of their placeholders
 * @param text the rendered chat template, placeholders not expanded
 */
public record Prompt(int[] ids, List<PixelValues> images, String text) {
  public Prompt {
    images = List.copyOf(images);
  }
}
