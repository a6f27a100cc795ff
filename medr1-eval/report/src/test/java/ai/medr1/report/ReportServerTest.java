package ai.medr1.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportServerTest {
  @TempDir Path dir;
  private ReportServer server;
  private Path run;

  @BeforeEach
  void start() throws IOException {
    run = Runs.training(dir.resolve("run"), 5);
    server = ReportServer.start("A run", List.of(run), 0);
  }

  @AfterEach
  void end() {
    server.close();
  }

  @Test
  void thePageFollowsTheFiles() throws Exception {
    HttpResponse<String> first = get("", "");
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.body()).contains("step 5 is done", "connect-src &#39;self&#39;");
    String tag = first.headers().firstValue("ETag").orElseThrow();
    assertThat(get("", tag).statusCode()).isEqualTo(304);

    Runs.training(run, 7);
    HttpResponse<String> second = get("", tag);
    assertThat(second.statusCode()).isEqualTo(200);
    assertThat(second.body()).contains("step 7 is done");
  }

  @Test
  void nothingButThePageIsServed() throws Exception {
    assertThat(get("config.yaml", "").statusCode()).isEqualTo(404);
    assertThat(raw("GET /../run/config.yaml HTTP/1.1", "localhost")).startsWith("HTTP/1.1 404");
    assertThat(raw("GET /%2e%2e/run/config.yaml HTTP/1.1", "localhost")).startsWith("HTTP/1.1 404");
    assertThat(raw("POST / HTTP/1.1", "localhost")).startsWith("HTTP/1.1 405");
    assertThat(raw("HEAD / HTTP/1.1", "localhost")).startsWith("HTTP/1.1 200").doesNotContain("<");
  }

  @Test
  void otherNamesOfThisMachineAreRefused() throws Exception {
    assertThat(raw("GET / HTTP/1.1", "example.org")).startsWith("HTTP/1.1 403");
    assertThat(raw("GET / HTTP/1.1", "127.0.0.1")).startsWith("HTTP/1.1 200");
  }

  @Test
  void itListensOnTheLoopbackAddressAlone() throws IOException {
    for (InetAddress address : InetAddress.getAllByName(InetAddress.getLocalHost().getHostName())) {
      if (!address.isLoopbackAddress()) {
        assertThatThrownBy(() -> new Socket(address, server.address().getPort()).close())
            .isInstanceOf(IOException.class);
      }
    }
    assertThat(server.address().getHost()).isEqualTo("localhost");
  }

  @Test
  void aDamagedFileIsNamedAndMendingItHelps() throws Exception {
    Path metrics = run.resolve("metrics.jsonl");
    String good = Files.readString(metrics);
    Files.writeString(metrics, "broken\n" + good);
    HttpResponse<String> answer = get("", "");
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).contains("metrics.jsonl:1 is not JSON: broken is no JSON value");
    Files.writeString(metrics, good);
    assertThat(get("", "").statusCode()).isEqualTo(200);
  }

  @Test
  void aPortInUseIsRefused() {
    int port = server.address().getPort();
    assertThatThrownBy(() -> ReportServer.start("A run", List.of(run), port))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("cannot listen on")
        .hasMessageContaining("choose another port");
  }

  private HttpResponse<String> get(String path, String tag) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(server.address().resolve("/" + path));
    if (!tag.isEmpty()) {
      request.header("If-None-Match", tag);
    }
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }

  /** A request that no client would make, with a Host of its own. */
  private String raw(String line, String host) throws IOException {
    URI address = server.address();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), address.getPort())) {
      String request =
          "%s\r\nHost: %s:%d\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
              .formatted(line, host, address.getPort());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
