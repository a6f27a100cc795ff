package ai.medr1.grpo.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.eval.Score;
import ai.medr1.grpo.config.ConfigFile;
import ai.medr1.grpo.config.ExperimentConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MatrixTableTest {
  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"modality", "task"})
  void fitsIntoHundredColumns(String kind) throws IOException {
    Matrix matrix = filled(matrix(kind, ""));

    assertThat(MatrixTable.of(matrix) + MatrixTable.improvements(matrix))
        .contains("untrained: accuracy", "grpo: accuracy", "grpo over untrained", "sft over grpo")
        .doesNotContain("NaN")
        .satisfies(text -> assertThat(text.lines()).allMatch(line -> line.length() <= 100));
  }

  @Test
  void damagedFilesAreRefusedByName() throws IOException {
    Path file = dir.resolve("matrix.json");
    String cell =
        "{\"kind\":\"task\",\"names\":[],\"variants\":[],\"trainings\":[],\"cells\":[{\"state\":\"%s\",\"variant\":\"v\",\"column\":\"c\"}]}";
    refused(file, "", "is an empty file");
    refused(file, "{}", "there is no list cells");
    refused(file, "{\"kind\":\"task\",\"cells\":[],\"trainings\":3}", "there is no list trainings");
    refused(file, "{\n", "not JSON in line 2: it ends too early");
    refused(file, "{\"kind\":\"x\",\"cells\":[],\"trainings\":[]}", "kind is 'x'");
    refused(file, cell.formatted("over"), "state is 'over'");
    refused(file, cell.formatted("done"), "found 0 of 0");
  }

  private static void refused(Path file, String text, String why) throws IOException {
    Files.writeString(file, text);
    assertThatThrownBy(() -> MatrixFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(file.toString(), why, "begin anew in another directory")
        .message()
        .doesNotContain("REDACTED", "\n");
  }

  @Test
  void showsStatesAndGains() throws IOException {
    Matrix matrix = matrix("modality", "names: [ct, mri]\n");
    Cell base = matrix.row("untrained", Optional.empty()).get(1);
    List<Cell> row = matrix.row("grpo", Optional.of("CT"));
    matrix =
        matrix
            .with(base.done(new Score(10, 2), 1))
            .with(row.get(0).failed("no image"))
            .with(row.get(1).done(new Score(10, 5), 61))
            .with(matrix.trainings().get(0).done("checkpoint-3", 3700));

    assertThat(MatrixTable.of(matrix))
        .containsPattern("(?m)^untrained +\\. +20\\.0 +20\\.0 +1s$")
        .containsPattern("(?m)^CT +! +50\\.0 +50\\.0 +1h01 +1m01$")
        .containsPattern("(?m)^MRI +\\. +\\. +- +\\. +0s$")
        .contains("mean on what was trained on -, on the others 50.0")
        .contains("2 cells done, 1 failed (!), 0 running (>), 7 waiting (.)")
        .contains("failed: grpo CT: no image");
    assertThat(MatrixTable.improvements(matrix))
        .containsPattern("(?m)^CT +- +\\+30\\.0 +\\+30\\.0$")
        .contains("mean of all cells +30.0");
  }

  private static Matrix filled(Matrix matrix) {
    Matrix filled = matrix;
    for (Cell cell : matrix.cells()) {
      filled = filled.with(cell.done(new Score(7, 7), 4000));
    }
    for (TrainedRow training : matrix.trainings()) {
      filled = filled.with(training.done("checkpoint-1", 400_000));
    }
    return filled;
  }

  private Matrix matrix(String kind, String more) throws IOException {
    Path file = dir.resolve("config.yaml");
    Files.writeString(
        file,
        """
        kind: %s
        variants:
          - {name: untrained, train: none}
          - {name: grpo}
          - {name: sft, train: sft}
        """
                .formatted(kind)
            + more);
    return Matrix.waiting(ConfigFile.read(ExperimentConfig.defaults(), file, List.of()));
  }
}
