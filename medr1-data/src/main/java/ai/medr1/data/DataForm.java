package ai.medr1.data;

import ai.medr1.core.InputException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The forms of data that are known by name: which columns hold what. */
public enum DataForm {
  /** Told by the names of the columns. */
  AUTO(Map.of()),
  /** Med-R1's splits: {@code {image, problem, solution}}. */
  MED_R1(
      Map.of(
          Columns.IMAGE, List.of("image", "images"),
          Columns.PROBLEM, List.of("problem"),
          Columns.SOLUTION, List.of("solution"))),
  /** OmniMedVQA's original form. */
  OMNIMEDVQA(
      Map.of(
          Columns.ID, List.of("question_id"),
          Columns.IMAGE, List.of("image_path"),
          Columns.PROBLEM, List.of("question"),
          Columns.ANSWER, List.of("gt_answer"),
          Columns.OPTIONS, Columns.lettered("option_"),
          Columns.MODALITY, List.of("modality_type"),
          Columns.TASK, List.of("question_type"),
          Columns.DATASET, List.of("dataset"))),
  /** VQA-RAD: JSON of the Open Science Framework, or Parquet of the Hugging Face hub. */
  VQA_RAD(
      Map.of(
          Columns.ID, List.of("qid"),
          Columns.IMAGE, List.of("image", "image_name"),
          Columns.PROBLEM, List.of("question"),
          Columns.ANSWER, List.of("answer"),
          Columns.ANSWER_TYPE, List.of("answer_type")),
      "VQA_RAD Image Folder",
      "images"),
  /** SLAKE: JSON in English and Chinese, images in {@code imgs}. */
  SLAKE(
      Map.of(
          Columns.ID, List.of("qid"),
          Columns.IMAGE, List.of("img_name", "image"),
          Columns.PROBLEM, List.of("question"),
          Columns.ANSWER, List.of("answer"),
          Columns.ANSWER_TYPE, List.of("answer_type"),
          Columns.LANGUAGE, List.of("q_lang"),
          Columns.MODALITY, List.of("modality")),
      "imgs"),
  /** PathVQA: Parquet of the Hugging Face hub. */
  PATHVQA(
      Map.of(
          Columns.IMAGE, List.of("image"),
          Columns.PROBLEM, List.of("question"),
          Columns.ANSWER, List.of("answer"))),
  /** PMC-VQA, CSV of both versions. */
  PMC_VQA(
      Map.of(
          Columns.ID, List.of("index"),
          Columns.IMAGE, List.of("Figure_path", "image"),
          Columns.PROBLEM, List.of("Question"),
          Columns.ANSWER, List.of("Answer_label", "Anwser_label", "Answer", "Anwser"),
          Columns.OPTIONS, Columns.lettered("Choice ")),
      "images",
      "images_2",
      "figures"),
  /** MedXpertQA MM: JSON Lines of the hub or of the repository. */
  MEDXPERTQA_MM(
      Map.of(
          Columns.ID, List.of("id"),
          Columns.IMAGE, List.of("images"),
          Columns.PROBLEM, List.of("question"),
          Columns.ANSWER, List.of("label"),
          Columns.OPTIONS, List.of("options")),
      "images"),
  /** Columns of any names: the usual ones, or those that the user gives. */
  COLUMNS(
      Map.of(
          Columns.ID, List.of("id", "question_id", "qid", "index", "sample_id"),
          Columns.IMAGE, Columns.IMAGES,
          Columns.PROBLEM, List.of("problem", "question", "query", "prompt"),
          Columns.ANSWER,
              List.of("answer_label", "label", "correct_answer", "gt_answer", "answer", "solution"),
          Columns.OPTIONS, Columns.OPTION_COLUMNS,
          Columns.MODALITY, List.of("modality", "modality_type"),
          Columns.TASK, List.of("task", "question_type"),
          Columns.DATASET, List.of("dataset", "dataset_name"),
          Columns.LANGUAGE, List.of("q_lang", "language", "lang"),
          Columns.ANSWER_TYPE, List.of("answer_type")),
      "images",
      "imgs");

  @SuppressWarnings("ImmutableEnumChecker") // made of Map.of and List.of
  private final Map<String, List<String>> columns;

  @SuppressWarnings("ImmutableEnumChecker")
  private final List<String> folders;

  DataForm(Map<String, List<String>> columns, String... folders) {
    this.columns = columns;
    this.folders = List.of(folders);
  }

  Columns columns() {
    return new Columns(columns);
  }

  /** Folders below the image root in which a data set keeps its images. */
  List<String> folders() {
    return folders;
  }

  /** Whether all right answers are texts, whatever they look like. */
  boolean isOpen() {
    return this == VQA_RAD || this == SLAKE || this == PATHVQA;
  }

  /** The name in configurations: {@code pmc-vqa}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The form with this name.
   *
   * @throws InputException naming those that there are
   */
  public static DataForm named(String label) {
    return Arrays.stream(values())
        .filter(form -> form.label().equalsIgnoreCase(label.replace('_', '-')))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "'%s' is no form of data, expected one of %s"
                        .formatted(label, Arrays.stream(values()).map(DataForm::label).toList())));
  }
}
