package ai.medr1.data.phantom;

import static ai.medr1.data.phantom.Canvas.gray;

import ai.medr1.data.SeededRandom;
import java.util.ArrayList;
import java.util.List;

/** Radiographs: what absorbs is bright, and shadows add up. */
final class XrayPainter implements Painter {

  @Override
  public String answer() {
    return "X-ray";
  }

  @Override
  public Quiz anatomy() {
    return Quiz.anatomy(List.of("Chest", "Knee", "Hand"), "Skull", "Pelvis");
  }

  @Override
  public Quiz disease() {
    return Quiz.disease(
        List.of("No abnormality", "Pleural effusion", "Cardiomegaly", "Lung mass"), "Scoliosis");
  }

  @Override
  public Quiz grading() {
    return Quiz.size("effusion");
  }

  @Override
  public Quiz other() {
    return Quiz.side("effusion");
  }

  @Override
  public String lesion() {
    return "Pleural effusion";
  }

  @Override
  public Canvas paint(Scene scene, int size, SeededRandom random) {
    Canvas canvas = new Canvas(size, gray(0.04));
    double cx = 0.5 + random.between(-0.02, 0.02);
    switch (scene.anatomy()) {
      case "Knee" -> knee(canvas, cx, random);
      case "Hand" -> hand(canvas, cx, random);
      default -> chest(canvas, cx, scene, random);
    }
    return canvas.grain(random, 0.01, 0.07);
  }

  private static void chest(Canvas canvas, double cx, Scene scene, SeededRandom random) {
    canvas.fill(Shape.rectangle(cx, 0.62, 0.44, 0.5, 0.2), gray(0.55), 1, 0.04);
    canvas.fill(Shape.line(cx, 0, cx, 0.2, 0.09), gray(0.55), 1, 0.04);
    List<Shape> lungs = new ArrayList<>();
    for (int side = -1; side <= 1; side += 2) {
      Shape lung = Shape.ellipse(cx + side * 0.2, 0.47, 0.155, 0.33, side * -0.12);
      lungs.add(lung);
      canvas.fill(lung, gray(0.13), 1, 0.03);
      disease(canvas, lung, cx, side, scene, random);
    }
    boolean enlarged = scene.disease().equals("Cardiomegaly");
    double heart = enlarged ? 0.25 : 0.115;
    double shift = enlarged ? 0.04 : 0.06;
    canvas.fill(Shape.ellipse(cx + shift, 0.62, heart, 0.16, 0.3), gray(0.72), 1, 0.03);
    canvas.fill(Shape.line(cx, 0.05, cx, 0.95, 0.035), gray(0.75), 0.7, 0.02);
    ribs(canvas, cx, lungs);
    for (int side = -1; side <= 1; side += 2) {
      Shape clavicle = Shape.line(cx + side * 0.04, 0.19, cx + side * 0.36, 0.13, 0.014);
      canvas.fill(clavicle, gray(0.85), 0.8, 0.012);
      Shape dome = Shape.ellipse(cx + side * 0.2, 0.93, 0.21, 0.16);
      canvas.fill(dome, gray(0.68), 1, 0.03);
    }
  }

  private static void disease(
      Canvas canvas, Shape lung, double cx, int side, Scene scene, SeededRandom random) {
    if (side != scene.side()) {
      return;
    }
    if (scene.disease().equals("Pleural effusion")) {
      double level = scene.graded(0.66, 0.46, 0.22) + random.between(-0.02, 0.02);
      canvas.fill(lung.and(Shape.below(level)), gray(0.9), 1, 0.03);
    } else if (scene.disease().equals("Lung mass")) {
      Shape mass = Shape.circle(cx + side * 0.22, random.between(0.34, 0.42), 0.1);
      canvas.fill(mass, gray(0.85), 1, 0.03);
    }
  }

  private static void ribs(Canvas canvas, double cx, List<Shape> lungs) {
    for (int side = -1; side <= 1; side += 2) {
      for (int i = 0; i < 8; i++) {
        double y = 0.3 + i * 0.085;
        double x = cx + side * 0.17;
        Shape rib = Shape.ellipse(x, y, 0.25, 0.12, side * 0.25).rim(0.014);
        Shape.Box upper = new Shape.Box(x - 0.25, y - 0.14, x + 0.25, y);
        Shape seen = new Shape(rib.and(lungs.get(side < 0 ? 0 : 1)).field(), upper);
        canvas.fill(seen, gray(0.75), 0.42, 0.012);
      }
    }
  }

  private static void knee(Canvas canvas, double cx, SeededRandom random) {
    double gap = 0.5 + random.between(-0.03, 0.03);
    canvas.fill(Shape.rectangle(cx, 0.5, 0.28, 0.6, 0.1), gray(0.3), 1, 0.05);
    Shape femur =
        Shape.rectangle(cx, gap - 0.4, 0.085, 0.3, 0.02)
            .or(Shape.ellipse(cx - 0.085, gap - 0.11, 0.115, 0.1))
            .or(Shape.ellipse(cx + 0.085, gap - 0.11, 0.115, 0.1));
    Shape tibia =
        Shape.rectangle(cx, gap + 0.4, 0.08, 0.3, 0.02)
            .or(Shape.rectangle(cx, gap + 0.08, 0.19, 0.07, 0.05));
    for (Shape bone : List.of(femur, tibia)) {
      canvas.fill(bone, gray(0.72), 1, 0.02);
      canvas.fill(bone.rim(0.02), gray(0.95), 0.8, 0.015);
    }
    canvas.fill(Shape.line(cx - 0.2, gap + 0.1, cx - 0.19, 1, 0.025), gray(0.7), 1, 0.015);
  }

  private static void hand(Canvas canvas, double cx, SeededRandom random) {
    canvas.fill(Shape.rectangle(cx, 0.73, 0.2, 0.2, 0.08), gray(0.25), 1, 0.04);
    canvas.fill(Shape.line(cx, 0.85, cx, 1, 0.13), gray(0.25), 1, 0.04);
    for (int finger = -2; finger <= 2; finger++) {
      double lean = finger * 0.16 + random.between(-0.02, 0.02);
      double length = finger == -2 ? 0.42 : 0.66 - 0.06 * Math.abs(finger);
      double x = cx + finger * 0.075;
      double y = 0.8;
      double dx = StrictMath.sin(lean);
      double dy = -StrictMath.cos(lean);
      canvas.fill(Shape.line(x, y, x + length * dx, y + length * dy, 0.05), gray(0.25), 1, 0.03);
      double from = 0;
      for (double part : new double[] {0.36, 0.28, 0.2, 0.1}) {
        double to = from + part * length;
        Shape bone =
            Shape.line(
                x + (from + 0.025) * dx,
                y + (from + 0.025) * dy,
                x + (to - 0.012) * dx,
                y + (to - 0.012) * dy,
                0.02);
        canvas.fill(bone, gray(0.9), 1, 0.012);
        from = to;
      }
    }
    for (int i = 0; i < 6; i++) {
      double x = cx - 0.1 + 0.1 * (i % 3);
      canvas.fill(Shape.circle(x, 0.83 + 0.06 * Math.floorDiv(i, 3), 0.035), gray(0.85), 1, 0.012);
    }
    for (int side = -1; side <= 1; side += 2) {
      Shape bone = Shape.line(cx + side * 0.06, 0.95, cx + side * 0.06, 1.1, 0.045);
      canvas.fill(bone, gray(0.88), 1, 0.012);
    }
  }
}
