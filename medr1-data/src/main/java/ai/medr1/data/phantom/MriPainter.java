package ai.medr1.data.phantom;

import static ai.medr1.data.phantom.Canvas.gray;

import ai.medr1.data.SeededRandom;
import java.util.List;

/** T1-weighted slices: fat and marrow bright, water and cortical bone dark. */
final class MriPainter implements Painter {

  @Override
  public String answer() {
    return "MRI";
  }

  @Override
  public Quiz anatomy() {
    return Quiz.anatomy(List.of("Brain", "Knee", "Spine"), "Liver", "Heart");
  }

  @Override
  public Quiz disease() {
    return Quiz.disease(
        List.of("No abnormality", "Brain tumor", "Hydrocephalus", "Stroke"), "Skull fracture");
  }

  @Override
  public Quiz grading() {
    return Quiz.size("tumor");
  }

  @Override
  public Quiz other() {
    return Quiz.side("tumor");
  }

  @Override
  public String lesion() {
    return "Brain tumor";
  }

  @Override
  public Canvas paint(Scene scene, int size, SeededRandom random) {
    Canvas canvas = new Canvas(size, gray(0.03));
    double cx = 0.5 + random.between(-0.02, 0.02);
    switch (scene.anatomy()) {
      case "Knee" -> knee(canvas, cx, random);
      case "Spine" -> spine(canvas, cx, random);
      default -> brain(canvas, cx, scene, random);
    }
    return canvas.grain(random, 0.015, 0.1);
  }

  private static void brain(Canvas canvas, double cx, Scene scene, SeededRandom random) {
    canvas.fill(Shape.ellipse(cx, 0.5, 0.37, 0.45), gray(0.75), 1, 0.01);
    canvas.fill(Shape.ellipse(cx, 0.5, 0.35, 0.43), gray(0.05), 1, 0.01);
    canvas.fill(Shape.ellipse(cx, 0.5, 0.32, 0.4), gray(0.4), 1, 0.01);
    for (int side = -1; side <= 1; side += 2) {
      white(canvas, cx, side, random);
    }
    canvas.fill(Shape.line(cx, 0.1, cx, 0.9, 0.006), gray(0.08), 1, 0.01);
    boolean swollen = scene.disease().equals("Hydrocephalus");
    for (int side = -1; side <= 1; side += 2) {
      ventricle(canvas, cx, side, swollen ? 2.3 : 1);
    }
    focus(canvas, cx, scene, random);
  }

  /** White matter with folds that reach into the gray rim. */
  private static void white(Canvas canvas, double cx, int side, SeededRandom random) {
    canvas.fill(Shape.ellipse(cx + side * 0.135, 0.5, 0.105, 0.29), gray(0.66), 1, 0.03);
    for (int i = 0; i < 9; i++) {
      double angle = Math.PI * (i + 0.5) / 9 - Math.PI / 2 + random.between(-0.06, 0.06);
      double x = cx + side * (0.03 + 0.24 * StrictMath.cos(angle));
      double y = 0.5 + 0.345 * StrictMath.sin(angle);
      Shape fold = Shape.line(cx + side * 0.13, 0.5 + (y - 0.5) * 0.6, x, y, 0.015);
      canvas.fill(fold, gray(0.66), 1, 0.015);
    }
  }

  private static void ventricle(Canvas canvas, double cx, int side, double scale) {
    double x = cx + side * 0.05 * Math.sqrt(scale);
    Shape front = Shape.ellipse(x, 0.42, 0.026 * scale, 0.09 * Math.sqrt(scale), side * -0.3);
    Shape back = Shape.ellipse(x, 0.58, 0.026 * scale, 0.085 * Math.sqrt(scale), side * 0.45);
    canvas.fill(front.or(back), gray(0.06), 1, 0.015);
  }

  private static void focus(Canvas canvas, double cx, Scene scene, SeededRandom random) {
    double x = cx + scene.side() * random.between(0.15, 0.18);
    double y = random.between(0.42, 0.58);
    if (scene.disease().equals("Brain tumor")) {
      double radius = scene.graded(0.045, 0.085, 0.135);
      canvas.fill(Shape.circle(x, y, radius), gray(1), 1, 0.015);
      canvas.fill(Shape.circle(x, y, radius * 0.35), gray(0.55), 1, 0.02);
    } else if (scene.disease().equals("Stroke")) {
      Shape brain = Shape.ellipse(cx, 0.5, 0.32, 0.4);
      Shape wedge = Shape.ellipse(cx + scene.side() * 0.26, y, 0.15, 0.19);
      canvas.fill(wedge.and(brain), gray(0.14), 1, 0.03);
    }
  }

  private static void knee(Canvas canvas, double cx, SeededRandom random) {
    double gap = 0.5 + random.between(-0.03, 0.03);
    canvas.fill(Shape.rectangle(cx, 0.5, 0.33, 0.6, 0.1), gray(0.45), 1, 0.02);
    canvas.fill(Shape.rectangle(cx, 0.5, 0.29, 0.6, 0.1), gray(0.28), 1, 0.02);
    Shape femur =
        Shape.rectangle(cx, gap - 0.35, 0.11, 0.3, 0.03)
            .or(Shape.ellipse(cx - 0.1, gap - 0.13, 0.13, 0.115))
            .or(Shape.ellipse(cx + 0.1, gap - 0.13, 0.13, 0.115));
    Shape tibia =
        Shape.rectangle(cx, gap + 0.38, 0.1, 0.32, 0.03)
            .or(Shape.rectangle(cx, gap + 0.12, 0.22, 0.085, 0.06));
    for (Shape bone : List.of(femur, tibia)) {
      canvas.fill(bone, gray(0.05), 1, 0.01);
      canvas.fill(new Shape((x, y) -> bone.field().at(x, y) + 0.014, bone.box()), gray(0.78));
    }
  }

  private static void spine(Canvas canvas, double cx, SeededRandom random) {
    canvas.fill(Shape.rectangle(cx, 0.5, 0.36, 0.6, 0.05), gray(0.22), 1, 0.03);
    canvas.fill(Shape.rectangle(cx + 0.34, 0.5, 0.05, 0.6, 0.02), gray(0.75), 1, 0.03);
    double bend = random.between(0.04, 0.07);
    for (int i = 0; i < 7; i++) {
      double y = 0.05 + i * 0.15;
      double x = cx - 0.08 + bend * StrictMath.sin(y * Math.PI);
      canvas.fill(Shape.rectangle(x, y, 0.1, 0.052, 0.02), gray(0.7), 1, 0.01);
      canvas.fill(Shape.rectangle(x, y + 0.075, 0.095, 0.016, 0.012), gray(0.4), 1, 0.01);
      canvas.fill(Shape.line(x + 0.14, y - 0.08, x + 0.14, y + 0.08, 0.025), gray(0.08), 1, 0.01);
      canvas.fill(Shape.line(x + 0.14, y - 0.08, x + 0.14, y + 0.08, 0.011), gray(0.6), 1, 0.01);
      canvas.fill(Shape.ellipse(x + 0.24, y, 0.07, 0.026, 0.5), gray(0.55), 1, 0.015);
    }
  }
}
