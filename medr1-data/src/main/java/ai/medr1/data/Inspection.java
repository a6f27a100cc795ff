package ai.medr1.data;

import ai.medr1.core.InputException;
import ai.medr1.data.Finding.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is wrong with a data set.
 *
 * @param data all items
 * @param findings in the order of the items; the first problem of each
 */
public record Inspection(VqaDataset data, List<Finding> findings) {
  private static final int SHOWN = 5;

  /** What becomes of items that something is wrong with. */
  public enum Policy {
    /** They stop the run before it begins. */
    ERROR,
    /** They are left out; {@link #counts} says how many. */
    SKIP
  }

  public Inspection {
    findings = List.copyOf(findings);
  }

  /** Checks everything but for images shared with another part. */
  public static Inspection of(VqaDataset data) {
    return of(data, Set.of(), EnumSet.allOf(Problem.class));
  }

  /**
   * Checks the items.
   *
   * @param otherPart identities of the images of the other part of the split
   * @param checked the problems to look for
   */
  public static Inspection of(VqaDataset data, Set<String> otherPart, Set<Problem> checked) {
    List<Problem> order = checked.stream().sorted().toList();
    Set<Splits.Key> seen = new HashSet<>();
    List<Finding> findings = new ArrayList<>();
    for (VqaItem item : data.items()) {
      boolean repeated = !seen.add(Splits.Key.of(item));
      order.stream()
          .flatMap(problem -> look(problem, item, repeated, otherPart).stream())
          .findFirst()
          .ifPresent(findings::add);
    }
    return new Inspection(data, findings);
  }

  private static Optional<Finding> look(
      Problem problem, VqaItem item, boolean repeated, Set<String> otherPart) {
    boolean letter = item.answerKind() == AnswerKind.LETTER;
    boolean found =
        switch (problem) {
          case NO_OPTIONS -> letter && item.options().isEmpty();
          case ANSWER_NOT_AMONG_OPTIONS -> letter && item.goldOption().isEmpty();
          case MISSING_IMAGE -> !item.images().stream().allMatch(VqaImage::exists);
          case DUPLICATE -> repeated;
          case IMAGE_IN_TRAIN_AND_TEST ->
              item.images().stream().map(VqaImage::identity).anyMatch(otherPart::contains);
        };
    return found
        ? Optional.of(new Finding(problem, item.source(), detail(problem, item)))
        : Optional.empty();
  }

  private static String detail(Problem problem, VqaItem item) {
    return switch (problem) {
      case NO_OPTIONS -> "'" + item.problem() + "'";
      case ANSWER_NOT_AMONG_OPTIONS ->
          "'" + item.gold() + "' is none of " + letters(item) + " in '" + item.problem() + "'";
      case MISSING_IMAGE -> missing(item);
      case DUPLICATE, IMAGE_IN_TRAIN_AND_TEST -> item.imageName();
    };
  }

  private static String missing(VqaItem item) {
    return item.images().stream()
        .filter(image -> !image.exists())
        .map(image -> image.file().map(Path::toString).orElse(image.name()))
        .collect(Collectors.joining(", "));
  }

  private static String letters(VqaItem item) {
    return item.options().stream().map(Choices.Option::letter).collect(Collectors.joining(", "));
  }

  /** How often each problem was found; 0 for those that were not. */
  public Map<Problem, Integer> counts() {
    Map<Problem, Integer> counts = new EnumMap<>(Problem.class);
    for (Problem problem : Problem.values()) {
      counts.put(problem, 0);
    }
    findings.forEach(finding -> counts.merge(finding.problem(), 1, Integer::sum));
    return counts;
  }

  /**
   * The items that nothing is wrong with.
   *
   * @throws InputException under {@link Policy#ERROR} if anything was found
   */
  public VqaDataset sound(Policy policy) {
    if (policy == Policy.ERROR && !findings.isEmpty()) {
      throw new InputException(message());
    }
    Set<VqaItem.Source> faulty = findings.stream().map(Finding::source).collect(Collectors.toSet());
    return data.filter(item -> !faulty.contains(item.source()));
  }

  private String message() {
    return findings.stream()
        .limit(SHOWN)
        .map(finding -> "\n  " + finding)
        .collect(
            Collectors.joining(
                "",
                "%d of %d items of %s cannot be used:"
                    .formatted(findings.size(), data.size(), data.name()),
                (findings.size() > SHOWN ? "\n  ..." : "")
                    + "\nMend them, or have such items skipped and counted."));
  }
}
