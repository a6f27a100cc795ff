package ai.medr1.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

  @ParameterizedTest
  @EnumSource
  void aModalityIsKnownByEachOfItsNames(Modality modality) {
    assertThat(Modality.of(modality.splitName() + "_train")).contains(modality);
    assertThat(Modality.of(modality.fullName())).contains(modality);
    assertThat(Modality.of(modality.abbreviation())).contains(modality);
    assertThat(Modality.of(modality.name().toLowerCase(Locale.ROOT))).contains(modality);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"unknown_train", "Infrared Reflectance Imaging", "CT and MRI", "", "doctor"})
  void otherNamesMeanNoModality(String name) {
    assertThat(Modality.of(name)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aTaskIsKnownByItsName(Task task) {
    assertThat(Task.of(task.fullName() + "_test")).contains(task);
    assertThat(Task.of(task.name())).contains(task);
  }

  @ParameterizedTest
  @CsvSource({"Report Generation", "Modality and Anatomy", "''"})
  void otherNamesMeanNoTask(String name) {
    assertThat(Task.of(name)).isEmpty();
  }

  @Test
  void templatesTakeTheQuestion() {
    assertThat(PromptTemplate.ZERO_SHOT.apply("Which? A)x, B)$1"))
        .isEqualTo("Which? A)x, B)$1 Provide the correct single-letter choice (A, B, C, D,...).");
    assertThat(new PromptTemplate("Say: {Question}!").apply("q")).isEqualTo("Say: q!");
    assertThatThrownBy(() -> new PromptTemplate("no place"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("{Question}");
  }
}
