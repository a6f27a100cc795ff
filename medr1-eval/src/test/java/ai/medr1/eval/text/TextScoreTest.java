package ai.medr1.eval.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TextScoreTest {

  /** See text/make.py. */
  @Test
  void equalToNltkRougeScoreAndSquad() throws IOException {
    try (InputStream json = TextScoreTest.class.getResourceAsStream("/text/scores.json")) {
      JsonNode rows = new ObjectMapper().readTree(Objects.requireNonNull(json));
      assertThat(rows.size()).isGreaterThan(70);
      for (JsonNode row : rows) {
        Gold gold = Gold.of(row.get("gold").asText());
        for (TextScore score : TextScore.values()) {
          if (row.has(score.key())) {
            assertThat(score.of(gold, row.get("answer").asText(), 0).orElseThrow())
                .as("%s of %s", score, row)
                .isCloseTo(row.get(score.key()).asDouble(), within(1e-12));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "yes;Yes.;1",
        "yes;Yes, there is no doubt;1",
        "yes;No, but yes;0",
        "no;There is no effusion;1",
        "no;The answer is no;1",
        "no;nodule;0",
        "no;normal;0",
        "yes;yes and no;1",
        "yes;It may be yes or no;0",
        "yes;'';0",
        "是;是的;1",
        "是的;是，有阴影;1",
        "没有;没有;1",
        "没有;有;0",
        "不是;是;0",
        "否;不是;1",
        "是;是否;0",
        "oui;Oui !;1",
        "нет;Нет;1",
        "sí;No;0",
        "はい;はい、そうです;1",
      })
  void yesAndNo(String gold, String answer, double expected) {
    assertThat(TextScore.YES_NO.of(Gold.of(gold), answer, 0)).hasValue(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "liver, kidney#kidney, liver#1",
        "liver, kidney#Kidney and the liver#1",
        "liver, kidney#liver#0.6666666666666666",
        "liver, kidney#liver, spleen#0.5",
        "liver#liver#0",
        "liver、kidney#kidney，liver#1",
        "肝、肾#肾和肝#1",
        "liver, kidney and spleen#spleen, liver, kidney#1",
        "liver, kidney#lung#0",
        "liver, kidney#''#0",
      })
  void listsInAnyOrder(String gold, String answer, double expected) {
    OptionalDouble score = TextScore.LIST_F1.of(Gold.of(gold), answer, 0);
    if (gold.equals("liver")) {
      assertThat(score).isEmpty();
    } else {
      assertThat(score.orElseThrow()).isCloseTo(expected, within(1e-12));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "liver;EXACT_MATCH,TOKEN_F1,BLEU_1,BLEU_2,BLEU_3,BLEU_4,ROUGE_L",
        "yes;EXACT_MATCH,TOKEN_F1,BLEU_1,BLEU_2,BLEU_3,BLEU_4,ROUGE_L,YES_NO",
        "5 cm;EXACT_MATCH,TOKEN_F1,BLEU_1,BLEU_2,BLEU_3,BLEU_4,ROUGE_L,NUMERIC",
        "1,000;EXACT_MATCH,TOKEN_F1,BLEU_1,BLEU_2,BLEU_3,BLEU_4,ROUGE_L,NUMERIC",
        "a, b;EXACT_MATCH,TOKEN_F1,BLEU_1,BLEU_2,BLEU_3,BLEU_4,ROUGE_L,LIST_F1",
      })
  void eachAppliesToItsKind(String gold, String scores) {
    assertThat(
            Arrays.stream(TextScore.values())
                .filter(score -> score.appliesTo(Gold.of(gold)))
                .map(Enum::name))
        .containsExactly(scores.split(","));
  }

  @Test
  void theBestOfSeveralFormsCounts() {
    Gold gold = Gold.of("chest | thorax|5 cm");
    assertThat(TextScore.EXACT_MATCH.of(gold, "Thorax", 0)).hasValue(1);
    assertThat(TextScore.NUMERIC.of(gold, "50 mm", 0)).hasValue(1);
    assertThat(TextScore.EXACT_MATCH.of(gold, "chest | thorax", 0)).hasValue(0);
    assertThat(Gold.of("|").forms()).containsExactly("|");
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsRightOfAnEmptyAnswer(TextScore score) {
    for (String gold : new String[] {"liver", "yes", "5 cm", "a, b", "肺", "+"}) {
      assertThat(score.of(Gold.of(gold), "", 0).orElse(0)).as(gold).isZero();
      assertThat(score.of(Gold.of(gold), " \n", 0).orElse(0)).as(gold).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void longOutputsOfUntrainedModelsTakeNoTime(TextScore score) {
    for (String part : new String[] {"5 ", "a, ", "5-", "1,000,", "yes no ", "肺", "+-", "x"}) {
      for (String gold : new String[] {"liver", "yes", "5 cm", "a, b"}) {
        double found = score.of(Gold.of(gold), part.repeat(2000), 0).orElse(0);
        assertThat(found).isBetween(0.0, 1.0);
      }
    }
  }
}
