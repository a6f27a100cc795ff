package ai.medr1.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.core.text.Processor;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.VqaPrompts;
import ai.medr1.grpo.config.DataConfig;
import ai.medr1.grpo.schedule.DataOrder;
import ai.medr1.grpo.step.Question;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.lang.Thread.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuestionsTest {
  private static final DataConfig CONFIG = DataConfig.defaults();

  @TempDir Path dir;
  private List<VqaItem> items;
  private DataOrder order;

  @BeforeEach
  void draw() throws IOException {
    items = Tiny.items(dir, 8);
    order = new DataOrder(items.size(), 3, true, 7);
  }

  private Questions questions(long steps) {
    return new Questions(items, order, steps, Tiny.model(), CONFIG);
  }

  @Test
  void areThoseOfTheOrderOverSeveralEpochs() {
    try (Questions questions = questions(9);
        Processor processor = CONFIG.processor(Tiny.model())) {
      VqaPrompts prompts = CONFIG.prompts(processor);
      for (int step = 0; step < 9; step++) {
        List<Question> found = questions.at(step);
        int[] expected = order.at(step);
        assertThat(found).hasSize(expected.length);
        for (int place = 0; place < expected.length; place++) {
          Question question = found.get(place);
          VqaItem item = items.get(expected[place]);
          assertThat(question.place()).isEqualTo(place);
          assertThat(question.item()).isEqualTo(item);
          assertThat(question.prompt().ids()).isEqualTo(prompts.of(item).ids());
          assertThat(question.prompt().images().get(0).values())
              .isEqualTo(prompts.of(item).images().get(0).values());
        }
      }
    }
  }

  @Test
  void areKeptWhereItemsComeAgain() {
    try (Questions questions = questions(9)) {
      var first = questions.at(0).get(0);
      for (int step = 1; step < 9; step++) {
        for (Question question : questions.at(step)) {
          if (question.item().equals(first.item())) {
            // features of a frozen tower are kept for the very same image
            assertThat(question.prompt()).isSameAs(first.prompt());
          }
        }
      }
    }
  }

  @Test
  void whatIsWrongWithAnItemIsToldInTheStepThatAsksIt() throws IOException {
    int bad = order.at(2)[1];
    Files.write(Path.of(items.get(bad).imageFile()), new byte[] {1, 2, 3});
    assertThat(order.at(0)).doesNotContain(bad);
    assertThat(order.at(1)).doesNotContain(bad);
    try (Questions questions = questions(3)) {
      assertThat(questions.at(0)).hasSize(3);
      assertThat(questions.at(1)).hasSize(3);
      assertThatThrownBy(() -> questions.at(2))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(items.get(bad).imageName());
    }
  }

  @Test
  void anImageThatFitsNoModelIsToldWithItsItem() throws IOException {
    VqaItem item = items.get(order.at(0)[0]);
    ImageIO.write(
        new BufferedImage(900, 4, BufferedImage.TYPE_INT_RGB), "png", new File(item.imageFile()));
    try (Questions questions = questions(1)) {
      assertThatThrownBy(() -> questions.at(0))
          .isInstanceOf(InputException.class)
          .hasMessageContainingAll(item.source() + ":", "900x4");
    }
  }

  @Test
  void imagesOfTheNextStepsAreReadAheadAndNoOthers() throws Exception {
    DataOrder inTurn = new DataOrder(8, 2, false, 0);
    try (Questions questions = new Questions(items, inTurn, 4, Tiny.model(), CONFIG)) {
      questions.at(0);
      for (int i = 0; i < 100 && threads().anyMatch(t -> t.getState() != State.WAITING); i++) {
        Thread.sleep(100);
      }
      // What was read before needs no file any more; steps 0 to 2 are items 0 to 5.
      for (VqaItem item : items) {
        Files.delete(Path.of(item.imageFile()));
      }
      assertThat(questions.at(1)).hasSize(2);
      assertThat(questions.at(2)).hasSize(2);
      assertThatThrownBy(() -> questions.at(3)).hasMessageContaining(items.get(6).imageName());
    }
  }

  @Test
  void noThreadIsLeftBehind() throws InterruptedException {
    try (Questions questions = questions(9)) {
      questions.at(0);
      assertThat(threads()).isNotEmpty();
    }
    // A pool counts as ended a moment before its last thread is gone.
    for (Thread thread : threads().toList()) {
      thread.join(10_000);
    }
    assertThat(threads()).isEmpty();
  }

  private static Stream<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("medr1-questions-"));
  }
}
