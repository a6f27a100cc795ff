package ai.medr1.data;

import ai.medr1.data.internal.rows.Rows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * OmniMedVQA in its original form: arrays of {@code {question_id, question_type, modality_type,
 * question, gt_answer, image_path, option_A, option_B, …}}.
 */
public final class OmniMedVqa {
  private OmniMedVqa() {}

  /**
   * Reads a file, or all files of items below a folder.
   *
   * <p>The solution is the letter of the option that reads like {@code gt_answer}, but for case and
   * blanks. Where there is none, the item keeps the answer's text as its solution, and {@link
   * Inspection} reports it.
   *
   * @param imageRoot what {@code image_path} is relative to
   */
  public static VqaDataset load(Path fileOrFolder, Path imageRoot) {
    List<VqaItem> items = new ArrayList<>();
    for (Path file : files(fileOrFolder)) {
      items.addAll(ItemReader.read(file, DataForm.OMNIMEDVQA, Columns.NONE, imageRoot));
    }
    return new VqaDataset(Rows.stem(fileOrFolder), items);
  }

  private static List<Path> files(Path fileOrFolder) {
    return Files.isDirectory(fileOrFolder)
        ? DataFiles.list(fileOrFolder, Integer.MAX_VALUE)
        : List.of(fileOrFolder);
  }
}
