package ai.medr1.data;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The five question types of the Med-R1 paper. */
public enum Task {
  ANATOMY_IDENTIFICATION("Anatomy Identification", "anatomy"),
  DISEASE_DIAGNOSIS("Disease Diagnosis", "disease|diagnosis"),
  LESION_GRADING("Lesion Grading", "grading"),
  MODALITY_RECOGNITION("Modality Recognition", "modality"),
  OTHER_BIOLOGICAL_ATTRIBUTES("Other Biological Attributes", "biological|attribute");

  private final String fullName;
  private final Pattern part;

  Task(String fullName, String part) {
    this.fullName = fullName;
    this.part = Pattern.compile(part, Pattern.CASE_INSENSITIVE);
  }

  /** The name in the paper and in Med-R1's file names. */
  public String fullName() {
    return fullName;
  }

  /** The task that a file name or a {@code question_type} means; empty where it is unclear. */
  public static Optional<Task> of(String name) {
    List<Task> meant = Arrays.stream(values()).filter(t -> t.part.matcher(name).find()).toList();
    return meant.size() == 1 ? Optional.of(meant.get(0)) : Optional.empty();
  }
}
