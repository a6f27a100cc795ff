package ai.medr1.data.phantom;

import static ai.medr1.data.phantom.Canvas.gray;

import ai.medr1.data.SeededRandom;
import java.util.List;

/** Cross sections of the retina: bright and dark bands under a dark vitreous, with speckle. */
final class OctPainter implements Painter {
  /** Where a band ends, as a share of the retina's thickness, and its gray. */
  private static final double[][] BANDS = {
    {0.12, 0.85}, {0.3, 0.5}, {0.42, 0.62}, {0.52, 0.32}, {0.62, 0.5}, {0.8, 0.2}, {1.0, 0.98}
  };

  @Override
  public String answer() {
    return "OCT";
  }

  @Override
  public Quiz anatomy() {
    return Quiz.anatomy(List.of("Macula", "Optic nerve head", "Cornea"), "Lens", "Iris");
  }

  @Override
  public Quiz disease() {
    return Quiz.disease(
        List.of("No abnormality", "Macular edema", "Drusen", "Retinal detachment"), "Glaucoma");
  }

  @Override
  public Quiz grading() {
    return Quiz.size("fluid pocket");
  }

  @Override
  public Quiz other() {
    return Quiz.count("fluid pockets");
  }

  @Override
  public String lesion() {
    return "Macular edema";
  }

  /** The height of a line at every x. */
  private interface Line {
    double at(double x);
  }

  @Override
  public Canvas paint(Scene scene, int size, SeededRandom random) {
    Canvas canvas = new Canvas(size, gray(0.07));
    double cx = 0.5 + random.between(-0.03, 0.03);
    double tilt = random.between(-0.06, 0.06);
    if (scene.anatomy().equals("Cornea")) {
      cornea(canvas, cx);
    } else {
      retina(canvas, cx, tilt, scene, random);
    }
    return canvas.grain(random, 0.014, 0.4).grain(random, 0.03, 0.2);
  }

  private static void cornea(Canvas canvas, double cx) {
    canvas.fill(Shape.ellipse(cx, 0.95, 0.72, 0.75).rim(0.14), gray(0.55), 1, 0.02);
    canvas.fill(Shape.ellipse(cx, 0.95, 0.72, 0.75).rim(0.03), gray(0.95), 1, 0.02);
    canvas.fill(Shape.ellipse(cx, 0.95, 0.585, 0.615).rim(0.02), gray(0.85), 1, 0.02);
  }

  private static void retina(
      Canvas canvas, double cx, double tilt, Scene scene, SeededRandom random) {
    boolean nerve = scene.anatomy().equals("Optic nerve head");
    double lift = scene.disease().equals("Retinal detachment") ? 0.2 : 0;
    double swell = scene.disease().equals("Macular edema") ? 0.1 : 0;
    double dip = nerve ? 0.3 : swell > 0 || lift > 0 ? -swell : 0.11;
    Line base = x -> 0.68 + tilt * (x - 0.5);
    Line lifted = x -> base.at(x) - lift * bell(x, cx, 0.25);
    Line top = x -> lifted.at(x) - 0.27 + dip * bell(x, cx, nerve ? 0.13 : 0.17);
    band(canvas, x -> base.at(x) + 0.02, x -> base.at(x) + 0.22, gray(0.36));
    double from = 0;
    for (double[] band : BANDS) {
      double start = from;
      band(
          canvas,
          x -> between(top, lifted, start, x),
          x -> between(top, lifted, band[0], x),
          gray(band[1]));
      from = band[0];
    }
    band(canvas, base, x -> base.at(x) + 0.03, gray(0.98));
    if (lift > 0) {
      band(canvas, lifted, base, gray(0.01));
    }
    if (nerve) {
      canvas.fill(Shape.rectangle(cx, 0.78, 0.11, 0.24, 0.05), gray(0.12), 1, 0.03);
    }
    disease(canvas, cx, base, scene, random);
  }

  private static double between(Line top, Line bottom, double share, double x) {
    return top.at(x) + share * (bottom.at(x) - top.at(x));
  }

  private static void disease(
      Canvas canvas, double cx, Line base, Scene scene, SeededRandom random) {
    if (scene.disease().equals("Macular edema")) {
      int count = scene.count();
      double radius = count == 1 ? scene.graded(0.045, 0.09, 0.15) : 0.075;
      for (int i = 0; i < count; i++) {
        double x = cx + 0.24 * (i - (count - 1) / 2.0) + random.between(-0.01, 0.01);
        double y = base.at(x) - 0.2;
        canvas.fill(Shape.ellipse(x, y, radius * 1.1, radius), gray(0.01), 1, 0.015);
      }
    } else if (scene.disease().equals("Drusen")) {
      for (int i = 0; i < 5; i++) {
        double x = cx + 0.17 * (i - 2) + random.between(-0.02, 0.02);
        Shape above = new Shape((u, v) -> v - base.at(u) - 0.02, Shape.Box.ALL);
        double y = base.at(x) + 0.01;
        canvas.fill(Shape.ellipse(x, y, 0.065, 0.13).and(above), gray(0.98), 1, 0.015);
        canvas.fill(Shape.ellipse(x, y, 0.042, 0.1).and(above), gray(0.55), 1, 0.015);
      }
    }
  }

  private static void band(Canvas canvas, Line top, Line bottom, int color) {
    double high = 1;
    double low = 0;
    for (int i = 0; i <= 64; i++) {
      high = Math.min(high, top.at(i / 64.0));
      low = Math.max(low, bottom.at(i / 64.0));
    }
    Shape.Box box = new Shape.Box(0, high - 0.01, 1, low + 0.01);
    Shape shape = new Shape((x, y) -> Math.max(top.at(x) - y, y - bottom.at(x)), box);
    canvas.fill(shape, color, 1, 0.012);
  }

  /** A bump of height 1 at the centre that has gone at twice its width; no exponential needed. */
  private static double bell(double x, double centre, double width) {
    double t = (x - centre) / (2 * width);
    double rest = Math.max(0, 1 - t * t);
    return rest * rest * rest;
  }
}
