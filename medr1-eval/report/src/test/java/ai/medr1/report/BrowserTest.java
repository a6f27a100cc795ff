package ai.medr1.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Looks at pages in a headless Chromium; skipped where there is none on the path. */
class BrowserTest {
  /** The browser may still write to its profile when the tests are over. */
  @TempDir(cleanup = CleanupMode.NEVER)
  private static Path profile;

  @TempDir private static Path dir;
  private static Path page;
  private static Browser browser;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(Browser.find().isPresent(), "no Chromium on the path");
    page = dir.resolve("out/report.html");
    List<Path> runs =
        List.of(
            Runs.experiment(dir.resolve("study")),
            Runs.published(dir.resolve("figures.json")),
            Runs.evaluation(dir.resolve("before"), 0.4),
            Runs.evaluation(dir.resolve("after"), 0.8),
            Runs.training(dir.resolve("grpo"), 40));
    Report.read("All there is", runs).write(page);
    browser = new Browser(profile);
  }

  @AfterAll
  static void end() {
    if (browser != null) {
      browser.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"400,false", "400,true", "900,false", "900,true", "1400,false", "1400,true"})
  void fitsInTheWindowWithoutComplaintsOrRequests(int width, boolean dark) throws Exception {
    browser.look(width, dark);
    browser.open(page.toUri());
    assertThat(number("document.documentElement.scrollWidth - innerWidth")).isLessThanOrEqualTo(0);
    assertThat(number("[...document.images].filter(i => !i.naturalWidth).length")).isZero();
    assertThat(number("document.images.length")).isGreaterThan(10);
    assertThat(browser.complaints()).isEmpty();
    assertThat(browser.requests()).containsExactly(page.toUri().toString());
    assertThat(text("getComputedStyle(document.body).backgroundColor"))
        .isEqualTo(dark ? "rgb(14, 17, 22)" : "rgb(255, 255, 255)");
  }

  /** A heat map is wider than a telephone; a tablet has room for it. */
  @Test
  void figuresScrollOnATelephoneAndFillATablet() throws Exception {
    String frame = "document.querySelector('figure[id^=\"map-\"] .scroll')";
    browser.look(400, false);
    browser.open(page.toUri());
    assertThat(number(frame + ".scrollWidth - " + frame + ".clientWidth")).isPositive();
    browser.look(900, false);
    browser.open(page.toUri());
    assertThat(number(frame + ".scrollWidth - " + frame + ".clientWidth")).isZero();
    assertThat(
            number(
                "[...document.querySelectorAll('figure')].filter(f => f.offsetWidth <"
                    + " 0.95 * document.querySelector('main').offsetWidth).length"))
        .isZero();
  }

  @Test
  void theTableOfRunsIsSorted() throws Exception {
    Path index = dir.resolve("index.html");
    RunIndex.of(dir).write("Runs", index);
    String first =
        "document.querySelector('.sortable tbody tr').textContent.trim().split(/\\s+/)[0]";
    String right = "document.querySelectorAll('.sortable thead button')[7].click()";
    browser.look(1400, false);
    browser.open(index.toUri());
    assertThat(text(first)).isEqualTo("after");
    browser.evaluate(right);
    assertThat(text(first)).isEqualTo("before");
    browser.evaluate(right);
    assertThat(text(first)).isEqualTo("after");
    // Another test may have put a run of its own beside them.
    assertThat(
            text(
                "[...document.querySelectorAll('.sortable tbody a')].map(a => a.textContent).join()"))
        .contains("after", "before", "grpo", "study");
    assertThat(number("document.querySelectorAll('.sortable tbody tr').length")).isGreaterThan(3);
    browser.look(400, false);
    assertThat(number("document.documentElement.scrollWidth - innerWidth")).isLessThanOrEqualTo(0);
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void theFilterAndTheThemeWorkByKeyboard() throws Exception {
    browser.look(1400, false);
    browser.open(page.toUri());
    browser.evaluate("document.querySelector('#filter-outcome').focus()");
    browser.press("ArrowDown", 40);
    assertThat(text("document.querySelector('#filter-outcome').value")).isEqualTo("right");
    assertThat(text("document.querySelector('#shown').textContent")).matches("\\d+ of 60 shown");
    assertThat(
            number(
                "document.querySelectorAll('.card:not([hidden]):not([data-outcome=right])').length"))
        .isZero();
    assertThat(number("document.querySelectorAll('.card[hidden]').length")).isPositive();
    browser.evaluate("document.querySelector('#theme').focus()");
    browser.press("Tab", 9);
    assertThat(text("document.activeElement.tagName")).isEqualTo("A");
    browser.evaluate("document.querySelector('#theme').click()");
    assertThat(text("getComputedStyle(document.body).backgroundColor"))
        .isEqualTo("rgb(14, 17, 22)");
    browser.evaluate("localStorage.clear()"); // other tests look at what the system asks for
  }

  @Test
  void printsOnSeveralPages() throws Exception {
    browser.look(1400, true);
    browser.open(page.toUri());
    assertThat(new String(browser.pdf(), java.nio.charset.StandardCharsets.ISO_8859_1))
        .startsWith("%PDF");
  }

  @Test
  void aLivePageKeepsItsPlaceAndItsFilter() throws Exception {
    Path run = Runs.training(dir.resolve("live"), 40);
    try (ReportServer server = ReportServer.start("Live", List.of(run), 0)) {
      browser.look(800, false);
      browser.open(server.address());
      browser.evaluate("document.querySelector('details').open = true");
      browser.evaluate(
          "const s = document.querySelector('#filter-outcome'); s.value = 'mixed';"
              + " s.dispatchEvent(new Event('change', {bubbles: true})); scrollTo(0, 500)");
      String opened = text("document.querySelector('details[open]').id");
      Runs.training(run, 41);
      browser.until(
          () -> text("document.querySelector('main').textContent").contains("step 41 is done"));
      assertThat(text("document.querySelector('#filter-outcome').value")).isEqualTo("mixed");
      assertThat(text("document.querySelector('details[open]').id")).isEqualTo(opened);
      assertThat(number("Math.round(scrollY)")).isEqualTo(500);
      assertThat(browser.complaints()).isEmpty();
    }
  }

  private static int number(String expression) {
    return browser.evaluate(expression).asInt(-1);
  }

  private static String text(String expression) {
    return browser.evaluate(expression).asText();
  }
}
