package example;

import ai.medr1.core.InputException;
import ai.medr1.data.AnswerKind;
import ai.medr1.data.DataSource;
import ai.medr1.data.Labels;
import ai.medr1.data.Part;
import ai.medr1.data.VqaDataset;
import ai.medr1.data.VqaImage;
import ai.medr1.data.VqaItem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The lines {@code image|question|answer} of a file; there are no parts. */
public record LinesSource(Path file, Path images) implements DataSource {
  @Override
  public VqaDataset items(Part part) {
    List<VqaItem> items = new ArrayList<>();
    for (String line : lines()) {
      String[] cells = line.split("\\|", -1);
      if (cells.length != 3) {
        throw new InputException(
            "%s:%d: expected image|question|answer, found %s; mend the line"
                .formatted(file, items.size() + 1, line));
      }
      items.add(
          new VqaItem(
              file.getFileName() + "#" + items.size(),
              List.of(VqaImage.of(cells[0], images.resolve(cells[0]))),
              cells[1],
              cells[2],
              List.of(),
              AnswerKind.TEXT,
              Labels.NONE,
              new VqaItem.Source(file, items.size())));
    }
    return new VqaDataset(file.toString(), items);
  }

  private List<String> lines() {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new InputException("cannot read the lines of " + file + ": " + e, e);
    }
  }
}
