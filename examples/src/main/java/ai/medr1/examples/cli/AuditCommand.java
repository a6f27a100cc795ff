package ai.medr1.examples.cli;

import ai.medr1.data.Audit;
import ai.medr1.data.Columns;
import ai.medr1.data.DataFiles;
import ai.medr1.data.DataForm;
import ai.medr1.data.Finding;
import ai.medr1.data.VqaDataset;
import ai.medr1.data.VqaImage;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what data holds and what is wrong with it. */
@Command(
    name = "audit",
    description = {
      "Counts the items of data per split, modality and task, and reports what is wrong with them:"
          + " no options, an answer that is none of them, a missing image, a duplicate, an image"
          + " that is both trained and tested on.",
    },
    footer = {
      "  medr1 audit splits",
      "  medr1 audit phantoms --json > audit.json",
      "  medr1 audit phantoms --fail-on missing,answer"
    })
final class AuditCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "DIR",
      description =
          "Folder with splits; or a file or folder of JSON, JSON Lines, CSV or Parquet in another"
              + " form.")
  private Path data;

  @Option(names = "--json", description = "Print everything as one JSON object.")
  private boolean json;

  @Option(
      names = "--fail-on",
      split = ",",
      paramLabel = "PROBLEM",
      converter = Converters.OfGate.class,
      description =
          "End with 4 where an item has one of these problems, with commas between them: any,"
              + " unsound (what stops a training), leak, missing, unreadable, clipped, question,"
              + " answer, options, duplicate.")
  private List<Gate> gates = new ArrayList<>();

  @Option(
      names = "--image-root",
      paramLabel = "DIR",
      description =
          "What the names of images are relative to. Without it that is the folder of the data, and"
              + " images are not looked for where none of them is there.")
  private Optional<Path> imageRoot = Optional.empty();

  @Option(
      names = "--form",
      paramLabel = "FORM",
      converter = Converters.OfForm.class,
      description =
          "How to read the data: auto, med-r1, omnimedvqa, vqa-rad, slake, pathvqa, pmc-vqa,"
              + " medxpertqa-mm or columns.")
  private DataForm form = DataForm.AUTO;

  @Option(
      names = "--column",
      paramLabel = "OURS=THEIRS",
      description =
          "A column that is called otherwise, such as image=Figure_path or options=Choice A,Choice"
              + " B.")
  private Map<String, String> columns = new LinkedHashMap<>();

  @Override
  public Integer call() {
    Audit audit = audit();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(audit.json());
    } else {
      out.print(audit.text());
    }
    return gated(audit);
  }

  private int gated(Audit audit) {
    boolean fails = false;
    for (Gate gate : gates) {
      long items = audit.items(gate.problems());
      if (items > 0) {
        fails = true;
        spec.commandLine().getErr().printf("medr1: --fail-on %s: %d items%n", gate.label(), items);
      }
    }
    return fails ? Failures.DOES_NOT_HOLD : 0;
  }

  private Audit audit() {
    Path root = imageRoot.orElse(DataFiles.imageRoot(data));
    Map<String, List<String>> names = new LinkedHashMap<>();
    columns.forEach((own, theirs) -> names.put(own, List.of(theirs.split(","))));
    DataFiles files = new DataFiles(data, root, form, Columns.given(names));
    VqaDataset all = files.all();
    Set<Finding.Problem> checked = checked(all, root);
    return files.isSplits() ? Audit.of(files.splits(), checked) : Audit.of(all, checked);
  }

  /** Where the images are elsewhere altogether, the items themselves are all there is to check. */
  private Set<Finding.Problem> checked(VqaDataset all, Path root) {
    if (imageRoot.isPresent()
        || all.items().stream()
            .flatMap(item -> item.images().stream())
            .anyMatch(VqaImage::exists)) {
      return Audit.everything();
    }
    if (gates.stream().anyMatch(gate -> !Audit.withoutImages().containsAll(gate.problems()))) {
      return Audit.everything(); // a gate that looks for images must not pass since none is there
    }
    spec.commandLine()
        .getErr()
        .println(
            "medr1: no image of the data is below %s, so images are not looked for; --image-root says where they are"
                .formatted(root));
    return Audit.withoutImages();
  }
}
