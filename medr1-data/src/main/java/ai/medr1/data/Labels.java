package ai.medr1.data;

import java.util.Optional;

/**
 * What a data set tells about an item; each is empty where it does not.
 *
 * @param dataset the public data set that the item comes from
 * @param language of the question, as the data set writes it: {@code en}, {@code zh}
 */
public record Labels(
    Optional<Modality> modality,
    Optional<Task> task,
    Optional<String> dataset,
    Optional<AnswerType> answerType,
    Optional<String> language) {

  /** Nothing is known. */
  public static final Labels NONE = of(Optional.empty(), Optional.empty(), Optional.empty());

  /** What OmniMedVQA tells. */
  public static Labels of(
      Optional<Modality> modality, Optional<Task> task, Optional<String> dataset) {
    return new Labels(modality, task, dataset, Optional.empty(), Optional.empty());
  }

  public Labels withModality(Optional<Modality> known) {
    return new Labels(known, task, dataset, answerType, language);
  }

  public Labels withTask(Optional<Task> known) {
    return new Labels(modality, known, dataset, answerType, language);
  }

  public Labels withAnswers(Optional<AnswerType> type, Optional<String> spoken) {
    return new Labels(modality, task, dataset, type, spoken);
  }
}
