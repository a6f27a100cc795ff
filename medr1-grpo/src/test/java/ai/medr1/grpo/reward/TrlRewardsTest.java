package ai.medr1.grpo.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.medr1.data.VqaItem;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Rewards of length and repetition give what TRL's give; rewards/make.py writes the values. */
class TrlRewardsTest {
  private static final VqaItem ITEM = Items.withSolution("<answer> A </answer>");

  @Test
  void lengthsAndRepetitionsEarnWhatTheyEarnInTrl() throws IOException {
    for (JsonNode golden : goldens()) {
      Reward reward = reward(golden);
      String completion = golden.path("right").asInt() == 1 ? "A" : "B";
      List<int[]> ids = ids(golden);
      for (int i = 0; i < ids.size(); i++) {
        assertThat(reward.score(ITEM, completion, ids.get(i)))
            .as("%s, completion %d", reward, i)
            .isCloseTo(golden.get("values").get(i).doubleValue(), within(1e-12));
      }
    }
  }

  private static Reward reward(JsonNode golden) {
    return switch (golden.get("reward").textValue()) {
      case "repetition" -> new RepetitionReward(golden.get("size").intValue());
      case "soft-overlong" ->
          new SoftOverlongReward(golden.get("most").intValue(), golden.get("cache").intValue());
      default -> new CosineLengthReward(golden.get("most").intValue());
    };
  }

  private static List<int[]> ids(JsonNode golden) {
    List<int[]> ids = new ArrayList<>();
    golden.path("lengths").forEach(length -> ids.add(new int[length.intValue()]));
    for (JsonNode row : golden.path("ids")) {
      int[] one = new int[row.size()];
      for (int i = 0; i < one.length; i++) {
        one[i] = row.get(i).intValue();
      }
      ids.add(one);
    }
    assertThat(ids).hasSameSizeAs(golden.get("values"));
    return ids;
  }

  private static JsonNode goldens() throws IOException {
    try (InputStream in = TrlRewardsTest.class.getResourceAsStream("/rewards/rewards.json")) {
      return new ObjectMapper().readTree(Objects.requireNonNull(in));
    }
  }
}
