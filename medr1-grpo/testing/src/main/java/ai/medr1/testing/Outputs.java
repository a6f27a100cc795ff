package ai.medr1.testing;

import java.util.List;

/** What models write. */
final class Outputs {
  private Outputs() {}

  /** Nothing, fragments, tags in any order, letters of all planes, and long repetitions. */
  static final List<String> ALL =
      List.of(
          "",
          " ",
          "A",
          "\n B \n",
          "<answer>",
          "</answer><answer>",
          "<think></think><answer>A</answer>",
          "<answer> A </answer><answer> B </answer>",
          "\\boxed{C",
          "\ud83e\ude7b \u0000\r\n\u2028",
          "\ud83e",
          "$1 \\{%s",
          "答案：B",
          "<think> ".repeat(20_000),
          "<answer>".repeat(20_000),
          "\\boxed{".repeat(20_000),
          "1 ".repeat(20_000));
}
