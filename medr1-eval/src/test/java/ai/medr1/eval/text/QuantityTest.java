package ai.medr1.eval.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantityTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        // right; answer; same
        "5;5;true",
        "5;5.0;true",
        "5;6;false",
        "5;five;true",
        "two;2;true",
        "5 cm;5 cm;true",
        "5 cm;5cm;true",
        "5 cm;50 mm;true",
        "5 cm;0.05 m;true",
        "5 cm;50 cm;false",
        "5 cm;5 mm;false",
        "5 cm;5 kg;false",
        "5 cm;5;true", // the question names the unit
        "5;5 cm;true",
        "5 cm;The mass measures 5 centimetres in diameter.;true",
        "5 cm;a 5-cm mass;true",
        "5 cm;about 5 cm;true",
        "~5 cm;5 cm;true",
        "5 cm;5 x 3 cm;false",
        "5 cm;5 cm or 6 cm;false",
        "5 cm;5 cm, that is 5 cm;true",
        "5 cm;<5 cm;false",
        "5 cm;> 5 cm;false",
        "5 mm;5 mm in size;true",
        "5 cm;大小为5厘米;true",
        "5厘米;50 mm;true",
        "５ｃｍ;5 cm;true",
        "٥;5;true",
        "3.5;3,5;true",
        "3.5;3.50 units;true",
        "3.5;35;false",
        "1000;1,000;true",
        "1000;1 000;true",
        "1,000;1000;true",
        "1234.5;1,234.5;true",
        "1234.5;1.234,5;true",
        "1234567;1,234,567;true",
        "1234567;1.234.567;true",
        "0.5;0,500;true",
        "1.000;1;true",
        "-3;-3;true",
        "-3;−3;true",
        "-3;3;false",
        "50%;50 %;true",
        "50%;50 percent;true",
        "50%;50;true",
        "50%;0.5;false",
        "0.5;50%;true",
        "50;50%;true",
        "50%;5%;false",
        "2 years;24 months;true",
        "2 weeks;14 days;true",
        "1 month;30 days;false",
        "45 years old;45;true",
        "45-year-old;45 years;true",
        "1 l;1000 ml;true",
        "1 ml;1 cc;true",
        "100 µg;0.1 mg;true",
        "120 mmHg;120 mm Hg;true",
        "37 °C;37;true",
        "37 °C;98.6 °F;false",
        "-100 HU;-100 hounsfield units;true",
        "3-5 cm;3 to 5 cm;true",
        "3-5 cm;30–50 mm;true",
        "3-5 cm;4 cm;true",
        "3-5 cm;6 cm;false",
        "3-5 cm;3-6 cm;false",
        "4 cm;3-5 cm;false",
        "1e-3;0.001;true",
        "10²;102;false",
        "5;T5;false",
        "5;2020-05-01;false",
        "5;120/5;false",
        "5;5/7;false",
        "5;none;false",
        "5;'';false",
      })
  void admits(String right, String answer, boolean same) {
    assertThat(
            Quantity.exact(right)
                .map(q -> Quantity.read(answer).filter(a -> q.admits(a, 0)).isPresent())
                .orElse(false))
        .isEqualTo(same);
  }

  @ParameterizedTest
  @CsvSource({"0.05,10,10.5,true", "0.05,10,10.6,false", "0.05,10,9.5,true", "0,10,10.0001,false"})
  void tolerance(double tolerance, String right, String answer, boolean same) {
    Quantity gold = Quantity.exact(right).orElseThrow();
    assertThat(gold.admits(Quantity.read(answer).orElseThrow(), tolerance)).isEqualTo(same);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "liver",
        "T2",
        "L4-L5",
        "5 nodules",
        "<5 cm",
        "120/80 mmHg",
        "5 x 3 cm",
        "5 cm in the liver",
        "1/2",
        "10²",
        "2020-05-01",
        "5 ± 1",
        "''",
        "both"
      })
  void othersAreNoQuantity(String text) {
    assertThat(Quantity.exact(text)).isEmpty();
  }
}
