package ai.medr1.data.phantom;

import java.util.List;

/**
 * What can be asked about a picture in one task.
 *
 * @param wordings ways to put the question
 * @param values the answers that pictures show
 * @param decoys answers that no picture shows
 */
record Quiz(List<String> wordings, List<String> values, List<String> decoys) {
  Quiz {
    wordings = List.copyOf(wordings);
    values = List.copyOf(values);
    decoys = List.copyOf(decoys);
  }

  static final List<String> SIDES = List.of("Left side", "Right side");
  static final List<String> SIZES = List.of("Small", "Medium", "Large");
  static final List<String> COUNTS = List.of("One", "Two", "Three");

  static Quiz anatomy(List<String> values, String... decoys) {
    return new Quiz(
        List.of(
            "Which body part is shown in this image?",
            "What anatomy does the image show?",
            "Which anatomical region can be seen here?"),
        values,
        List.of(decoys));
  }

  static Quiz disease(List<String> values, String... decoys) {
    return new Quiz(
        List.of(
            "What is the most likely diagnosis?",
            "Which condition does this image show?",
            "What disease can be seen in the image?"),
        values,
        List.of(decoys));
  }

  static Quiz size(String lesion) {
    return new Quiz(
        List.of(
            "How large is the " + lesion + "?",
            "What is the size of the " + lesion + " in this image?",
            "How would you grade the extent of the " + lesion + "?"),
        SIZES,
        List.of());
  }

  static Quiz side(String lesion) {
    return new Quiz(
        List.of(
            "On which side of the image is the " + lesion + "?",
            "Where in the image does the " + lesion + " lie?"),
        SIDES,
        List.of());
  }

  static Quiz count(String lesions) {
    return new Quiz(
        List.of(
            "How many " + lesions + " are visible?",
            "What is the number of " + lesions + " in this image?"),
        COUNTS,
        List.of("Five", "Six"));
  }
}
