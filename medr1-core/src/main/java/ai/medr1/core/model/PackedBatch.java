package ai.medr1.core.model;

import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.image.GridThw;
import ai.medr1.core.image.PixelValues;
import ai.medr1.core.text.Positions;
import ai.medr1.core.text.Prompt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * B prompts with G continuations each as packed rows without padding: the prompts first, then the
 * continuations in the order [b][g]. A row is a token; a target is a token whose log-probability is
 * wanted, and the row that predicts it.
 *
 * @param ids [N] token of every row
 * @param positions [3][N] rotary positions
 * @param imageRows rows of image tokens, in the order of the images
 * @param next [B] position of the first continuation token of every prompt
 * @param prompts the prompts as segments of rows
 * @param group continuations per prompt G, 0 without continuations
 * @param continuations the continuations as segments of rows, counted from the first of them
 * @param rows [T] rows that predict the targets
 * @param targets [T]
 * @param targetsOf how many targets every sequence has, [B × G] or [B]
 */
record PackedBatch(
    int[] ids,
    int[][] positions,
    int[] imageRows,
    int[] next,
    Segments prompts,
    int group,
    Segments continuations,
    int[] rows,
    int[] targets,
    int[] targetsOf) {

  /**
   * Prompts alone; the targets are the last rows, so that {@code rows} gives their hidden states.
   */
  static PackedBatch ofPrompts(List<Prompt> prompts, ModelConfig config) {
    Builder builder = new Builder(config);
    prompts.forEach(builder::prompt);
    return builder.build(0);
  }

  /**
   * Prompts with their continuations; every continuation token is a target.
   *
   * @param continuations G non-empty continuations for every prompt
   */
  static PackedBatch of(List<Prompt> prompts, Continuations continuations, ModelConfig config) {
    List<List<Continuation>> groups = continuations.groups();
    check(
        prompts.size() == groups.size(), prompts.size() + " prompts, " + groups.size() + " groups");
    int group = groups.isEmpty() ? 0 : groups.get(0).size();
    Builder builder = new Builder(config);
    prompts.forEach(builder::prompt);
    for (int b = 0; b < groups.size(); b++) {
      check(groups.get(b).size() == group, "every prompt has " + group + " continuations");
      for (Continuation continuation : groups.get(b)) {
        check(continuation.ids().length > 0, "a continuation has at least one token");
        builder.continuation(b, continuation.ids());
      }
    }
    return builder.build(group);
  }

  /**
   * Whole sequences; the targets are the tokens that are marked.
   *
   * @param labels [B][tokens of the sequence] true at a target; never at a sequence's first token
   */
  static PackedBatch ofSequences(
      List<Prompt> sequences, List<boolean[]> labels, ModelConfig config) {
    check(sequences.size() == labels.size(), "every sequence has its labels");
    Builder builder = new Builder(config);
    for (int b = 0; b < sequences.size(); b++) {
      builder.sequence(sequences.get(b), labels.get(b));
    }
    return builder.build(0);
  }

  private static void check(boolean good, String message) {
    if (!good) {
      throw new IllegalArgumentException("a batch does not fit together: " + message);
    }
  }

  /** Sequences that have targets of their own: continuations, or prompts where there are none. */
  int sequences() {
    return targetsOf.length;
  }

  /**
   * One value for every target, by sequence.
   *
   * @param packed [T]
   * @return [B][G][targets of the sequence], G = 1 where sequences have no continuations
   */
  float[][][] ragged(float[] packed) {
    int each = Math.max(1, group);
    float[][][] ragged = new float[sequences() / each][each][];
    int at = 0;
    for (int i = 0; i < sequences(); i++) {
      ragged[i / each][i % each] = Arrays.copyOfRange(packed, at, at + targetsOf[i]);
      at += targetsOf[i];
    }
    return ragged;
  }

  /** The inverse of {@link #ragged}. */
  float[] pack(float[][][] ragged) {
    int each = Math.max(1, group);
    check(ragged.length * each == sequences(), ragged.length + " prompts have values");
    float[] packed = new float[targets.length];
    int at = 0;
    for (int i = 0; i < sequences(); i++) {
      check(ragged[i / each].length == each, "every prompt has values for " + each + " sequences");
      float[] values = ragged[i / each][i % each];
      check(values.length == targetsOf[i], "sequence " + i + " has " + targetsOf[i] + " targets");
      System.arraycopy(values, 0, packed, at, values.length);
      at += values.length;
    }
    return packed;
  }

  private static final class Builder {
    private final ModelConfig config;
    private final List<int[]> ids = new ArrayList<>();
    private final List<int[][]> positions = new ArrayList<>();
    private final List<Integer> imageRows = new ArrayList<>();
    private final List<Integer> next = new ArrayList<>();
    private final List<Integer> lastRows = new ArrayList<>();
    private final List<Integer> promptLengths = new ArrayList<>();
    private final List<Integer> continuationLengths = new ArrayList<>();
    private final List<Integer> rows = new ArrayList<>();
    private final List<Integer> targets = new ArrayList<>();
    private final List<Integer> targetsOf = new ArrayList<>();
    private int size;

    Builder(ModelConfig config) {
      this.config = config;
    }

    void prompt(Prompt prompt) {
      List<GridThw> grids = prompt.images().stream().map(PixelValues::grid).toList();
      int merge = config.vision().spatialMergeSize();
      Positions walked = Positions.of(prompt.ids(), grids, config.tokens(), merge);
      for (int i = 0; i < prompt.ids().length; i++) {
        if (prompt.ids()[i] == config.tokens().imagePad()) {
          imageRows.add(size + i);
        }
      }
      add(prompt.ids(), walked.thw());
      next.add(walked.next());
      lastRows.add(size - 1);
      promptLengths.add(prompt.ids().length);
    }

    void continuation(int prompt, int[] tokens) {
      int[][] at = new int[3][tokens.length];
      for (int i = 0; i < tokens.length; i++) {
        rows.add(i == 0 ? lastRows.get(prompt) : size + i - 1);
        targets.add(tokens[i]);
        at[0][i] = at[1][i] = at[2][i] = next.get(prompt) + i;
      }
      add(tokens, at);
      continuationLengths.add(tokens.length);
      targetsOf.add(tokens.length);
    }

    void sequence(Prompt sequence, boolean[] labels) {
      check(labels.length == sequence.ids().length, "a label for every token");
      check(!labels[0], "nothing predicts a sequence's first token");
      int before = targets.size();
      for (int i = 1; i < labels.length; i++) {
        if (labels[i]) {
          rows.add(size + i - 1);
          targets.add(sequence.ids()[i]);
        }
      }
      targetsOf.add(targets.size() - before);
      prompt(sequence);
    }

    private void add(int[] tokens, int[][] at) {
      ids.add(tokens);
      positions.add(at);
      size += tokens.length;
    }

    PackedBatch build(int group) {
      int[] allIds = new int[size];
      int[][] allPositions = new int[3][size];
      int first = 0;
      for (int i = 0; i < ids.size(); i++) {
        int length = ids.get(i).length;
        System.arraycopy(ids.get(i), 0, allIds, first, length);
        for (int axis = 0; axis < 3; axis++) {
          System.arraycopy(positions.get(i)[axis], 0, allPositions[axis], first, length);
        }
        first += length;
      }
      return new PackedBatch(
          allIds,
          allPositions,
          array(imageRows),
          array(next),
          Segments.of(promptLengths),
          group,
          Segments.of(continuationLengths),
          targetsOf.isEmpty() ? array(lastRows) : array(rows),
          array(targets),
          array(targetsOf));
    }

    private static int[] array(List<Integer> list) {
      return list.stream().mapToInt(Integer::intValue).toArray();
    }
  }
}
