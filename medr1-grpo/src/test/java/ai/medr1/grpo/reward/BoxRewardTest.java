package ai.medr1.grpo.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.medr1.core.image.SmartResize;
import ai.medr1.data.VqaItem;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BoxRewardTest {
  private static final BoxReward ORIGINAL = new BoxReward(size -> size);
  private static final int[] IDS = {1};

  private static VqaItem item(String gold) {
    return VqaItem.question("Where is the nodule?")
        .image(new BufferedImage(200, 100, BufferedImage.TYPE_BYTE_GRAY))
        .answer(gold);
  }

  private static double earned(BoxReward reward, String completion) {
    return reward.score(item("[10, 20, 30, 40]"), completion, IDS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<answer>[10, 20, 30, 40]</answer> | 1",
        "<think>[0,0,1,1]</think><answer>(10,20),(30,40)</answer> | 1",
        "{\"bbox_2d\": [10, 20, 30, 40]} | 1",
        "[20, 20, 40, 40] | 0.333333333333",
        "[10, 20, 20, 30] | 0.25",
        "[10.0, 20.5, 30, 39.5] | 0.95",
        "[30, 20, 50, 40] | 0",
        "[30, 40, 10, 20] | 0",
        "[10, 20, 30, 40], [0, 0, 100, 100] | 0",
        "[10, 20, 30] | 0",
        "left lung | 0",
        "[-999999, -999999, 999999, 999999] | 0",
      })
  void boxesEarnTheirOverlap(String completion, double iou) {
    assertThat(earned(ORIGINAL, completion)).isCloseTo(iou, within(1e-9));
  }

  /** The sides are scaled by 0.98 and 0.84. */
  @Test
  void boxesEarnTheSameInPixelsOfTheResizedImage() {
    SmartResize.Size resized = SmartResize.of(100, 200, 28, 3136, 20000);
    assertThat(resized).isEqualTo(new SmartResize.Size(84, 196));
    BoxReward inResized = new BoxReward(size -> resized);
    for (double[] box : new double[][] {{10, 20, 30, 40}, {12, 22, 33, 47}, {0, 0, 200, 100}}) {
      String here = "[%s, %s, %s, %s]".formatted(box[0], box[1], box[2], box[3]);
      String there =
          "[%s, %s, %s, %s]".formatted(box[0] * 0.98, box[1] * 0.84, box[2] * 0.98, box[3] * 0.84);
      assertThat(earned(inResized, there)).isCloseTo(earned(ORIGINAL, here), within(1e-6));
    }
    assertThat(earned(inResized, "[10, 20, 30, 40]")).isLessThan(0.7);
    assertThat(earned(inResized, inResized.rightAnswer(item("[10, 20, 30, 40]"))))
        .isCloseTo(1, within(1e-3));
  }

  @Test
  void itIsAboutBoxesAlone() {
    assertThat(ORIGINAL.appliesTo(item("[10, 20, 30, 40]"))).isTrue();
    assertThat(ORIGINAL.appliesTo(item("left lung"))).isFalse();
    assertThat(ORIGINAL.appliesTo(item("[10, 20, 30, 40] or [1, 2, 3, 4]"))).isFalse();
    assertThat(ORIGINAL.appliesTo(Items.withSolution("[10, 20, 30, 40]"))).isFalse();
    assertThat(
            ORIGINAL.appliesTo(
                VqaItem.question("Where?").answer("[10, 20, 30, 40]"))) // no image to measure
        .isFalse();
  }
}
