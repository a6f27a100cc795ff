package ai.medr1.eval;

import ai.medr1.core.DirectoryLock;
import ai.medr1.core.InputException;
import ai.medr1.data.VqaItem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The directory of an evaluation. Rows of {@code items.jsonl} are written while it goes on, in the
 * order of the answers; {@link #finish} puts them in the order of the data and writes the results.
 * An evaluation that was interrupted can be gone on with: what has a row is not asked again.
 */
public final class EvalDirectory implements EvalLog, AutoCloseable {
  private static final String ITEMS = "items.jsonl";

  private final Path directory;
  private final DirectoryLock lock;
  private final Setup setup;
  private final Map<String, EvaluatedItem> known;
  private final EnvironmentFile environment;
  private final Writer rows;

  /**
   * What is evaluated.
   *
   * @param items all of them; their ids differ
   * @param prompt name of the wording, as the rows have it
   * @param settings that {@code config.json} keeps
   * @param trained images that the model may have seen in training
   * @param device where the model computes, as in {@code environment.json}
   */
  public record Setup(
      List<VqaItem> items,
      String prompt,
      EvalSettings settings,
      TrainingImages trained,
      String device) {
    public Setup {
      items = List.copyOf(items);
      requireUnique(items);
    }

    private static void requireUnique(List<VqaItem> items) {
      Map<String, VqaItem> byId = new HashMap<>();
      for (VqaItem item : items) {
        VqaItem other = byId.put(item.id(), item);
        if (other != null) {
          throw new InputException(
              "%s and %s have the same id '%s'; results are kept by id: give every item one of its own"
                  .formatted(other.source(), item.source(), item.id()));
        }
      }
    }
  }

  private EvalDirectory(
      Path directory,
      DirectoryLock lock,
      Setup setup,
      Map<String, EvaluatedItem> known,
      EnvironmentFile environment)
      throws IOException {
    this.directory = directory;
    this.lock = lock;
    this.setup = setup;
    this.known = known;
    this.environment = environment;
    EvalFiles.removeResults(directory);
    setup.settings().write(directory);
    EvalFiles.replace(directory.resolve(ITEMS), EvalFiles.rows(known.values(), setup.prompt()));
    this.rows = Files.newBufferedWriter(directory.resolve(ITEMS), StandardOpenOption.APPEND);
  }

  /**
   * Starts an evaluation; results that are there are replaced.
   *
   * @throws InputException if another run works in the directory
   */
  public static EvalDirectory start(Path directory, Setup setup) throws IOException {
    return open(directory, setup, false);
  }

  /**
   * Goes on with an evaluation, or starts it where there is none.
   *
   * @throws InputException naming the setting or the row that is not that of this evaluation; or if
   *     another run works in the directory
   */
  public static EvalDirectory resume(Path directory, Setup setup) throws IOException {
    return open(directory, setup, true);
  }

  private static EvalDirectory open(Path directory, Setup setup, boolean resume)
      throws IOException {
    DirectoryLock lock = DirectoryLock.take(directory);
    try {
      return resume && Files.exists(directory.resolve(ITEMS))
          ? goOn(directory, lock, setup)
          : new EvalDirectory(
              directory, lock, setup, Map.of(), EnvironmentFile.start(directory, setup.device()));
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static EvalDirectory goOn(Path directory, DirectoryLock lock, Setup setup)
      throws IOException {
    setup.settings().requireSame(directory);
    Map<String, EvaluatedItem> known = known(directory.resolve(ITEMS), setup);
    return new EvalDirectory(
        directory, lock, setup, known, EnvironmentFile.resume(directory, setup.device()));
  }

  private static Map<String, EvaluatedItem> known(Path file, Setup setup) {
    Map<String, VqaItem> items = new HashMap<>();
    setup.items().forEach(item -> items.put(item.id(), item));
    Map<String, EvaluatedItem> known = new LinkedHashMap<>();
    for (EvaluatedItem row : ItemRows.read(file)) {
      VqaItem item = items.get(row.item().id());
      requireSame(row.item(), item);
      known.put(row.item().id(), row.withItem(Objects.requireNonNull(item)));
    }
    return known;
  }

  private static void requireSame(VqaItem row, @Nullable VqaItem item) {
    if (item == null
        || !row.problem().equals(item.problem())
        || !row.solution().equals(item.solution())
        || !row.imageName().equals(item.imageName())) {
      throw new InputException(
          "%s: '%s' is not such an item of the data any more; remove the file to evaluate anew"
              .formatted(row.source(), row.id()));
    }
  }

  @Override
  public Optional<EvaluatedItem> known(VqaItem item) {
    return Optional.ofNullable(known.get(item.id()));
  }

  @Override
  public EvaluatedItem add(EvaluatedItem item) {
    EvaluatedItem kept = item.withLeaked(setup.trained().contain(item.item()));
    try {
      rows.write(ItemRows.write(kept, setup.prompt()));
      rows.flush();
      environment.tick();
      return kept;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to " + directory.resolve(ITEMS), e);
    }
  }

  /** Writes the results. */
  public void finish(EvalReport report) throws IOException {
    rows.close();
    EvalFiles.write(report, setup.prompt(), directory);
    environment.end();
  }

  @Override
  public void close() throws IOException {
    try {
      rows.close();
    } finally {
      lock.close();
    }
  }
}
