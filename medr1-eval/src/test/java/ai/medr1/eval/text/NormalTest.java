package ai.medr1.eval.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What SQuAD's normalisation does not have; TextScoreTest compares the rest with it. */
class NormalTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "3.5 cm;3.5 cm",
        "3,5;3,5",
        "1,000;1000",
        "1,234,567;1234567",
        "-3;-3",
        "−3;-3",
        "HER2+;her2+",
        "HER2-;her2-",
        "HER2-positive;her2positive",
        "x-ray;xray",
        "<5;<5",
        ">= 5;>= 5",
        "50 %;50%",
        "50%.;50%",
        "10²;10^2",
        "+;+",
        "hepatitis A;hepatitis a",
        "the hepatitis A virus;hepatitis virus",
        "Ｂ型；肝炎;b 型 肝 炎",
        "左肺，右肺。;左 肺 右 肺",
        "CT扫描;ct 扫 描",
        "ﬁbrosis;fibrosis",
        "«Foie»;foie",
        "¿Hígado?;hígado",
        "٣ سم;3 سم",
        "ตับ;ตั บ",
        "a\u00a0b;b",
      })
  void normalised(String text, String expected) {
    assertThat(Normal.of(text, Normal.looksEnglish(text)).text()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"the liver,liver", "le foie à a gauche,le foie à a gauche", "an organ,organ"})
  void articlesAreThoseOfEnglishTexts(String text, String expected) {
    assertThat(Normal.of(text, Normal.looksEnglish(text)).text()).isEqualTo(expected);
  }
}
