package ai.medr1.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.medr1.core.checkpoint.SafetensorsFile;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Supervised fine-tuning against the reference: the mean over all labels of a batch. */
@Tag("parity")
class SftParityTest {
  private static final int NO_LABEL = -100;

  static Stream<Arguments> losses() {
    return Golden.models().stream()
        .flatMap(
            model ->
                Golden.json("training/" + model + ".json")
                    .at("/sft/losses")
                    .propertyStream()
                    .map(loss -> Arguments.of(model, loss.getKey(), loss.getValue())));
  }

  /**
   * Which tokens of every sequence are learned.
   *
   * @param afterPadding first tokens of left-padded rows that have a label: the reference predicts
   *     them from padding, which means nothing and does not happen here. Their share of loss and
   *     gradients is bounded, not compared.
   */
  private record Labels(List<boolean[]> marks, int afterPadding) {
    static Labels of(Golden.Rows rows, long[] labels) {
      List<boolean[]> marks = new ArrayList<>();
      int afterPadding = 0;
      for (int row = 0; row < rows.count(); row++) {
        int start = row * rows.width();
        int[] columns =
            IntStream.range(0, rows.width()).filter(i -> rows.mask()[start + i] == 1).toArray();
        boolean[] learned = new boolean[columns.length];
        for (int i = 1; i < learned.length; i++) {
          learned[i] = labels[start + columns[i]] != NO_LABEL;
        }
        marks.add(learned);
        if (columns[0] > 0 && labels[start + columns[0]] != NO_LABEL) {
          afterPadding++;
        }
      }
      return new Labels(marks, afterPadding);
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("losses")
  void lossAndGradients(String name, String kind, JsonNode golden) {
    JsonNode manifest = Golden.json("training/" + name + ".json");
    SafetensorsFile file = Golden.tensors("training/" + name + ".sft.safetensors");
    Labels labels = Labels.of(Golden.Rows.of(file), file.longs("labels_" + kind));
    try (QwenVl model = QwenVl.load(Golden.directory(name), LoadOptions.training());
        Scored scored =
            model.scoring().scoreSequences(Golden.prompts(file, model.config()), labels.marks())) {
      float[] found = scored.pack(scored.logps());
      int all = golden.get("label_tokens").asInt();
      assertThat(found.length + labels.afterPadding()).isEqualTo(all);
      double sum = 0;
      for (float logp : found) {
        sum -= logp;
      }
      double rest = golden.get("loss").asDouble() * all - sum;
      double bound = manifest.at("/tolerance/loss_abs").asDouble();
      double worst = 3 * Math.log(model.config().text().vocabSize());
      assertThat(rest).isBetween(-bound * all, bound * all + labels.afterPadding() * worst);
      model.scoring().backward(scored, Batches.constant(scored, -1f / found.length));
      double near = manifest.at("/tolerance/grad_rel_to_peak").asDouble();
      if (labels.afterPadding() == 0) {
        GrpoParityTest.assertGradients(model, golden, file, "grad_" + kind + ".", near);
      } else {
        double norm = golden.get("total_norm").asDouble();
        double foreign = 10.0 * labels.afterPadding() / all;
        assertThat(model.learner().gradientNorm()).isCloseTo(norm, within((near + foreign) * norm));
      }
    }
  }
}
