package ai.medr1.examples.cli;

import ai.medr1.data.DataFiles;
import ai.medr1.data.Part;
import ai.medr1.data.Splits;
import ai.medr1.data.phantom.ContactSheet;
import ai.medr1.data.phantom.PhantomConfig;
import ai.medr1.data.phantom.Phantoms;
import ai.medr1.data.phantom.StandIns;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Draws images with known content. */
@Command(
    name = "phantom",
    description = {
      "Draws medical-looking images of all modalities, with questions whose answers are known.",
      "--out gets them as splits for training and test and in the original form of OmniMedVQA."
          + " With --images-for it gets an image of the right modality for every item of real"
          + " data, under the names that the items give; images that are there already stay."
    },
    footer = {
      "  medr1 phantom --out phantoms --train 50 --test 10",
      "  medr1 phantom --images-for splits/modality/test/OCT_test.json --out images",
      "  medr1 phantom --sheet sheet.png"
    })
final class PhantomCommand implements Callable<Integer> {
  private static final int SHEET_COLUMNS_PER_TASK = 2;

  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Directory of the data; with --images-for the root of the images.")
  private Optional<Path> out = Optional.empty();

  @Option(
      names = "--images-for",
      paramLabel = "PATH",
      description = "A JSON file of items, or a folder with splits, whose images are to be drawn.")
  private Optional<Path> imagesFor = Optional.empty();

  @Option(
      names = "--sheet",
      paramLabel = "FILE",
      description = "Write one image with examples of all modalities (rows) and tasks.")
  private Optional<Path> sheet = Optional.empty();

  @Option(
      names = "--train",
      paramLabel = "N",
      defaultValue = "20",
      description = "Training items for each modality and task; default 20.")
  private int train;

  @Option(
      names = "--test",
      paramLabel = "N",
      defaultValue = "5",
      description = "Test items for each modality and task; default 5.")
  private int test;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      defaultValue = "112",
      description = "Width and height of the images; default 112.")
  private int size;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Decides the items; default 42.")
  private long seed;

  @Override
  public Integer call() {
    if (out.isEmpty() && (sheet.isEmpty() || imagesFor.isPresent())) {
      throw new ParameterException(spec.commandLine(), "--out or --sheet is missing");
    }
    PhantomConfig config = PhantomConfig.of(seed, train, test).withImageSize(size);
    sheet.ifPresent(file -> ContactSheet.write(file, seed, size, SHEET_COLUMNS_PER_TASK));
    if (imagesFor.isPresent()) {
      drawFor(imagesFor.get(), out.orElseThrow());
    } else {
      out.ifPresent(folder -> generate(config, folder));
    }
    return 0;
  }

  private void generate(PhantomConfig config, Path folder) {
    Splits splits = Phantoms.generate(config, folder);
    say(
        "%s: %d training items, %d test items"
            .formatted(
                folder, splits.byModality(Part.TRAIN).size(), splits.byModality(Part.TEST).size()));
  }

  private void drawFor(Path data, Path root) {
    StandIns.Result result = StandIns.draw(DataFiles.of(data).all(), root, size);
    say(
        "%s: %d images drawn, %d of them of a guessed modality; %d were there already"
            .formatted(root, result.drawn(), result.guessed(), result.kept()));
  }

  private void say(String line) {
    spec.commandLine().getOut().println(line);
  }
}
