package ai.medr1.report;

import ai.medr1.report.internal.figure.Tone;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;

/** What stands around the sections of a page: head, style, contents, script. */
final class Document {
  private static final String STYLE =
      ":root {\n" + Tone.declarations() + "}\n" + resource("report.css");
  private static final String SCRIPT = resource("report.js");

  private Document() {}

  /**
   * The whole file.
   *
   * @param version of a page that asks its server for a newer one; empty for a file
   */
  static String of(String title, Page page, Optional<String> version) {
    Html html = new Html().raw("<!doctype html>\n");
    if (version.isPresent()) {
      html.open("html", "lang", "en", "data-version", version.get());
    } else {
      html.open("html", "lang", "en");
    }
    head(html, title, version.isPresent());
    html.open("body")
        .leaf("a", "To the content", "class", "skip", "href", "#content")
        .open("header")
        .leaf("h1", title)
        .leaf("button", "Dark or light", "type", "button", "id", "theme", "hidden", "")
        .leaf("p", "", "id", "live", "role", "status")
        .close("header")
        .open("main", "id", "content");
    contents(html, page);
    html.raw(page.html().toString())
        .close("main")
        .open("footer")
        .leaf("p", "Made by medr1 from the files of the runs. Not for diagnosis.")
        .close("footer")
        .open("script")
        .raw(SCRIPT)
        .close("script")
        .close("body")
        .close("html");
    return html.toString();
  }

  private static void head(Html html, String title, boolean live) {
    html.open("head")
        .raw("<meta charset=\"utf-8\">\n")
        .open("meta", "http-equiv", "Content-Security-Policy", "content", policy(live))
        .open("meta", "name", "viewport", "content", "width=device-width, initial-scale=1")
        .open("meta", "name", "color-scheme", "content", "light dark")
        .open("link", "rel", "icon", "href", "data:,")
        .leaf("title", title)
        .open("style")
        .raw(STYLE)
        .close("style")
        .close("head");
  }

  /** Nothing is loaded, and of scripts only the page's own runs, whatever a model wrote. */
  private static String policy(boolean live) {
    return "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-"
        + sha256(SCRIPT)
        + "'; connect-src "
        + (live ? "'self'" : "'none'")
        + "; base-uri 'none'; form-action 'none'";
  }

  private static void contents(Html html, Page page) {
    html.open("nav", "aria-label", "Contents").open("ul");
    page.contents()
        .forEach(
            entry ->
                html.open("li").leaf("a", entry.get(1), "href", "#" + entry.get(0)).close("li"));
    html.close("ul").close("nav");
  }

  private static String sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  private static String resource(String name) {
    try (InputStream in = Document.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the library's resource " + name + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
