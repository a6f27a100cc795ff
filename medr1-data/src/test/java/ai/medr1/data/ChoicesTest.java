package ai.medr1.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ChoicesTest {

  static Stream<Arguments> problems() {
    return Stream.of(
        Arguments.of("Which? A)CT, B)MRI", List.of("CT", "MRI")),
        Arguments.of("Which? A) CT, B) MRI, C) X-ray", List.of("CT", "MRI", "X-ray")),
        Arguments.of(
            "Which? A)Left, upper lobe, B)PET (a scan), C)It's so., D)no, E)5",
            List.of("Left, upper lobe", "PET (a scan)", "It's so.", "no", "5")),
        Arguments.of(
            "Which? A)Hepatitis (type B), B)Hepatitis (type C)",
            List.of("Hepatitis (type B)", "Hepatitis (type C)")),
        Arguments.of("Which? A)MRI (T1, B)CT, C)US", List.of("MRI (T1", "CT", "US")),
        Arguments.of("Which (fig. A)? A)yes, B)no", List.of("yes", "no")),
        Arguments.of("Vitamin A) or not? A)yes, B)no", List.of("yes", "no")),
        Arguments.of("Which?\nA)yes\nB)no", List.of("yes", "no")),
        Arguments.of("Which? A)only one", List.of()),
        Arguments.of("Which? B)no, C)first", List.of()),
        Arguments.of("", List.of()));
  }

  @ParameterizedTest
  @MethodSource("problems")
  void findsTheOptions(String problem, List<String> texts) {
    assertThat(Choices.parse(problem).options()).extracting(Choices.Option::text).isEqualTo(texts);
  }

  @Test
  void composingAndParsingAreInverse() {
    List<Choices.Option> options =
        List.of(new Choices.Option("A", "liver, left"), new Choices.Option("B", "lung (both)"));
    String problem = Choices.compose("Which organ?", options);
    assertThat(problem).isEqualTo("Which organ? A)liver, left, B)lung (both)");
    assertThat(Choices.parse(problem)).isEqualTo(new Choices("Which organ?", options));
  }
}
