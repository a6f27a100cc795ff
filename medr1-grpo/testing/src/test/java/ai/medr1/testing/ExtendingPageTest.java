package ai.medr1.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The code of docs/extending.md is that of the folder {@code example}, which the tests run. */
class ExtendingPageTest {
  /** Tests run in the folder of the module. */
  private static final Path PROJECT = Path.of("../..");

  private static final Path PAGE = PROJECT.resolve("docs/extending.md");
  private static final Path EXAMPLES = PROJECT.resolve("medr1-grpo/testing/src/test/java/example");

  /** A link to a file, a blank line, and a block of its code. */
  private static final Pattern BLOCK =
      Pattern.compile("\\]\\((\\S+\\.java)\\):\n\n```java\n(.*?)```", Pattern.DOTALL);

  private static List<MatchResult> blocks() throws IOException {
    return BLOCK.matcher(Files.readString(PAGE)).results().toList();
  }

  @Test
  void itsCodeIsThatOfTheFiles() throws IOException {
    for (MatchResult block : blocks()) {
      Path file = PAGE.resolveSibling(block.group(1));
      assertThat(Files.readString(file)).as(file.toString()).endsWith(block.group(2));
    }
  }

  @Test
  void everyBlockOfJavaIsThatOfAFile() throws IOException {
    assertThat(Files.readString(PAGE).split("```java", -1)).hasSize(blocks().size() + 1);
  }

  @Test
  void everyExampleIsShown() throws IOException {
    List<String> shown = new ArrayList<>();
    blocks().forEach(block -> shown.add(String.valueOf(Path.of(block.group(1)).getFileName())));
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .filteredOn(name -> !name.equals("MyPartsTest.java"))
          .containsExactlyInAnyOrderElementsOf(shown);
    }
  }
}
