package ai.medr1.testing;

import ai.medr1.data.DataFiles;
import ai.medr1.data.DataSource;
import ai.medr1.data.phantom.PhantomConfig;
import ai.medr1.data.phantom.Phantoms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** medr1's own source, of splits and of files in other forms. */
class DataSourcesTest {
  abstract static class OfFiles extends DataSourceContract {
    @TempDir Path dir;

    @Override
    protected DataSource source() {
      return DataFiles.of(dir);
    }

    @Override
    protected DataSource broken() {
      return DataFiles.of(dir.resolve("gone"));
    }

    @Override
    protected String brokenPlace() {
      return "gone";
    }
  }

  @Nested
  class OfSplits extends OfFiles {
    @BeforeEach
    void draw() throws IOException {
      Phantoms.generate(PhantomConfig.of(1, 1, 1).withImageSize(28), dir);
    }
  }

  @Nested
  class OfLines extends OfFiles {
    @BeforeEach
    void write() throws IOException {
      for (String part : new String[] {"train", "test"}) {
        Files.writeString(
            dir.resolve(part + ".jsonl"),
            """
            {"id": "%s-1", "image": "a.png", "question": "Which organ?", "answer": "liver"}
            {"id": "%s-2", "image": "b.png", "question": "Enlarged?", "answer": "no"}
            """
                .formatted(part, part));
      }
    }
  }
}
