package ai.medr1.data.phantom;

import java.util.List;

/**
 * A region of the unit square (x to the right, y down) given by its distance field.
 *
 * @param field about the distance to the outline, negative within
 * @param box outside of which there is nothing to draw
 */
record Shape(Field field, Box box) {

  /** A distance at every point. */
  interface Field {
    double at(double x, double y);
  }

  /** An upright rectangle. */
  record Box(double x0, double y0, double x1, double y1) {
    static final Box ALL = new Box(0, 0, 1, 1);

    Box and(Box other) {
      return new Box(
          Math.min(x0, other.x0),
          Math.min(y0, other.y0),
          Math.max(x1, other.x1),
          Math.max(y1, other.y1));
    }
  }

  static Shape circle(double cx, double cy, double r) {
    return ellipse(cx, cy, r, r);
  }

  static Shape ellipse(double cx, double cy, double rx, double ry) {
    double least = Math.min(rx, ry);
    return new Shape(
        (x, y) -> (length((x - cx) / rx, (y - cy) / ry) - 1) * least,
        new Box(cx - rx, cy - ry, cx + rx, cy + ry));
  }

  /** An ellipse turned by an angle in radians. */
  static Shape ellipse(double cx, double cy, double rx, double ry, double angle) {
    double cos = StrictMath.cos(angle);
    double sin = StrictMath.sin(angle);
    double least = Math.min(rx, ry);
    double reach = Math.max(rx, ry);
    return new Shape(
        (x, y) -> {
          double u = cos * (x - cx) + sin * (y - cy);
          double v = cos * (y - cy) - sin * (x - cx);
          return (length(u / rx, v / ry) - 1) * least;
        },
        new Box(cx - reach, cy - reach, cx + reach, cy + reach));
  }

  /** A thick line with round ends. */
  static Shape line(double x0, double y0, double x1, double y1, double radius) {
    double dx = x1 - x0;
    double dy = y1 - y0;
    double squared = Math.max(1e-12, dx * dx + dy * dy);
    Box box =
        new Box(
            Math.min(x0, x1) - radius,
            Math.min(y0, y1) - radius,
            Math.max(x0, x1) + radius,
            Math.max(y0, y1) + radius);
    return new Shape(
        (x, y) -> {
          double t = Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / squared));
          return length(x - x0 - t * dx, y - y0 - t * dy) - radius;
        },
        box);
  }

  /** A rectangle with round corners. */
  static Shape rectangle(double cx, double cy, double rx, double ry, double corner) {
    return new Shape(
        (x, y) -> {
          double u = Math.abs(x - cx) - rx + corner;
          double v = Math.abs(y - cy) - ry + corner;
          return length(Math.max(u, 0), Math.max(v, 0)) + Math.min(Math.max(u, v), 0) - corner;
        },
        new Box(cx - rx, cy - ry, cx + rx, cy + ry));
  }

  /** Everything below a height. */
  static Shape below(double y0) {
    return new Shape((x, y) -> y0 - y, new Box(0, y0, 1, 1));
  }

  static Shape any(List<Shape> shapes) {
    return shapes.stream().reduce(Shape::or).orElseThrow();
  }

  Shape or(Shape other) {
    return new Shape((x, y) -> Math.min(field.at(x, y), other.field.at(x, y)), box.and(other.box));
  }

  Shape and(Shape other) {
    return new Shape((x, y) -> Math.max(field.at(x, y), other.field.at(x, y)), box);
  }

  Shape minus(Shape other) {
    return new Shape((x, y) -> Math.max(field.at(x, y), -other.field.at(x, y)), box);
  }

  /** The outline as a band of this thickness within the shape. */
  Shape rim(double thickness) {
    return new Shape((x, y) -> Math.max(field.at(x, y), -thickness - field.at(x, y)), box);
  }

  static double length(double x, double y) {
    return Math.sqrt(x * x + y * y);
  }
}
