package ai.medr1.examples.cli;

import ai.medr1.data.Finding.Problem;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What {@code audit --fail-on} takes: problems of data by short names. */
enum Gate {
  /** Everything. */
  ANY(EnumSet.allOf(Problem.class)),
  /** What stops a training before it begins. */
  UNSOUND(unsound()),
  /** Images that are both trained and tested on. */
  LEAK(EnumSet.of(Problem.IMAGE_IN_TRAIN_AND_TEST)),
  MISSING(EnumSet.of(Problem.MISSING_IMAGE)),
  UNREADABLE(EnumSet.of(Problem.UNREADABLE_IMAGE)),
  CLIPPED(EnumSet.of(Problem.CLIPPED_IMAGE)),
  QUESTION(EnumSet.of(Problem.EMPTY_QUESTION)),
  ANSWER(EnumSet.of(Problem.NO_ANSWER, Problem.ANSWER_NOT_AMONG_OPTIONS)),
  OPTIONS(EnumSet.of(Problem.NO_OPTIONS, Problem.OPTION_GAP, Problem.DUPLICATE_OPTIONS)),
  DUPLICATE(EnumSet.of(Problem.DUPLICATE_ID, Problem.DUPLICATE));

  @SuppressWarnings("ImmutableEnumChecker") // never changed after it was made
  private final Set<Problem> problems;

  Gate(Set<Problem> problems) {
    this.problems = problems;
  }

  private static Set<Problem> unsound() {
    Set<Problem> unsound = EnumSet.allOf(Problem.class);
    unsound.removeIf(problem -> !problem.isUnsound());
    return unsound;
  }

  Set<Problem> problems() {
    return problems;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static String labels() {
    return Arrays.stream(values()).map(Gate::label).collect(Collectors.joining(", "));
  }
}
