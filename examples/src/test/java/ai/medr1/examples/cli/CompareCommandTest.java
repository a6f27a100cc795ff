package ai.medr1.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.EvalFiles;
import ai.medr1.eval.EvalReport;
import ai.medr1.eval.EvaluatedItem;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CompareCommandTest {
  private static final int INPUT = 1;

  @TempDir private Path dir;

  private record Outcome(int code, String out, String err) {}

  private static Outcome compare(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Medr1.commandLine();
    line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int code =
        line.execute(
            IntStream.rangeClosed(0, arguments.length)
                .mapToObj(i -> i == 0 ? "compare" : arguments[i - 1])
                .toArray(String[]::new));
    return new Outcome(code, out.toString(), err.toString());
  }

  /** An evaluation of items from a number on, right where there is a 1. */
  private String evaluation(String name, int from, String gold, String right) throws IOException {
    List<EvaluatedItem> items =
        IntStream.range(0, right.length())
            .mapToObj(i -> item(from + i, gold, right.charAt(i) == '1' ? gold : "C"))
            .toList();
    EvalFiles.write(new EvalReport(items, 0), "think", dir.resolve(name));
    return dir.resolve(name).toString();
  }

  private static EvaluatedItem item(int index, String gold, String answer) {
    VqaItem item =
        new VqaItem(
            "ct.json#" + index,
            "ct.png",
            Path.of("ct.png"),
            "Which organ?",
            "<answer> " + gold + " </answer>",
            List.of(),
            Optional.of(Modality.CT),
            Optional.of(Task.ANATOMY_IDENTIFICATION),
            Optional.empty(),
            new VqaItem.Source(Path.of("ct.json"), index));
    return new EvaluatedItem(
        item,
        answer,
        Optional.of(answer),
        1,
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        List.of());
  }

  @Test
  void printsATableOrJson() throws IOException {
    String before = evaluation("before", 0, "A", "10000000");
    String after = evaluation("after", 0, "A", "11111110");
    Outcome table = compare(before, after);
    assertThat(table.code()).as(table.err()).isZero();
    // Six items that the second alone answers rightly: 2 / 2^6.
    assertThat(table.out())
        .contains("A: " + before, "B: " + after, "Computed Tomography", "+75.0", "0.0313");
    Outcome json = compare("--json", before, after);
    JsonNode overall = new ObjectMapper().readTree(json.out()).get("overall");
    assertThat(overall.get("p").doubleValue()).isEqualTo(2 / 64.0);
    assertThat(overall.get("bothRight").intValue()).isEqualTo(1);
    assertThat(overall.get("neitherRight").intValue()).isEqualTo(1);
  }

  @Test
  void otherItemsAreAnErrorUnlessCommonOnesAreAskedFor() throws IOException {
    String first = evaluation("first", 0, "A", "1010");
    String second = evaluation("second", 2, "A", "1111");
    Outcome refused = compare(first, second);
    assertThat(refused.code()).isEqualTo(INPUT);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err()).contains("2 are in both", "ct.json#0", "ct.json#4", "--common");
    Outcome common = compare("--common", first, second);
    assertThat(common.code()).as(common.err()).isZero();
    assertThat(common.out()).contains("Left out: 2 items that A alone has, 2 that B alone has");
  }

  @Test
  void wrongInputsAreNamed() throws IOException {
    String first = evaluation("first", 0, "A", "10");
    String second = evaluation("second", 0, "B", "10");
    assertThat(compare("--common", first, second))
        .extracting(Outcome::code, outcome -> outcome.err().contains("'ct.json#0' is not the same"))
        .containsExactly(INPUT, true);
    assertThat(compare(first, dir.resolve("nowhere").toString()))
        .extracting(Outcome::code, outcome -> outcome.err().contains("nowhere has no items.jsonl"))
        .containsExactly(INPUT, true);
  }
}
