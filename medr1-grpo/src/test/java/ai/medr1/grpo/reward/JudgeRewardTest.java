package ai.medr1.grpo.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.AnswerExtractor;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The judge is a server of this test, at the loopback address. */
class JudgeRewardTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KEY = "sk-secret-1234";
  private static final VqaItem ITEM = VqaItem.question("Which organ?").answer("liver|hepar");
  private static final List<int[]> IDS = List.of(new int[1], new int[1], new int[1]);

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;

  /** Answers one request. */
  private interface Judge {
    String reply(HttpExchange exchange, String answer) throws Exception;
  }

  private Judge judge = (exchange, answer) -> answer.contains("liver") ? "1" : "0.25";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/v1/chat/completions", this::serve);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void serve(HttpExchange exchange) throws IOException {
    JsonNode request = JSON.readTree(exchange.getRequestBody());
    String content = request.at("/messages/1/content").asText();
    String answer = content.split("-----")[1].strip();
    asked.add(answer);
    authorizations.add("" + exchange.getRequestHeaders().getFirst("Authorization"));
    assertThat(request.get("model").asText()).isEqualTo("judge-model");
    assertThat(content).contains("Which organ?", "Right answer: liver (or: hepar)");
    try {
      String reply = judge.reply(exchange, answer);
      if (exchange.getResponseCode() < 0) {
        send(
            exchange,
            200,
            JSON.createObjectNode()
                .set(
                    "choices",
                    JSON.createArrayNode()
                        .add(
                            JSON.createObjectNode()
                                .set("message", JSON.createObjectNode().put("content", reply))))
                .toString());
      }
    } catch (Exception e) {
      exchange.close();
    }
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private JudgeReward reward(int retries, double timeout) {
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1/");
    return new JudgeReward(
        new JudgeReward.Endpoint(url, "judge-model", KEY, timeout, retries, 0.01),
        AnswerExtractor.TAG);
  }

  private static List<String> tagged(String... answers) {
    return List.of(answers).stream().map(a -> "<answer>" + a + "</answer>").toList();
  }

  @Test
  void verdictsAreScoresAndEachAnswerIsAskedOnce() {
    JudgeReward reward = reward(0, 30);
    assertThat(reward.scores(ITEM, tagged("the liver", "spleen", "the liver"), IDS))
        .containsExactly(1, 0.25, 1);
    assertThat(reward.scores(ITEM, tagged("the liver", "spleen", "spleen"), IDS))
        .containsExactly(1, 0.25, 0.25);
    assertThat(asked).containsExactlyInAnyOrder("the liver", "spleen");
    assertThat(authorizations).containsOnly("Bearer " + KEY);
  }

  @Test
  void whatIsNoSingleAnswerEarnsNothingUnasked() {
    assertThat(
            reward(0, 30)
                .scores(
                    ITEM,
                    List.of("no tags", "<answer> </answer>", "<answer>liver or spleen</answer>"),
                    IDS))
        .containsExactly(0, 0, 0);
    assertThat(asked).isEmpty();
    assertThat(reward(0, 30).appliesTo(Items.withSolution("<answer> A </answer>"))).isFalse();
  }

  /** None is answered before all are asked. */
  @Test
  void theCompletionsOfAGroupAreJudgedAtTheSameTime() {
    CyclicBarrier all = new CyclicBarrier(3);
    judge =
        (exchange, answer) -> {
          all.await(30, TimeUnit.SECONDS);
          return "<think>0.5?</think> 1.0";
        };
    assertThat(reward(0, 60).scores(ITEM, tagged("a1", "b2", "c3"), IDS)).containsExactly(1, 1, 1);
  }

  @Test
  void aJudgeThatIsBusyIsAskedAgain() {
    judge =
        (exchange, answer) -> {
          if (asked.size() < 3) {
            send(exchange, asked.size() == 1 ? 503 : 429, "busy");
          }
          return "0";
        };
    assertThat(reward(3, 30).score(ITEM, "<answer>spleen</answer>", new int[1])).isZero();
    assertThat(asked).hasSize(3);
  }

  @Test
  void aJudgeThatRefusesIsNotAskedAgainAndTheKeyIsNotShown() {
    judge =
        (exchange, answer) -> {
          send(exchange, 401, "wrong key " + KEY);
          return "";
        };
    JudgeReward reward = reward(3, 30);
    assertThatThrownBy(() -> reward.score(ITEM, "<answer>spleen</answer>", new int[1]))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("127.0.0.1", "401 wrong key ***", "scoring.judge.url")
        .hasMessageNotContaining(KEY);
    assertThat(asked).hasSize(1);
    assertThat("" + new JudgeReward.Endpoint(URI.create("http://a"), "m", KEY, 1, 0, 1))
        .doesNotContain(KEY);
    assertThatThrownBy(
            () -> new JudgeReward.Endpoint(URI.create("http://a"), "m", KEY + "\n", 1, 0, 1))
        .hasMessageNotContaining(KEY);
  }

  @Test
  void aJudgeThatIsSilentOrTalksIsAnError() {
    judge =
        (exchange, answer) -> {
          Thread.sleep(20_000);
          return "1";
        };
    assertThatThrownBy(() -> reward(1, 0.2).score(ITEM, "<answer>spleen</answer>", new int[1]))
        .hasMessageContainingAll("timed out", "after 2 requests");
    judge = (exchange, answer) -> "I would say 1";
    assertThatThrownBy(() -> reward(1, 30).score(ITEM, "<answer>kidney</answer>", new int[1]))
        .hasMessageContainingAll("I would say 1", "a number from 0 to 1");
  }
}
