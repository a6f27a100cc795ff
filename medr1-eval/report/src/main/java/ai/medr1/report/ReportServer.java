package ai.medr1.report;

import ai.medr1.core.InputException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Shows a report of runs that are going, to browsers of this machine. The page is made anew when a
 * file of the runs has changed; nothing but the page is served, and nothing is written.
 */
public final class ReportServer implements AutoCloseable {
  private final String title;
  private final List<Path> runs;
  private final HttpServer server;
  private String version = "";
  private byte[] page = {};

  private ReportServer(String title, List<Path> runs, HttpServer server) {
    this.title = title;
    this.runs = runs;
    this.server = server;
  }

  /**
   * Begins to serve, on the loopback address alone.
   *
   * @param runs as {@link Report#read} takes them
   * @param port 0 for a free one
   * @throws InputException if the runs cannot be read or the port is in use
   */
  public static ReportServer start(String title, List<Path> runs, int port) {
    Report.read(title, runs); // says now what is wrong with them
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try {
      ReportServer report = new ReportServer(title, runs, HttpServer.create(address, 0));
      report.server.createContext("/", report::answer);
      report.server.start();
      return report;
    } catch (IOException e) {
      throw new InputException(
          "cannot listen on %s: %s; choose another port, or 0 for a free one"
              .formatted(address, e.getMessage()),
          e);
    }
  }

  /** Where the page is. */
  public URI address() {
    return URI.create("http://localhost:" + server.getAddress().getPort() + "/");
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!isLocal(exchange.getRequestHeaders().getFirst("Host"))) {
        refuse(exchange, 403, "This page is for localhost only.");
      } else if (!exchange.getRequestURI().getPath().equals("/")) {
        refuse(exchange, 404, "There is one page here: /");
      } else if (!Set.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
        refuse(exchange, 405, "The page can be read, nothing else.");
      } else {
        show(exchange);
      }
    }
  }

  /** Other names that lead here are those of pages that want to read this one. */
  private boolean isLocal(@org.jspecify.annotations.Nullable String host) {
    int port = server.getAddress().getPort();
    return host != null
        && Set.of("localhost:" + port, "127.0.0.1:" + port, "[::1]:" + port).contains(host);
  }

  private void show(HttpExchange exchange) throws IOException {
    try {
      refresh();
    } catch (InputException e) {
      refuse(exchange, 500, String.valueOf(e.getMessage()));
      return;
    }
    String tag = '"' + version + '"';
    exchange.getResponseHeaders().set("ETag", tag);
    if (tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
      exchange.sendResponseHeaders(304, -1);
    } else {
      send(exchange, 200, "text/html", page);
    }
  }

  private void refresh() {
    String now = RunFiles.version(runs);
    if (!now.equals(version)) {
      page = Report.read(title, runs).live(now).getBytes(StandardCharsets.UTF_8);
      version = now;
    }
  }

  private static void refuse(HttpExchange exchange, int status, String why) throws IOException {
    send(exchange, status, "text/plain", why.getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
    exchange.getResponseHeaders().set("Cache-Control", "no-cache");
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, head ? -1 : body.length);
    if (!head) {
      exchange.getResponseBody().write(body);
    }
  }
}
