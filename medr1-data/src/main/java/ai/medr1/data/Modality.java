package ai.medr1.data;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The eight imaging modalities of the Med-R1 paper. */
public enum Modality {
  CT("Computed Tomography", "CT", "CT(Computed Tomography)", "computedtomography", "ct"),
  MRI(
      "Magnetic Resonance Imaging",
      "MRI",
      "MR (Mag-netic Resonance Imaging)",
      "magneticresonance",
      "mri?"),
  XRAY("X-Ray", "X-Ray", "X-Ray", "xray|radiograph", "xr"),
  ULTRASOUND("Ultrasound", "US", "ultrasound", "ultrasound|sonograph", "us"),
  DERMOSCOPY("Dermoscopy", "Der", "Dermoscopy", "dermoscop", "der"),
  FUNDUS("Fundus Photography", "FP", "Fundus Photography", "fundus", "fp"),
  OCT(
      "Optical Coherence Tomography",
      "OCT",
      "OCT (Optical Coherence Tomography",
      "opticalcoherence",
      "oct"),
  MICROSCOPY("Microscopy", "Micro", "Microscopy Images", "microscop", "micro");

  private final String fullName;
  private final String abbreviation;
  private final String splitName;
  private final Pattern part;
  private final Pattern word;

  /**
   * @param part found anywhere among the letters of a name that means this modality
   * @param word found as a word of its own, since "ct" is part of too many others
   */
  Modality(String fullName, String abbreviation, String splitName, String part, String word) {
    this.fullName = fullName;
    this.abbreviation = abbreviation;
    this.splitName = splitName;
    this.part = Pattern.compile(part);
    this.word = Pattern.compile("(?<![a-z])(" + word + ")(?![a-z])");
  }

  /** The name in running text: {@code Computed Tomography}. */
  public String fullName() {
    return fullName;
  }

  /** The paper's abbreviation: {@code CT, MRI, X-Ray, US, Der, FP, OCT, Micro}. */
  public String abbreviation() {
    return abbreviation;
  }

  /** The name as Med-R1's files have it, quirks and all: {@code MR (Mag-netic Resonance …}. */
  public String splitName() {
    return splitName;
  }

  /**
   * The modality that a file name or a {@code modality_type} means; empty where it means none of
   * the eight, or more than one.
   */
  public static Optional<Modality> of(String name) {
    List<Modality> meant = Arrays.stream(values()).filter(m -> m.isMeantBy(name)).toList();
    return meant.size() == 1 ? Optional.of(meant.get(0)) : Optional.empty();
  }

  private boolean isMeantBy(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return part.matcher(lower.replaceAll("[^a-z]", "")).find() || word.matcher(lower).find();
  }
}
