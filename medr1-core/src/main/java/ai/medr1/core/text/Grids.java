package ai.medr1.core.text;

import ai.medr1.core.InputException;
import ai.medr1.core.image.GridThw;

/** What a patch grid must fulfil to become tokens. */
final class Grids {
  private Grids() {}

  static void requireWholeTokens(GridThw grid, int mergeSize) {
    if (grid.h() % mergeSize != 0 || grid.w() % mergeSize != 0) {
      throw new InputException(
          "%s cannot be merged by %d: its rows and columns must be multiples of it"
              .formatted(grid, mergeSize));
    }
  }
}
