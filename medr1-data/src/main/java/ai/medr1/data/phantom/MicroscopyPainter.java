package ai.medr1.data.phantom;

import ai.medr1.data.SeededRandom;
import java.util.List;

/** Stained cells on a bright field. */
final class MicroscopyPainter implements Painter {
  private static final int PLASMA = 0xF7EDE6;
  private static final int RED_CELL = 0xE0767C;
  private static final int NUCLEUS = 0x4A1E8C;

  @Override
  public String answer() {
    return "Microscopy";
  }

  @Override
  public Quiz anatomy() {
    return new Quiz(
        List.of(
            "Which tissue is shown in this image?",
            "What tissue does the image show?",
            "From which tissue is this sample?"),
        List.of("Blood", "Colon", "Muscle"),
        List.of("Bone", "Brain"));
  }

  @Override
  public Quiz disease() {
    return Quiz.disease(
        List.of("No abnormality", "Malaria", "Leukemia", "Sickle cell anemia"), "Asthma");
  }

  @Override
  public Quiz grading() {
    return new Quiz(
        List.of("How many of the cells are leukemic?", "What is the share of leukemic cells?"),
        List.of("Few", "About half", "Nearly all"),
        List.of());
  }

  @Override
  public Quiz other() {
    return Quiz.count("white blood cells");
  }

  @Override
  public String lesion() {
    return "Leukemia";
  }

  /** White blood cells are counted where there is no disease at all. */
  @Override
  public String marked() {
    return "";
  }

  @Override
  public Canvas paint(Scene scene, int size, SeededRandom random) {
    Canvas canvas = new Canvas(size, PLASMA);
    switch (scene.anatomy()) {
      case "Colon" -> colon(canvas, random);
      case "Muscle" -> muscle(canvas, random);
      default -> blood(canvas, scene, random);
    }
    return canvas.grain(random, 0.02, 0.05);
  }

  /** Cells on a jittered grid: 25 places, so that a share of them can be seen at a glance. */
  private static void blood(Canvas canvas, Scene scene, SeededRandom random) {
    for (int i = 0; i < 25; i++) {
      double x = 0.1 + 0.2 * (i % 5) + random.between(-0.025, 0.025);
      double y = 0.1 + 0.2 * Math.floorDiv(i, 5) + random.between(-0.025, 0.025);
      cell(canvas, x, y, i, scene, random);
    }
    for (int i = 0; scene.disease().isEmpty() && i < scene.count(); i++) {
      double x = 0.22 + 0.28 * i + random.between(-0.02, 0.02);
      double y = (i == 1 ? 0.66 : 0.34) + random.between(-0.05, 0.05);
      whiteCell(canvas, x, y, 0.135);
    }
  }

  private static void cell(
      Canvas canvas, double x, double y, int place, Scene scene, SeededRandom random) {
    switch (scene.disease()) {
      case "Leukemia" -> {
        // 7 and 25 have no common factor: the cells are spread over the picture.
        if (place * 7 % 25 < scene.graded(3, 12, 23)) {
          whiteCell(canvas, x, y, 0.1);
        } else {
          redCell(canvas, x, y, random);
        }
      }
      case "Sickle cell anemia" -> {
        double angle = random.between(0, Math.PI);
        canvas.fill(Shape.ellipse(x, y, 0.1, 0.025, angle), 0xC8434E, 1, 0.01);
      }
      case "Malaria" -> {
        redCell(canvas, x, y, random);
        canvas.fill(Shape.circle(x + 0.02, y - 0.015, 0.03), NUCLEUS, 1, 0.01);
      }
      default -> redCell(canvas, x, y, random);
    }
  }

  private static void redCell(Canvas canvas, double x, double y, SeededRandom random) {
    double radius = random.between(0.07, 0.085);
    canvas.fill(Shape.circle(x, y, radius), RED_CELL, 1, 0.012);
    canvas.fill(Shape.circle(x, y, radius * 0.45), 0xF3B4B4, 0.9, 0.03);
  }

  private static void whiteCell(Canvas canvas, double x, double y, double radius) {
    canvas.fill(Shape.circle(x, y, radius), 0xC3B2E4, 1, 0.012);
    canvas.fill(Shape.circle(x - radius * 0.1, y, radius * 0.78), NUCLEUS, 1, 0.015);
  }

  /** Glands: rings of nuclei around a white lumen. */
  private static void colon(Canvas canvas, SeededRandom random) {
    canvas.fill(Shape.rectangle(0.5, 0.5, 0.6, 0.6, 0), 0xEFA6C4);
    for (int i = 0; i < 4; i++) {
      double cx = 0.25 + 0.5 * (i % 2) + random.between(-0.02, 0.02);
      double cy = 0.25 + 0.5 * Math.floorDiv(i, 2) + random.between(-0.02, 0.02);
      canvas.fill(Shape.circle(cx, cy, 0.225), 0xD583B4, 1, 0.015);
      canvas.fill(Shape.circle(cx, cy, 0.11), 0xFDF5FA, 1, 0.02);
      for (int j = 0; j < 18; j++) {
        double angle = 2 * Math.PI * j / 18;
        double x = cx + 0.19 * StrictMath.cos(angle);
        double y = cy + 0.19 * StrictMath.sin(angle);
        canvas.fill(Shape.ellipse(x, y, 0.035, 0.02, angle), NUCLEUS, 1, 0.01);
      }
    }
  }

  /** Parallel fibres with nuclei at their edges. */
  private static void muscle(Canvas canvas, SeededRandom random) {
    canvas.fill(Shape.rectangle(0.5, 0.5, 0.6, 0.6, 0), 0xFBE6EC);
    for (int i = 0; i < 7; i++) {
      double y = 0.07 + 0.145 * i;
      canvas.fill(Shape.line(-0.1, y, 1.1, y, 0.058), 0xD9507C, 1, 0.015);
      for (int j = 0; j < 40; j++) {
        double x = j / 40.0;
        canvas.fill(Shape.line(x, y - 0.05, x, y + 0.05, 0.004), 0xB83263, 0.5, 0.008);
      }
      for (int j = 0; j < 3; j++) {
        double x = random.nextDouble();
        canvas.fill(Shape.ellipse(x, y + 0.06, 0.035, 0.011), NUCLEUS, 1, 0.01);
      }
    }
  }
}
