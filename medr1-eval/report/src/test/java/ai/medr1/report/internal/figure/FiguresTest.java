package ai.medr1.report.internal.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.medr1.eval.Score;
import ai.medr1.eval.stats.Calibration;
import java.awt.Color;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class FiguresTest {
  private static final Grid MATRIX =
      Grid.generalization(
          List.of("CT", "MRI & more"),
          List.of("CT", "MRI & more"),
          new double[][] {{1.24, -10.32}, {Double.NaN, 0.001}});

  static Stream<Figure> figures() {
    Curve curve = new Curve("one <run>", new double[] {1, 2, 3}, new double[] {0.5, Double.NaN, 1});
    Map<String, Map<String, Score>> runs = new LinkedHashMap<>();
    runs.put("a <run>", Map.of("Overall", new Score(10, 10), "CT", new Score(4, 0)));
    runs.put("another", Map.of("Overall", new Score(10, 5)));
    return Stream.of(
        HeatMap.differences("differences", "A map", MATRIX, 2),
        HeatMap.accuracies("accuracies", "A <map>", MATRIX, List.of(MATRIX)),
        HeatMap.accuracies("one-row", "One row", oneRow(), List.of(oneRow())),
        Curves.of("curve", "A curve", List.of(curve)),
        Curves.of("curves", "Curves", List.of(curve, curve)),
        Curves.of("point", "A point", List.of(new Curve("x", new double[] {1}, new double[] {2}))),
        Bars.of("bars", "Bars", List.of("Overall", "CT"), runs),
        Bars.shares("shares", "Shares", List.of("Overall", "CT"), runs, "another"),
        Reliability.of("reliability", "Reliable?", calibration().bins()));
  }

  private static Calibration calibration() {
    return new Calibration(
        List.of(
            new Calibration.Answered(0.62, true),
            new Calibration.Answered(0.7, false),
            new Calibration.Answered(0.9, true)));
  }

  private static Grid oneRow() {
    return Grid.generalization(
        List.of("untrained"), MATRIX.columnNames(), new double[][] {{25, 30}});
  }

  @ParameterizedTest
  @MethodSource("figures")
  void filesAreWhatTheirNamesSay(Figure figure) throws Exception {
    Document svg =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(figure.svg())));
    assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(svg.getElementsByTagName("title").item(0).getTextContent())
        .isEqualTo(figure.title());
    assertThat(texts(svg)).contains(figure.title());
    var png = ImageIO.read(new ByteArrayInputStream(figure.png()));
    assertThat(png.getWidth()).isEqualTo(2 * figure.width());
  }

  @ParameterizedTest
  @MethodSource("figures")
  void inlineFiguresFollowThePage(Figure figure) {
    assertThat(figure.inline())
        .startsWith("<svg")
        .contains("role=\"img\"", "aria-label=", "var(--muted)", figure.id() + "-clipPath")
        .doesNotContain("http", "rgb(27,32,39)");
  }

  @Test
  void heatMapsSayEveryValueAndTheMeans() throws Exception {
    Figure figure = HeatMap.differences("map", "A map", MATRIX, 2);
    Document svg =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(figure.svg())));
    assertThat(texts(svg)).contains("+1.24", "−10.32", "0.00", "–", "−4.54", "Tested on");
    assertThat(figure.values().header()).containsExactly("Trained on", "CT", "MRI & more", "mean");
    assertThat(figure.values().rows())
        .containsExactly(
            List.of("CT", "+1.24", "−10.32", "−4.54"),
            List.of("MRI & more", "–", "0.00", "0.00"),
            List.of("mean", "+1.24", "−5.16", "−3.03"));
  }

  @Test
  void reliabilityHasARowForEveryBinWithAnswers() {
    assertThat(Reliability.of("r", "Reliable?", calibration().bins()).values().rows())
        .containsExactly(
            List.of("60 to 70", "2", "66.0", "50.0", "9.5 to 90.5"),
            List.of("80 to 90", "1", "90.0", "100.0", "20.7 to 100.0"));
  }

  @Test
  void whatIsNoSampleHasNoInterval() {
    Map<String, Map<String, Score>> runs = new LinkedHashMap<>();
    runs.put("run", Map.of("A", new Score(10, 4)));
    runs.put("all", Map.of("A", new Score(10, 5)));
    assertThat(Bars.shares("s", "Shares", List.of("A"), runs, "all").values().rows())
        .containsExactly(
            List.of("A", "run", "4", "10", "40.0", "16.8 to 68.7"),
            List.of("A", "all", "5", "10", "50.0", "–"));
  }

  @Test
  void differencesAreCentredAtZero() {
    ColorScale scale = ColorScale.differences(20);
    assertThat(scale.getPaint(0)).isEqualTo(new Color(0xF7F7F7));
    assertThat(scale.getPaint(12).getBlue()).isGreaterThan(scale.getPaint(12).getRed());
    assertThat(scale.getPaint(-12).getRed()).isGreaterThan(scale.getPaint(-12).getBlue());
  }

  @Test
  void textIsLegibleOnEveryCell() {
    for (ColorScale scale : List.of(ColorScale.amounts(0, 100), ColorScale.differences(100))) {
      assertThat(IntStream.rangeClosed(-100, 100))
          .allSatisfy(
              v ->
                  assertThat(ColorScale.contrast(scale.getPaint(v), scale.textOn(v)))
                      .isGreaterThan(4.5));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Tone.class,
      names = {"INK", "MUTED", "LINK", "RIGHT", "WRONG"})
  void textIsLegibleOnPaperAndPanels(Tone tone) {
    for (Tone ground : List.of(Tone.PAPER, Tone.PANEL)) {
      assertThat(ColorScale.contrast(tone.light(), ground.light())).isGreaterThan(4.5);
      assertThat(ColorScale.contrast(tone.dark(), ground.dark())).isGreaterThan(4.5);
    }
  }

  @Test
  void seriesStandOutFromThePaper() {
    assertThat(IntStream.range(0, 8))
        .allSatisfy(
            i -> {
              Tone tone = Tone.ofSeries(i);
              assertThat(ColorScale.contrast(tone.light(), Tone.PAPER.light())).isGreaterThan(3);
              assertThat(ColorScale.contrast(tone.dark(), Tone.PAPER.dark())).isGreaterThan(3);
            });
  }

  @Test
  void curvesOfEightRunsHaveDashesOfTheirOwn() {
    List<Curve> curves =
        IntStream.range(0, 8)
            .mapToObj(i -> new Curve("run " + i, new double[] {1, 2}, new double[] {i, i + 1}))
            .toList();
    List<String> dashes =
        java.util.regex.Pattern.compile("stroke-dasharray:([^;\"]+)")
            .matcher(Curves.of("curves", "Curves", curves).inline())
            .results()
            .map(dash -> dash.group(1))
            .filter(dash -> !dash.equals("none"))
            .distinct()
            .toList();
    assertThat(dashes).hasSize(7); // and one solid line
  }

  @Test
  void anUntrainedModelIsTakenFromEveryRow() {
    Grid trained =
        Grid.generalization(
            MATRIX.columnNames(), MATRIX.columnNames(), new double[][] {{50, 60}, {70, 80}});
    Grid gain = trained.minus(oneRow());
    assertThat(gain.values()).isDeepEqualTo(new double[][] {{25, 30}, {45, 50}});
    assertThat(gain.mean()).isCloseTo(37.5, within(1e-9));
    assertThat(oneRow().fits(trained)).isFalse();
  }

  private static List<String> texts(Document svg) {
    NodeList texts = svg.getElementsByTagName("text");
    return IntStream.range(0, texts.getLength())
        .mapToObj(i -> texts.item(i).getTextContent().strip())
        .toList();
  }
}
