package ai.medr1.data.phantom;

import static ai.medr1.data.phantom.Canvas.gray;

import ai.medr1.data.SeededRandom;
import java.util.List;

/** Axial slices: a body on black, bone white, air black, organs in grays. */
final class CtPainter implements Painter {

  @Override
  public String answer() {
    return "CT";
  }

  @Override
  public Quiz anatomy() {
    return Quiz.anatomy(List.of("Chest", "Abdomen", "Head"), "Foot", "Shoulder");
  }

  @Override
  public Quiz disease() {
    return Quiz.disease(
        List.of("No abnormality", "Lung mass", "Pleural effusion", "Pneumonia"), "Rib fracture");
  }

  @Override
  public Quiz grading() {
    return Quiz.size("mass");
  }

  @Override
  public Quiz other() {
    return Quiz.side("mass");
  }

  @Override
  public String lesion() {
    return "Lung mass";
  }

  @Override
  public Canvas paint(Scene scene, int size, SeededRandom random) {
    Canvas canvas = new Canvas(size, gray(0.02));
    double cx = 0.5 + random.between(-0.02, 0.02);
    switch (scene.anatomy()) {
      case "Abdomen" -> abdomen(canvas, cx, random);
      case "Head" -> head(canvas, cx, random);
      default -> chest(canvas, cx, scene, random);
    }
    return canvas.grain(random, 0.012, 0.16);
  }

  private static void chest(Canvas canvas, double cx, Scene scene, SeededRandom random) {
    body(canvas, cx, 12, random);
    for (int side = -1; side <= 1; side += 2) {
      Shape lung = lung(cx, side);
      canvas.fill(lung, gray(0.1), 1, 0.02);
      vessels(canvas, cx, side, random);
      disease(canvas, lung, cx, side, scene, random);
    }
    canvas.fill(Shape.ellipse(cx + 0.03, 0.44, 0.1, 0.12, 0.5), gray(0.58), 1, 0.02);
    canvas.fill(Shape.circle(cx + 0.045, 0.62, 0.035), gray(0.68), 1, 0.01);
    spine(canvas, cx);
  }

  private static Shape lung(double cx, int side) {
    return Shape.ellipse(cx + side * 0.22, 0.49, 0.145, 0.215, side * 0.2);
  }

  private static void vessels(Canvas canvas, double cx, int side, SeededRandom random) {
    for (int i = 0; i < 7; i++) {
      double x = cx + side * random.between(0.18, 0.31);
      double y = random.between(0.36, 0.62);
      canvas.fill(Shape.line(cx + side * 0.13, 0.48, x, y, 0.004), gray(0.35), 0.8, 0.01);
    }
  }

  private static void disease(
      Canvas canvas, Shape lung, double cx, int side, Scene scene, SeededRandom random) {
    boolean here = side == scene.side();
    switch (scene.disease()) {
      case "Lung mass" -> {
        if (here) {
          double radius = scene.graded(0.045, 0.085, 0.13);
          double x = cx + side * random.between(0.205, 0.235);
          double y = random.between(0.46, 0.52);
          canvas.fill(Shape.circle(x, y, radius), gray(0.85), 1, 0.015);
        }
      }
      case "Pleural effusion" -> {
        if (here) {
          canvas.fill(lung.and(Shape.below(0.5)), gray(0.6), 1, 0.02);
        }
      }
      case "Pneumonia" -> {
        for (int i = 0; i < 9; i++) {
          double x = cx + side * random.between(0.14, 0.3);
          double y = random.between(0.34, 0.64);
          canvas.fill(Shape.circle(x, y, 0.055).and(lung), gray(0.5), 0.75, 0.05);
        }
      }
      default -> {}
    }
  }

  private static void abdomen(Canvas canvas, double cx, SeededRandom random) {
    body(canvas, cx, 6, random);
    canvas.fill(Shape.ellipse(cx - 0.17, 0.43, 0.2, 0.17, 0.4), gray(0.62), 1, 0.02);
    canvas.fill(Shape.ellipse(cx + 0.28, 0.46, 0.08, 0.13, -0.4), gray(0.56), 1, 0.02);
    canvas.fill(Shape.ellipse(cx + 0.14, 0.34, 0.13, 0.075, 0.2), gray(0.5), 1, 0.02);
    canvas.fill(Shape.ellipse(cx + 0.13, 0.315, 0.085, 0.035), gray(0.05), 1, 0.015);
    for (int side = -1; side <= 1; side += 2) {
      canvas.fill(Shape.ellipse(cx + side * 0.16, 0.62, 0.055, 0.075), gray(0.78), 1, 0.015);
    }
    canvas.fill(Shape.circle(cx + 0.03, 0.55, 0.032), gray(0.75), 1, 0.01);
    spine(canvas, cx);
  }

  private static void head(Canvas canvas, double cx, SeededRandom random) {
    Shape skull = Shape.ellipse(cx, 0.5, 0.33, 0.41);
    canvas.fill(Shape.ellipse(cx, 0.5, 0.35, 0.43), gray(0.4), 1, 0.01);
    canvas.fill(skull, gray(1), 1, 0.01);
    canvas.fill(Shape.ellipse(cx, 0.5, 0.285, 0.365), gray(0.46), 1, 0.01);
    canvas.fill(Shape.line(cx, 0.14, cx, 0.86, 0.004), gray(0.65), 1, 0.01);
    for (int side = -1; side <= 1; side += 2) {
      double x = cx + side * 0.055;
      canvas.fill(Shape.ellipse(x, 0.43, 0.03, 0.1, side * -0.35), gray(0.2), 1, 0.02);
      double y = 0.6 + random.between(-0.02, 0.02);
      canvas.fill(Shape.ellipse(x + side * 0.05, y, 0.03, 0.06, side * 0.5), gray(0.3), 1, 0.02);
    }
  }

  private static void body(Canvas canvas, double cx, int ribs, SeededRandom random) {
    double rx = 0.45 + random.between(-0.015, 0.015);
    double ry = 0.345 + random.between(-0.015, 0.015);
    canvas.fill(Shape.ellipse(cx, 0.93, 0.45, 0.1).rim(0.012), gray(0.35), 1, 0.01);
    canvas.fill(Shape.ellipse(cx, 0.5, rx, ry), gray(0.27), 1, 0.01);
    canvas.fill(Shape.ellipse(cx, 0.5, rx - 0.03, ry - 0.03), gray(0.42), 1, 0.015);
    for (int i = 0; i < ribs; i++) {
      double angle = 2 * Math.PI * (i + 0.5) / ribs;
      double x = cx + (rx - 0.045) * StrictMath.cos(angle);
      double y = 0.5 + (ry - 0.045) * StrictMath.sin(angle);
      double tangent = StrictMath.atan2(ry * StrictMath.cos(angle), -rx * StrictMath.sin(angle));
      canvas.fill(Shape.ellipse(x, y, 0.04, 0.013, tangent), gray(0.95), 1, 0.008);
    }
  }

  private static void spine(Canvas canvas, double cx) {
    canvas.fill(Shape.ellipse(cx, 0.67, 0.06, 0.05), gray(0.9), 1, 0.01);
    canvas.fill(Shape.circle(cx, 0.735, 0.02), gray(0.45), 1, 0.008);
    canvas.fill(Shape.line(cx, 0.76, cx, 0.81, 0.014), gray(0.9), 1, 0.008);
    for (int side = -1; side <= 1; side += 2) {
      Shape process = Shape.line(cx + side * 0.03, 0.735, cx + side * 0.1, 0.75, 0.014);
      canvas.fill(process, gray(0.9), 1, 0.008);
    }
  }
}
