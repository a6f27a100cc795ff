package ai.medr1.core.text;

import ai.medr1.core.InputException;
import ai.medr1.core.config.ModelConfig.VisionTokens;
import ai.medr1.core.image.GridThw;
import java.util.Iterator;
import java.util.List;

/**
 * Rotary positions of a prompt in three dimensions (M-RoPE, Qwen2-VL, arXiv 2409.12191, section
 * 2.1). Text counts on in all three at once; the tokens of an image keep their time, row and column
 * from where the image begins; text after it goes on behind the largest position so far.
 *
 * @param thw [3][T] time, row and column of every token
 * @param next position of the first token after the prompt, the same in all three dimensions
 */
public record Positions(int[][] thw, int next) {

  /**
   * The positions of one prompt without padding.
   *
   * @param ids [T] token ids, image placeholders expanded
   * @param grids the grids of the images, in patches, in their order in the prompt
   * @param mergeSize patches per side that are merged to one token
   * @throws InputException if the image tokens do not fit the grids
   */
  public static Positions of(int[] ids, List<GridThw> grids, VisionTokens tokens, int mergeSize) {
    return new Walk(ids, grids, tokens, mergeSize).run();
  }

  /** One pass over the ids. */
  private static final class Walk {
    private final int[] ids;
    private final List<GridThw> grids;
    private final Iterator<GridThw> remaining;
    private final VisionTokens tokens;
    private final int mergeSize;
    private final int[][] thw;
    private int at;
    private int next;

    Walk(int[] ids, List<GridThw> grids, VisionTokens tokens, int mergeSize) {
      this.ids = ids;
      this.grids = grids;
      this.remaining = grids.iterator();
      this.tokens = tokens;
      this.mergeSize = mergeSize;
      this.thw = new int[3][ids.length];
    }

    Positions run() {
      while (at < ids.length) {
        if (ids[at] == tokens.imagePad()) {
          image(nextGrid());
        } else {
          text();
        }
      }
      if (remaining.hasNext()) {
        throw mismatch("all of them are used before the last grid");
      }
      return new Positions(thw, next);
    }

    private void text() {
      if (ids[at] == tokens.videoPad()) {
        throw new InputException(
            "the prompt has a video token at index " + at + "; only images are supported");
      }
      put(next, next, next);
      next++;
    }

    private void image(GridThw grid) {
      requireTokens(grid);
      int rows = grid.h() / mergeSize;
      int columns = grid.w() / mergeSize;
      int start = next;
      for (int t = 0; t < grid.t(); t++) {
        for (int h = 0; h < rows; h++) {
          for (int w = 0; w < columns; w++) {
            put(start + t, start + h, start + w);
          }
        }
      }
      next = start + Math.max(grid.t(), Math.max(rows, columns));
    }

    private void put(int t, int h, int w) {
      thw[0][at] = t;
      thw[1][at] = h;
      thw[2][at] = w;
      at++;
    }

    private GridThw nextGrid() {
      if (!remaining.hasNext()) {
        throw mismatch("no grid is left for the one at index " + at);
      }
      return remaining.next();
    }

    private void requireTokens(GridThw grid) {
      Grids.requireWholeTokens(grid, mergeSize);
      int wanted = grid.tokens(mergeSize);
      for (int i = 0; i < wanted; i++) {
        if (at + i >= ids.length || ids[at + i] != tokens.imagePad()) {
          throw mismatch(
              "%s needs %d in a row from index %d, found %d".formatted(grid, wanted, at, i));
        }
      }
    }

    private InputException mismatch(String detail) {
      return new InputException(
          "the prompt's image tokens (id %d) do not fit its %d image grids: %s"
              .formatted(tokens.imagePad(), grids.size(), detail));
    }
  }
}
