package ai.medr1.data;

import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import ai.medr1.data.internal.rows.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Items of files: a folder with Med-R1's splits, or a file or folder of JSON, JSON Lines, CSV, TSV
 * or Parquet in a form that is known by name or by the columns given.
 *
 * <p>Of other folders than splits, files whose name begins with {@code train} are to train on,
 * those with {@code test} to test on ({@code validation} or {@code dev}, where there are none).
 * Where no name tells, all files are for both.
 *
 * @param path the folder or file
 * @param imageRoot what the names of images are relative to
 * @param form how to read it
 * @param columns where the form's own columns are called otherwise
 */
public record DataFiles(Path path, Path imageRoot, DataForm form, Columns columns)
    implements DataSource {

  private static final Pattern TRAIN = Pattern.compile("(^|[^a-z])train(ing|set)?([^a-z]|$)");
  private static final Pattern TEST = Pattern.compile("(^|[^a-z])test(ing|set)?([^a-z]|$)");
  private static final Pattern DEV =
      Pattern.compile("(^|[^a-z])(validat(e|ion)|valid|val|dev)([^a-z]|$)");

  /** What the library of Hugging Face writes beside its data. */
  private static final Set<String> NO_DATA =
      Set.of("dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json");

  /** Files whose form their content tells, with images in the folder of the data. */
  public static DataFiles of(Path path) {
    return new DataFiles(path, imageRoot(path), DataForm.AUTO, Columns.NONE);
  }

  /** The folder of the data. */
  public static Path imageRoot(Path path) {
    return Files.isDirectory(path) ? path : path.toAbsolutePath().resolveSibling("");
  }

  /** Whether this is a folder with Med-R1's splits. */
  public boolean isSplits() {
    return Files.isDirectory(path.resolve(Splits.MODALITY))
        || Files.isDirectory(path.resolve(Splits.TASK));
  }

  /** Med-R1's splits, where {@link #isSplits}. */
  public Splits splits() {
    return Splits.load(path, imageRoot);
  }

  /** The items of a part; of splits those by modality, or by task where there are none. */
  @Override
  public VqaDataset items(Part part) {
    if (isSplits()) {
      VqaDataset byModality = splits().byModality(part);
      return byModality.size() > 0 ? byModality : splits().byTask(part);
    }
    return read(of(part, files()));
  }

  @Override
  public VqaDataset all() {
    if (!isSplits()) {
      return read(files());
    }
    Splits splits = splits();
    List<VqaItem> items = new ArrayList<>(splits.joined(Part.TRAIN).items());
    items.addAll(splits.joined(Part.TEST).items());
    return new VqaDataset(path.toString(), items);
  }

  /**
   * How the data lie in their files.
   *
   * @param columns of the first row, as the file names them
   */
  public record Layout(DataForm form, List<String> columns) {}

  /**
   * What the first file tells of the others.
   *
   * @throws InputException if there is none, or it is in no form that is known
   */
  public Layout layout() {
    if (isSplits()) {
      return new Layout(DataForm.MED_R1, DataForm.MED_R1.columns().all());
    }
    List<Layout> first = new ArrayList<>();
    for (Path file : files()) {
      Rows.read(
          file,
          row -> {
            if (first.isEmpty()) {
              DataForm known = form == DataForm.AUTO ? ItemReader.detect(row, columns) : form;
              first.add(new Layout(known, List.copyOf(row.names())));
            }
          });
      if (!first.isEmpty()) {
        return first.get(0);
      }
    }
    throw new InputException(path + " holds no items");
  }

  private VqaDataset read(List<Path> files) {
    List<VqaItem> items = new ArrayList<>();
    for (Path file : files) {
      items.addAll(ItemReader.read(file, form, columns, imageRoot));
    }
    if (items.isEmpty()) {
      throw new InputException(
          path
              + " holds no items: expected the folders modality or question_type, or files of JSON,"
              + " JSON Lines, CSV or Parquet with items in them");
    }
    return new VqaDataset(Rows.stem(path), items);
  }

  /** Told by the names of the files. */
  @Override
  public boolean hasParts() {
    if (isSplits()) {
      return true;
    }
    List<Path> files = files();
    return files.size() > 1
        && files.stream().anyMatch(file -> is(TRAIN, file))
        && files.stream().anyMatch(file -> is(TEST, file) || is(DEV, file));
  }

  private List<Path> of(Part part, List<Path> files) {
    if (files.size() == 1) {
      return files;
    }
    List<Path> train = files.stream().filter(file -> is(TRAIN, file)).toList();
    List<Path> test = files.stream().filter(file -> is(TEST, file)).toList();
    List<Path> dev = files.stream().filter(file -> is(DEV, file)).toList();
    if (train.isEmpty() && test.isEmpty()) {
      return files;
    }
    List<Path> tested = test.isEmpty() ? dev : test;
    return part == Part.TRAIN ? train : tested;
  }

  private static boolean is(Pattern pattern, Path file) {
    return pattern.matcher(Rows.stem(file).toLowerCase(Locale.ROOT)).find();
  }

  private List<Path> files() {
    if (path.endsWith(Splits.MODALITY) || path.endsWith(Splits.TASK)) {
      Path above = path.toAbsolutePath().normalize().resolveSibling("");
      throw new InputException(
          path + " is a part of splits; give the folder that holds it, " + above);
    }
    if (!Files.exists(path)) {
      throw new InputException(
          path + " does not exist: give a folder with splits, or a file of items");
    }
    return Files.isDirectory(path) ? in(path) : List.of(path);
  }

  /**
   * Files that lie in the folder itself and tell their part; else all below it. Folders of images
   * may hold JSON of another kind.
   */
  private static List<Path> in(Path folder) {
    List<Path> direct = list(folder, 1);
    return direct.stream().anyMatch(file -> is(TRAIN, file) || is(TEST, file))
        ? direct
        : list(folder, Integer.MAX_VALUE);
  }

  /** Files with rows below a folder, in the order of their names. */
  static List<Path> list(Path folder, int depth) {
    try (Stream<Path> files = Files.walk(folder, depth)) {
      return files
          .filter(file -> Rows.isNamedSo(file) && Files.isRegularFile(file))
          .filter(file -> !NO_DATA.contains(String.valueOf(file.getFileName())))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new InputException("cannot list " + folder + ": " + IoReason.of(e), e);
    }
  }
}
