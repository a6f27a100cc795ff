package example;

import ai.medr1.data.DataSource;
import ai.medr1.testing.DataSourceContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class LinesSourceTest extends DataSourceContract {
  @TempDir private Path dir;

  @BeforeEach
  void writeLines() throws IOException {
    Files.write(
        dir.resolve("mine.txt"),
        List.of("a.png|Is the heart enlarged?|no", "b.png|Which organ is shown?|liver"));
  }

  @Override
  protected DataSource source() {
    return new LinesSource(dir.resolve("mine.txt"), dir);
  }

  @Override
  protected DataSource broken() {
    return new LinesSource(dir.resolve("gone.txt"), dir);
  }

  @Override
  protected String brokenPlace() {
    return "gone.txt";
  }
}
