package ai.medr1.data.phantom;

import ai.medr1.data.SeededRandom;
import java.util.ArrayList;
import java.util.List;

/** Skin from close by, with hairs and one lesion. */
final class DermoscopyPainter implements Painter {
  private static final int BROWN = 0x7A4321;
  private static final int BLACK = 0x1B1418;
  private static final int RED = 0xC8141E;
  private static final int WHITE = 0xFFFBF5;

  @Override
  public String answer() {
    return "Dermoscopy";
  }

  @Override
  public Quiz anatomy() {
    return Quiz.anatomy(List.of("Skin of the arm", "Scalp", "Palm", "Nail"), "Eye");
  }

  @Override
  public Quiz disease() {
    return Quiz.disease(List.of("Nevus", "Melanoma", "Hemangioma", "Vitiligo"), "Acne");
  }

  @Override
  public Quiz grading() {
    return Quiz.size("lesion");
  }

  @Override
  public Quiz other() {
    return new Quiz(
        List.of("What color is the lesion?", "Which color does the lesion have in this image?"),
        List.of("Brown", "Black", "Red", "White"),
        List.of("Green"));
  }

  /** No disease in particular: a lesion of any color. */
  @Override
  public String lesion() {
    return "";
  }

  @Override
  public Canvas paint(Scene scene, int size, SeededRandom random) {
    boolean light = random.nextInt(2) == 0;
    Canvas canvas = new Canvas(size, light ? 0xE8B69A : 0xDDA582);
    double cx = 0.5 + random.between(-0.04, 0.04);
    double cy = 0.5 + random.between(-0.04, 0.04);
    switch (scene.anatomy()) {
      case "Scalp" -> hairs(canvas, 70, 0.008, random);
      case "Palm" -> ridges(canvas, random);
      case "Nail" -> nail(canvas, cx);
      default -> lesion(canvas, cx, cy, scene, random);
    }
    if (scene.anatomy().equals("Skin of the arm")) {
      hairs(canvas, 6, 0.004, random);
    }
    canvas.grain(random, 0.05, 0.06).grain(random, 0.015, 0.05);
    return canvas.shade((x, y) -> 1.06 - 0.55 * ((x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5)));
  }

  private static void lesion(
      Canvas canvas, double cx, double cy, Scene scene, SeededRandom random) {
    double radius = scene.graded(0.09, 0.19, 0.33);
    switch (scene.disease()) {
      case "Nevus" -> round(canvas, cx, cy, radius, BROWN, random);
      case "Melanoma" -> irregular(canvas, cx, cy, radius, random);
      case "Hemangioma" -> round(canvas, cx, cy, radius, RED, random);
      case "Vitiligo" -> round(canvas, cx, cy, radius, WHITE, random);
      default -> round(canvas, cx, cy, radius, color(scene.other()), random);
    }
  }

  private static int color(String name) {
    return switch (name) {
      case "Black" -> BLACK;
      case "Red" -> RED;
      case "White" -> WHITE;
      default -> BROWN;
    };
  }

  private static void round(
      Canvas canvas, double cx, double cy, double radius, int color, SeededRandom random) {
    double flat = random.between(0.85, 1);
    canvas.fill(Shape.ellipse(cx, cy, radius, radius * flat), color, 0.9, 0.05);
    canvas.fill(Shape.ellipse(cx, cy, radius * 0.8, radius * flat * 0.8), color, 0.8, 0.05);
    for (int i = 0; color != WHITE && i < 40; i++) {
      double angle = random.between(0, 2 * Math.PI);
      double far = radius * 0.8 * Math.sqrt(random.nextDouble());
      Shape dot =
          Shape.circle(cx + far * StrictMath.cos(angle), cy + far * StrictMath.sin(angle), 0.008);
      canvas.fill(dot, 0x302018, 0.25, 0.012);
    }
  }

  private static void irregular(
      Canvas canvas, double cx, double cy, double radius, SeededRandom random) {
    List<Shape> lobes = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      double angle = i * Math.PI / 4 + random.between(-0.3, 0.3);
      double far = radius * random.between(0.4, 0.85);
      double x = cx + far * StrictMath.cos(angle);
      double y = cy + far * StrictMath.sin(angle);
      lobes.add(Shape.ellipse(x, y, radius * 0.5, radius * random.between(0.2, 0.4), angle));
    }
    Shape outline = Shape.any(lobes).or(Shape.circle(cx, cy, radius * 0.45));
    canvas.fill(outline, BLACK, 1, 0.02);
    canvas.fill(lobes.get(0).and(outline), 0x5A3A8A, 0.7, 0.04);
    canvas.fill(lobes.get(3).and(outline), 0x6E3A1E, 0.8, 0.04);
  }

  private static void hairs(Canvas canvas, int count, double width, SeededRandom random) {
    for (int i = 0; i < count; i++) {
      double x = random.nextDouble();
      double y = random.nextDouble();
      double angle = random.between(0.5, 1.3);
      double reach = random.between(0.2, 0.5);
      double bend = random.between(-0.05, 0.05);
      double mx = x + 0.5 * reach * StrictMath.cos(angle) + bend;
      double my = y + 0.5 * reach * StrictMath.sin(angle);
      double ex = x + reach * StrictMath.cos(angle);
      double ey = y + reach * StrictMath.sin(angle);
      canvas.fill(Shape.line(x, y, mx, my, width).or(Shape.line(mx, my, ex, ey, width)), 0x2A1810);
    }
  }

  private static void ridges(Canvas canvas, SeededRandom random) {
    double slope = random.between(-0.2, 0.2);
    for (int i = -2; i < 14; i++) {
      double y = i * 0.085 + random.between(-0.005, 0.005);
      canvas.fill(Shape.line(-0.1, y, 1.1, y + slope, 0.018), 0xA8664A, 0.9, 0.02);
    }
  }

  private static void nail(Canvas canvas, double cx) {
    canvas.fill(Shape.rectangle(cx, 0.62, 0.44, 0.6, 0.3), 0xB97E62, 1, 0.04);
    canvas.fill(Shape.rectangle(cx, 0.48, 0.31, 0.4, 0.22), 0x9A5A48, 1, 0.02);
    canvas.fill(Shape.rectangle(cx, 0.47, 0.29, 0.39, 0.2), 0xF4B8AC, 1, 0.02);
    canvas.fill(
        Shape.ellipse(cx, 0.84, 0.2, 0.13).and(Shape.rectangle(cx, 0.47, 0.29, 0.39, 0.2)),
        0xFFF1EA,
        1,
        0.02);
    canvas.fill(Shape.rectangle(cx, 0.1, 0.28, 0.06, 0.03), 0xFFFAF2, 1, 0.02);
  }
}
