package ai.medr1.data.phantom;

/**
 * What a picture shows.
 *
 * @param anatomy one of the painter's anatomies
 * @param disease one of the painter's diseases; drawn where the anatomy is the painter's first
 * @param grade 0 to 2, the extent of the disease
 * @param other one of the painter's other attributes
 */
record Scene(String anatomy, String disease, int grade, String other) {

  /** The value for the grade. */
  double graded(double small, double medium, double large) {
    return grade == 0 ? small : grade == 1 ? medium : large;
  }

  /** -1 where the attribute is the left side, 1 where it is the right one. */
  int side() {
    return other.equals(Quiz.SIDES.get(0)) ? -1 : 1;
  }

  /** The number where the attribute is one. */
  int count() {
    return Quiz.COUNTS.indexOf(other) + 1;
  }
}
