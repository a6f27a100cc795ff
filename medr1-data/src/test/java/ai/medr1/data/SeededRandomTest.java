package ai.medr1.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeededRandomTest {

  @Test
  void aSplitDependsOnItsNameAndNotOnWhatWasDrawnBefore() {
    SeededRandom random = new SeededRandom(1);
    long early = random.split("a").split(2).nextLong();
    random.nextLong();
    assertThat(random.split("a").split(2).nextLong())
        .isEqualTo(early)
        .isEqualTo(-1164731332080608790L);
    assertThat(random.split("b").split(2).nextLong()).isNotEqualTo(early);
    assertThat(random.split("a").split(3).nextLong()).isNotEqualTo(early);
  }

  @Test
  void numbersStayWithinTheirBoundsAndReachAllOfThem() {
    SeededRandom random = new SeededRandom(4);
    int[] counts = new int[5];
    for (int i = 0; i < 5000; i++) {
      counts[random.nextInt(5)]++;
      assertThat(random.between(-2, 3)).as("seed 4").isBetween(-2.0, 3.0);
    }
    assertThat(counts)
        .as("seed 4")
        .satisfies(
            c -> {
              for (int count : c) {
                assertThat(count).isBetween(850, 1150);
              }
            });
  }
}
