package ai.medr1.data;

import ai.medr1.core.InputException;
import ai.medr1.data.Finding.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is wrong with a data set.
 *
 * @param data all items
 * @param findings in the order of the items; all problems of each, but for those that follow from
 *     another
 */
public record Inspection(VqaDataset data, List<Finding> findings) {
  /** What becomes of items that something is wrong with. */
  public enum Policy {
    /** They stop the run before it begins. */
    ERROR,
    /** They are left out; {@link #counts} says how many. */
    SKIP,
    /** They are asked all the same. */
    ASK
  }

  private static final Logger LOG = LoggerFactory.getLogger(Inspection.class);

  /** Headers that are read before a run begins, spread over the data. */
  private static final int HEADERS = 1000;

  /** Images that are decoded before a run begins, where their headers tell more than 8 bits. */
  private static final int DECODED = 200;

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
    return new Inspector(otherPart, checked, Integer.MAX_VALUE, Integer.MAX_VALUE).inspect(data);
  }

  /**
   * Looks for what makes items unsound, in bounded time: whether images are there, of all items;
   * whether they are images, and whether they are white since they are clipped, of some that are
   * spread over the data.
   */
  public static Inspection beforeStart(VqaDataset data) {
    Set<Problem> unsound = EnumSet.allOf(Problem.class);
    unsound.removeIf(problem -> !problem.isUnsound());
    return new Inspector(Set.of(), unsound, HEADERS, DECODED).inspect(data);
  }

  /** Looks at the items in their order. */
  private static final class Inspector {
    private final Set<String> otherPart;
    private final List<Problem> order;
    private final int headers;
    private final int decoded;
    private final Set<Splits.Key> seen = new HashSet<>();
    private final Set<String> ids = new HashSet<>();
    private final Map<VqaImage, Boolean> readable = new HashMap<>();
    private final Map<VqaImage, Boolean> clipped = new HashMap<>();

    Inspector(Set<String> otherPart, Set<Problem> checked, int headers, int decoded) {
      this.otherPart = otherPart;
      this.order = checked.stream().sorted().toList();
      this.headers = headers;
      this.decoded = decoded;
    }

    Inspection inspect(VqaDataset data) {
      int header = 1 + (data.size() - 1) / headers;
      int pixels = 1 + (data.size() - 1) / decoded;
      List<Finding> findings = new ArrayList<>();
      for (int i = 0; i < data.size(); i++) {
        findings.addAll(look(data.items().get(i), i % header == 0, i % pixels == 0));
      }
      return new Inspection(data, findings);
    }

    private List<Finding> look(VqaItem item, boolean header, boolean pixels) {
      boolean repeated = !seen.add(Splits.Key.of(item));
      boolean sameId = !ids.add(item.id());
      return order.stream()
          .filter(problem -> found(problem, item, repeated, sameId, header, pixels))
          .map(problem -> new Finding(problem, item.source(), detail(problem, item)))
          .toList();
    }

    private boolean found(
        Problem problem,
        VqaItem item,
        boolean repeated,
        boolean sameId,
        boolean header,
        boolean pixels) {
      boolean letter = item.answerKind() == AnswerKind.LETTER;
      return switch (problem) {
        case EMPTY_QUESTION -> item.problem().isBlank();
        case NO_ANSWER -> !letter && item.gold().isEmpty();
        case NO_OPTIONS -> letter && !item.problem().isBlank() && item.options().size() < 2;
        case OPTION_GAP -> letter && Choices.hasGap(item.options());
        case DUPLICATE_OPTIONS -> letter && hasTwins(item);
        case ANSWER_NOT_AMONG_OPTIONS ->
            letter && item.options().size() > 1 && item.goldOption().isEmpty();
        case MISSING_IMAGE -> !item.images().stream().allMatch(VqaImage::exists);
        case UNREADABLE_IMAGE -> header && !item.images().stream().allMatch(this::isReadable);
        case CLIPPED_IMAGE -> pixels && item.images().stream().anyMatch(this::isClipped);
        case DUPLICATE_ID -> sameId;
        case DUPLICATE -> repeated;
        case IMAGE_IN_TRAIN_AND_TEST ->
            item.images().stream().map(VqaImage::identity).anyMatch(otherPart::contains);
      };
    }

    /** Many items may show one image. */
    private boolean isReadable(VqaImage image) {
      return !image.exists() || readable.computeIfAbsent(image, Inspector::hasHeader);
    }

    private boolean isClipped(VqaImage image) {
      return image.exists() && clipped.computeIfAbsent(image, Inspector::isWhite);
    }

    /** An image that does not decode is no clipped one. */
    private static boolean isWhite(VqaImage image) {
      try {
        return image.isClipped();
      } catch (InputException e) {
        return false;
      }
    }

    private static boolean hasHeader(VqaImage image) {
      try {
        image.size();
        return true;
      } catch (InputException e) {
        return false;
      }
    }

    private static boolean hasTwins(VqaItem item) {
      Set<String> texts = new HashSet<>();
      return item.options().stream()
          .anyMatch(option -> !texts.add(Gold.plain(option.text()).toLowerCase(Locale.ROOT)));
    }
  }

  private static String detail(Problem problem, VqaItem item) {
    return switch (problem) {
      case EMPTY_QUESTION -> "the question is empty";
      case NO_ANSWER -> "no answer to '" + item.problem() + "'";
      case NO_OPTIONS, OPTION_GAP, DUPLICATE_OPTIONS -> "'" + item.problem() + "'";
      case ANSWER_NOT_AMONG_OPTIONS ->
          "'"
              + item.gold()
              + "' is none of "
              + letters(item)
              + hint(item)
              + " in '"
              + item.problem()
              + "'";
      case MISSING_IMAGE -> missing(item);
      case UNREADABLE_IMAGE -> item.imageFile().isEmpty() ? item.imageName() : item.imageFile();
      case CLIPPED_IMAGE ->
          item.imageName()
              + " is white for the most part, since gray levels beyond 255 are clipped; bring it to"
              + " 8 bits";
      case DUPLICATE_ID -> "'" + item.id() + "'";
      case DUPLICATE, IMAGE_IN_TRAIN_AND_TEST -> item.imageName();
    };
  }

  /** The letter that was probably meant. */
  private static String hint(VqaItem item) {
    String meant = Gold.letter(item.gold(), item.options(), true);
    return meant.equals(item.gold()) ? "" : " (" + meant + "?)";
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
      throw new InputException(message("; mend them, or have such items skipped and counted"));
    }
    return policy == Policy.ASK ? data : without(findings);
  }

  /**
   * The items to begin a run with; every kind of finding is one line of warning. Items whose image
   * is at fault stay, since they are skipped and counted when they are asked.
   *
   * @param mostShare of all items that may be left out, from 0 to 1
   * @param remedy which keys decide, for messages
   * @throws InputException if anything was found under {@link Policy#ERROR}, or more than this
   *     share
   */
  public VqaDataset toBegin(Policy policy, double mostShare, String remedy) {
    if (findings.isEmpty()) {
      return data;
    }
    if (policy == Policy.ERROR) {
      throw new InputException(message("; nothing was begun: mend them, or " + remedy));
    }
    if (policy == Policy.SKIP && faulty() > mostShare * data.size()) {
      throw new InputException(
          message(
              "; that is more than a share of %s, which may be skipped: mend them, or %s"
                  .formatted(mostShare, remedy)));
    }
    counts()
        .forEach(
            (problem, count) -> {
              if (count > 0) {
                LOG.warn(
                    "{} of {} items of {} {}: {}",
                    count,
                    data.size(),
                    data.name(),
                    policy == Policy.ASK ? "are unsound and asked all the same" : "are skipped",
                    example(problem));
              }
            });
    return policy == Policy.ASK
        ? data
        : without(findings.stream().filter(f -> !f.problem().isOfImage()).toList());
  }

  private VqaDataset without(List<Finding> faults) {
    Set<VqaItem.Source> faulty = faults.stream().map(Finding::source).collect(Collectors.toSet());
    return data.filter(item -> !faulty.contains(item.source()));
  }

  /** Items that anything is wrong with. */
  private long faulty() {
    return findings.stream().map(Finding::source).distinct().count();
  }

  private String example(Problem problem) {
    return findings.stream()
        .filter(finding -> finding.problem() == problem)
        .findFirst()
        .map(finding -> problem.label() + ", such as " + finding.source() + ": " + finding.detail())
        .orElse(problem.label());
  }

  private String message(String remedy) {
    String kinds =
        counts().entrySet().stream()
            .filter(entry -> entry.getValue() > 0)
            .map(entry -> entry.getValue() + " " + example(entry.getKey()))
            .collect(Collectors.joining("; "));
    return "%d of %d items of %s cannot be used: %s%s"
        .formatted(faulty(), data.size(), data.name(), kinds, remedy);
  }
}
