package ai.medr1.data.phantom;

import ai.medr1.data.SeededRandom;
import java.util.List;

/** The back of the eye: an orange disc on black, optic disc, macula and vessels. */
final class FundusPainter implements Painter {

  @Override
  public String answer() {
    return "Fundus photography";
  }

  @Override
  public Quiz anatomy() {
    return new Quiz(
        List.of(
            "Which structure lies in the center of this image?",
            "What anatomy does the center of the image show?"),
        List.of("Macula", "Optic disc", "Peripheral retina"),
        List.of("Lens", "Cornea"));
  }

  @Override
  public Quiz disease() {
    return Quiz.disease(
        List.of("No abnormality", "Diabetic retinopathy", "Macular degeneration", "Glaucoma"),
        "Cataract");
  }

  @Override
  public Quiz grading() {
    return new Quiz(
        List.of(
            "How severe is the diabetic retinopathy?",
            "Which grade of diabetic retinopathy does the image show?"),
        List.of("Mild", "Moderate", "Severe"),
        List.of());
  }

  @Override
  public Quiz other() {
    return Quiz.side("optic disc");
  }

  @Override
  public String lesion() {
    return "Diabetic retinopathy";
  }

  @Override
  public Canvas paint(Scene scene, int size, SeededRandom random) {
    Canvas canvas = new Canvas(size, 0x040202);
    Shape field = Shape.circle(0.5, 0.5, 0.47);
    canvas.fill(field, random.nextInt(2) == 0 ? 0xCC5A1E : 0xC04E1C, 1, 0.01);
    double side = scene.side();
    double disc =
        switch (scene.anatomy()) {
          case "Optic disc" -> 0.5;
          case "Peripheral retina" -> 0.5 + side * 0.7;
          default -> 0.5 + side * 0.27;
        };
    double cy = 0.5 + random.between(-0.025, 0.025);
    double macula = disc - side * 0.29;
    canvas.fill(Shape.circle(macula, cy, 0.13).and(field), 0x6A1E08, 0.85, 0.14);
    vessels(canvas, disc, cy, random);
    opticDisc(canvas, disc, cy, scene.disease().equals("Glaucoma"));
    disease(canvas, macula, cy, scene, random);
    Shape outside = new Shape((x, y) -> -field.field().at(x, y), Shape.Box.ALL);
    canvas.fill(outside, 0x040202, 1, 0.01).grain(random, 0.03, 0.05);
    return canvas.shade((x, y) -> 1.12 - 1.6 * ((x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5)));
  }

  private static void opticDisc(Canvas canvas, double cx, double cy, boolean glaucoma) {
    double radius = glaucoma ? 0.15 : 0.085;
    canvas.fill(Shape.ellipse(cx, cy, radius, radius * 1.1), 0xFFC768, 1, 0.02);
    double cup = glaucoma ? 0.125 : 0.035;
    canvas.fill(Shape.ellipse(cx, cy, cup, cup * 1.1), 0xFFFBE6, 1, 0.02);
  }

  /** Arcades that leave the disc up and down and bend around both sides. */
  private static void vessels(Canvas canvas, double cx, double cy, SeededRandom random) {
    for (int up = -1; up <= 1; up += 2) {
      for (int side = -1; side <= 1; side += 2) {
        for (int i = 0; i < 3; i++) {
          double spread = 0.25 + 0.28 * i + random.between(-0.05, 0.05);
          vessel(canvas, cx, cy, side * spread, up, 0.013 - 0.003 * i, random);
        }
      }
    }
  }

  private static void vessel(
      Canvas canvas, double cx, double cy, double lean, int up, double width, SeededRandom random) {
    double x = cx;
    double y = cy;
    double angle = StrictMath.atan2(up, lean * 0.8);
    for (int i = 0; i < 12; i++) {
      double nextX = x + 0.06 * StrictMath.cos(angle);
      double nextY = y + 0.06 * StrictMath.sin(angle);
      canvas.fill(Shape.line(x, y, nextX, nextY, width * (1 - 0.06 * i)), 0x7C120C, 0.9, 0.008);
      x = nextX;
      y = nextY;
      double flat = lean > 0 ? 0 : up * Math.PI;
      angle += 0.1 * (flat - angle) + random.between(-0.12, 0.12);
    }
  }

  private static void disease(
      Canvas canvas, double macula, double cy, Scene scene, SeededRandom random) {
    if (scene.disease().equals("Macular degeneration")) {
      for (int i = 0; i < 14; i++) {
        double x = macula + random.between(-0.11, 0.11);
        double y = cy + random.between(-0.11, 0.11);
        canvas.fill(Shape.circle(x, y, random.between(0.02, 0.05)), 0xFFE58A, 0.95, 0.02);
      }
    } else if (scene.disease().equals("Diabetic retinopathy")) {
      int spots = (int) scene.graded(4, 18, 60);
      for (int i = 0; i < spots; i++) {
        double angle = random.between(0, 2 * Math.PI);
        double far = 0.42 * Math.sqrt(random.nextDouble());
        double x = 0.5 + far * StrictMath.cos(angle);
        double y = 0.5 + far * StrictMath.sin(angle);
        boolean exudate = i % 4 == 3;
        double radius = exudate ? 0.016 : random.between(0.018, 0.032);
        canvas.fill(Shape.circle(x, y, radius), exudate ? 0xFFEE9A : 0x3E0204, 1, 0.012);
      }
    }
  }
}
