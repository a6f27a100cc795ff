package ai.medr1.core.model;

import ai.medr1.core.config.VisionConfig;
import ai.medr1.core.image.GridThw;
import java.util.ArrayList;
import java.util.List;

/**
 * How the patches of several images lie in the packed rows of the vision tower, and which of them
 * attend to each other.
 *
 * @param positions [n][2] row and column of every patch, in the order in which the tower works
 * @param order [n / merged square] which merged square of the images stands at each place in window
 *     order; empty where the tower has no windows
 * @param full segments of whole frames
 * @param windows segments of attention windows; equal to {@code full} where there are none
 */
record VisionLayout(int[][] positions, int[] order, Segments full, Segments windows) {

  static VisionLayout of(List<GridThw> grids, VisionConfig config) {
    int merge = config.spatialMergeSize();
    List<int[]> positions = new ArrayList<>();
    List<Integer> frames = new ArrayList<>();
    for (GridThw grid : grids) {
      for (int t = 0; t < grid.t(); t++) {
        addPositions(positions, grid, merge);
        frames.add(grid.h() * grid.w());
      }
    }
    int[][] inImageOrder = positions.toArray(new int[0][]);
    Segments full = Segments.of(frames);
    if (config.windowSize() == 0) {
      return new VisionLayout(inImageOrder, new int[0], full, full);
    }
    Windows windows = Windows.of(grids, config);
    int[][] reordered = reorder(inImageOrder, windows.order(), merge * merge);
    return new VisionLayout(reordered, windows.order(), full, Segments.of(windows.lengths()));
  }

  /** Patches come square by square, as they will be merged, and row by row within a square. */
  private static void addPositions(List<int[]> positions, GridThw grid, int merge) {
    for (int row = 0; row < grid.h(); row += merge) {
      for (int column = 0; column < grid.w(); column += merge) {
        for (int i = 0; i < merge * merge; i++) {
          positions.add(new int[] {row + i / merge, column + i % merge});
        }
      }
    }
  }

  private static int[][] reorder(int[][] positions, int[] order, int square) {
    int[][] result = new int[positions.length][];
    for (int i = 0; i < positions.length; i++) {
      result[i] = positions[order[i / square] * square + i % square];
    }
    return result;
  }

  /** Merged squares in window order, and the number of patches of every window. */
  private record Windows(int[] order, List<Integer> lengths) {

    static Windows of(List<GridThw> grids, VisionConfig config) {
      int merge = config.spatialMergeSize();
      int side = config.windowSize() / config.patchSize() / merge;
      List<Integer> order = new ArrayList<>();
      List<Integer> lengths = new ArrayList<>();
      int first = 0;
      for (GridThw grid : grids) {
        int rows = grid.h() / merge;
        int columns = grid.w() / merge;
        for (int t = 0; t < grid.t(); t++, first += rows * columns) {
          addFrame(order, lengths, first, rows, columns, side, merge * merge);
        }
      }
      return new Windows(order.stream().mapToInt(Integer::intValue).toArray(), lengths);
    }

    private static void addFrame(
        List<Integer> order,
        List<Integer> lengths,
        int first,
        int rows,
        int columns,
        int side,
        int square) {
      for (int top = 0; top < rows; top += side) {
        for (int left = 0; left < columns; left += side) {
          int before = order.size();
          for (int row = top; row < Math.min(top + side, rows); row++) {
            for (int column = left; column < Math.min(left + side, columns); column++) {
              order.add(first + row * columns + column);
            }
          }
          lengths.add((order.size() - before) * square);
        }
      }
    }
  }
}
