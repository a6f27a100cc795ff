package ai.medr1.core.text;

import ai.medr1.core.InputException;
import ai.medr1.core.image.GridThw;
import java.util.List;
import java.util.regex.Pattern;

/** The places of images in a prompt's text. */
final class Placeholders {
  static final String IMAGE = "<|image_pad|>";
  private static final String VIDEO = "<|video_pad|>";

  private Placeholders() {}

  /**
   * Refuses messages that do not have one place for every image, and texts that look like one: a
   * text could otherwise move an image to another place.
   */
  static void check(List<Message> messages, int images) {
    int places = 0;
    for (int i = 0; i < messages.size(); i++) {
      for (Content part : messages.get(i).content()) {
        if (part instanceof Content.Text text) {
          requireNone(text.text(), "message " + i + " (" + messages.get(i).role() + ")");
        } else {
          places++;
        }
      }
    }
    if (places != images) {
      throw new InputException(
          "the messages have %d image places, but %d images were given; give one for every place"
              .formatted(places, images));
    }
  }

  private static void requireNone(String text, String where) {
    for (String placeholder : List.of(IMAGE, VIDEO)) {
      if (text.contains(placeholder)) {
        throw new InputException(
            "the text of %s contains '%s', which stands for an image or video; remove it"
                .formatted(where, placeholder));
      }
    }
  }

  /**
   * The text with every placeholder repeated as often as its image has tokens.
   *
   * @param text the rendered template
   * @param grids one for every placeholder, in patches
   */
  static String expand(String text, List<GridThw> grids, int mergeSize) {
    String[] between = text.split(Pattern.quote(IMAGE), -1);
    if (between.length - 1 != grids.size()) {
      throw new InputException(
          "the chat template wrote %d times %s for %d images; it must write it once for each"
              .formatted(between.length - 1, IMAGE, grids.size()));
    }
    StringBuilder expanded = new StringBuilder(between[0]);
    for (int i = 0; i < grids.size(); i++) {
      Grids.requireWholeTokens(grids.get(i), mergeSize);
      expanded.append(IMAGE.repeat(grids.get(i).tokens(mergeSize))).append(between[i + 1]);
    }
    return expanded.toString();
  }
}
