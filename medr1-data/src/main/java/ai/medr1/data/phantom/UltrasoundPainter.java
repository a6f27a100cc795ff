package ai.medr1.data.phantom;

import static ai.medr1.data.phantom.Canvas.gray;

import ai.medr1.data.SeededRandom;
import java.util.List;

/** A fan of speckle on black; fluid is black and brightens what lies behind it. */
final class UltrasoundPainter implements Painter {
  private static final double APEX = -0.12;

  @Override
  public String answer() {
    return "Ultrasound";
  }

  @Override
  public Quiz anatomy() {
    return Quiz.anatomy(List.of("Liver", "Kidney", "Heart", "Fetus"), "Lung");
  }

  @Override
  public Quiz disease() {
    return Quiz.disease(List.of("No abnormality", "Cyst", "Solid mass", "Stone"), "Fracture");
  }

  @Override
  public Quiz grading() {
    return Quiz.size("cyst");
  }

  @Override
  public Quiz other() {
    return Quiz.count("cysts");
  }

  @Override
  public String lesion() {
    return "Cyst";
  }

  @Override
  public Canvas paint(Scene scene, int size, SeededRandom random) {
    Canvas canvas = new Canvas(size, gray(0.4));
    double cx = 0.5 + random.between(-0.03, 0.03);
    switch (scene.anatomy()) {
      case "Kidney" -> kidney(canvas, cx, random);
      case "Heart" -> heart(canvas, cx, random);
      case "Fetus" -> fetus(canvas, cx, random);
      default -> liver(canvas, cx, scene, random);
    }
    canvas.grain(random, 0.02, 0.45).grain(random, 0.009, 0.35);
    Shape fan =
        Shape.circle(0.5, APEX, 1.08)
            .minus(Shape.circle(0.5, APEX, 0.2))
            .and(new Shape((x, y) -> Math.abs(x - 0.5) - 0.62 * (y - APEX), Shape.Box.ALL));
    canvas.fill(new Shape((x, y) -> -fan.field().at(x, y), Shape.Box.ALL), gray(0), 1, 0.01);
    canvas.fill(Shape.circle(0.5, APEX, 0.215).rim(0.02).and(fan), gray(0.9), 1, 0.01);
    return canvas;
  }

  private static void liver(Canvas canvas, double cx, Scene scene, SeededRandom random) {
    canvas.fill(Shape.ellipse(cx, 0.95, 0.6, 0.1).rim(0.02), gray(0.85), 0.9, 0.02);
    for (int i = 0; i < 4; i++) {
      double x = random.between(0.3, 0.7);
      double y = random.between(0.2, 0.3);
      canvas.fill(Shape.line(x, y, x + 0.05, y + 0.02, 0.006), gray(0.15), 0.9, 0.01);
    }
    switch (scene.disease()) {
      case "Cyst" -> cysts(canvas, cx, scene, random);
      case "Solid mass" -> {
        double x = cx + random.between(-0.08, 0.08);
        canvas.fill(Shape.ellipse(x, 0.55, 0.2, 0.16), gray(0.95), 1, 0.03);
      }
      case "Stone" -> {
        double x = cx + random.between(-0.05, 0.05);
        Shape shadow = new Shape((u, v) -> Math.abs(u - x) - 0.1 - 0.1 * (v - 0.4), Shape.Box.ALL);
        canvas.fill(shadow.and(Shape.below(0.42)), gray(0.02), 1, 0.02);
        canvas.fill(Shape.ellipse(x, 0.42, 0.11, 0.05), gray(1), 1, 0.015);
      }
      default -> {}
    }
  }

  private static void cysts(Canvas canvas, double cx, Scene scene, SeededRandom random) {
    int count = scene.count();
    double radius = count == 1 ? scene.graded(0.06, 0.125, 0.2) : 0.085;
    for (int i = 0; i < count; i++) {
      double x = cx + 0.23 * (i - (count - 1) / 2.0);
      double y = (i % 2 == 0 ? 0.52 : 0.66) + random.between(-0.03, 0.03);
      y = count == 1 ? 0.5 : y;
      canvas.fill(
          Shape.rectangle(x, y + radius + 0.07, radius * 0.8, 0.09, 0.03), gray(0.75), 0.8, 0.04);
      canvas.fill(Shape.circle(x, y, radius + 0.012), gray(0.8), 1, 0.015);
      canvas.fill(Shape.circle(x, y, radius), gray(0.01), 1, 0.012);
    }
  }

  private static void kidney(Canvas canvas, double cx, SeededRandom random) {
    double turn = 0.25 + random.between(-0.1, 0.1);
    canvas.fill(Shape.ellipse(cx, 0.5, 0.29, 0.17, turn), gray(0.75), 1, 0.02);
    canvas.fill(Shape.ellipse(cx, 0.5, 0.275, 0.155, turn), gray(0.17), 1, 0.02);
    canvas.fill(Shape.ellipse(cx, 0.5, 0.17, 0.06, turn), gray(0.95), 1, 0.04);
  }

  private static void heart(Canvas canvas, double cx, SeededRandom random) {
    double y0 = 0.5 + random.between(-0.02, 0.02);
    canvas.fill(Shape.ellipse(cx, y0, 0.26, 0.34), gray(0.65), 1, 0.03);
    for (int side = -1; side <= 1; side += 2) {
      double x = cx + side * 0.115;
      canvas.fill(Shape.ellipse(x, y0 - 0.13, 0.085, 0.15, side * -0.2), gray(0.03), 1, 0.02);
      canvas.fill(Shape.ellipse(x, y0 + 0.17, 0.09, 0.09), gray(0.03), 1, 0.02);
    }
  }

  private static void fetus(Canvas canvas, double cx, SeededRandom random) {
    double y0 = 0.5 + random.between(-0.02, 0.02);
    canvas.fill(Shape.ellipse(cx, y0 + 0.02, 0.33, 0.27), gray(0.02), 1, 0.03);
    canvas.fill(Shape.ellipse(cx + 0.1, y0 + 0.08, 0.16, 0.11, 0.3), gray(0.5), 1, 0.03);
    canvas.fill(Shape.circle(cx - 0.12, y0 - 0.02, 0.13), gray(1), 1, 0.015);
    canvas.fill(Shape.circle(cx - 0.12, y0 - 0.02, 0.1), gray(0.3), 1, 0.015);
    canvas.fill(Shape.line(cx + 0.02, y0 + 0.05, cx + 0.2, y0 + 0.11, 0.012), gray(1), 1, 0.015);
    canvas.fill(Shape.line(cx + 0.04, y0, cx + 0.02, y0 - 0.14, 0.022), gray(0.65), 1, 0.015);
  }
}
