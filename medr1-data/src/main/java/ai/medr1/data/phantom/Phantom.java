package ai.medr1.data.phantom;

import ai.medr1.core.image.RgbImage;
import ai.medr1.data.Choices;
import ai.medr1.data.Modality;
import ai.medr1.data.SeededRandom;
import ai.medr1.data.Task;
import java.util.ArrayList;
import java.util.List;

/**
 * A drawn image and a question about it whose answer is known.
 *
 * @param question without the options
 * @param gold the index of the right option
 */
public record Phantom(
    Modality modality,
    Task task,
    String question,
    List<Choices.Option> options,
    int gold,
    RgbImage image) {
  private static final int LEAST_OPTIONS = 2;
  private static final int MOST_OPTIONS = 5;

  public Phantom {
    options = List.copyOf(options);
  }

  /** Question and options as one text. */
  public String problem() {
    return Choices.compose(question, options);
  }

  /** The text of the right option. */
  public String answer() {
    return options.get(gold).text();
  }

  /** Draws one; the numbers of the stream decide everything. */
  static Phantom draw(Modality modality, Task task, int size, SeededRandom random) {
    Painter painter = Painters.of(modality);
    Quiz quiz = painter.quiz(task);
    boolean recognition = task == Task.MODALITY_RECOGNITION;
    String answer = recognition ? painter.answer() : random.pick(quiz.values());
    List<String> texts = optionTexts(quiz, answer, random);
    String question = random.pick(quiz.wordings());
    RgbImage image = painter.paint(scene(painter, task, answer, random), size, random).image();
    return new Phantom(modality, task, question, lettered(texts), texts.indexOf(answer), image);
  }

  /** Two to five different texts, the answer at a random place among them. */
  private static List<String> optionTexts(Quiz quiz, String answer, SeededRandom random) {
    List<String> wrong = new ArrayList<>(quiz.values());
    wrong.addAll(quiz.decoys());
    wrong.remove(answer);
    random.shuffle(wrong);
    int most = Math.min(MOST_OPTIONS, wrong.size() + 1);
    int count = LEAST_OPTIONS + random.nextInt(most - LEAST_OPTIONS + 1);
    List<String> texts = new ArrayList<>(wrong.subList(0, count - 1));
    texts.add(random.nextInt(count), answer);
    return texts;
  }

  private static List<Choices.Option> lettered(List<String> texts) {
    List<Choices.Option> options = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      options.add(new Choices.Option(Choices.letter(i), texts.get(i)));
    }
    return options;
  }

  /** What is asked about shows the answer; the rest is at rest, or at random where all may be. */
  private static Scene scene(Painter painter, Task task, String answer, SeededRandom random) {
    String anatomy = painter.anatomy().values().get(0);
    String disease = painter.disease().values().get(0);
    String other = random.pick(painter.other().values());
    return switch (task) {
      case ANATOMY_IDENTIFICATION -> new Scene(answer, disease, 1, other);
      case DISEASE_DIAGNOSIS -> new Scene(anatomy, answer, 1 + random.nextInt(2), other);
      case LESION_GRADING -> {
        boolean counted = painter.other().values().equals(Quiz.COUNTS);
        int grade = painter.grading().values().indexOf(answer);
        yield new Scene(anatomy, painter.lesion(), grade, counted ? Quiz.COUNTS.get(0) : other);
      }
      case MODALITY_RECOGNITION -> any(painter, random);
      case OTHER_BIOLOGICAL_ATTRIBUTES -> new Scene(anatomy, painter.marked(), 2, answer);
    };
  }

  /** Anything that images of the modality may show. */
  private static Scene any(Painter painter, SeededRandom random) {
    return any(painter, random.pick(painter.anatomy().values()), random);
  }

  /** Anything that images of this anatomy may show; diseases in the usual view only. */
  static Scene any(Painter painter, String anatomy, SeededRandom random) {
    boolean usual = anatomy.equals(painter.anatomy().values().get(0));
    List<String> diseases = painter.disease().values();
    return new Scene(
        anatomy,
        usual ? random.pick(diseases) : diseases.get(0),
        random.nextInt(Quiz.SIZES.size()),
        random.pick(painter.other().values()));
  }
}
