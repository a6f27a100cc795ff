package ai.medr1.eval;

import ai.medr1.core.InputException;
import ai.medr1.core.model.QwenVl;
import ai.medr1.core.text.Prompt;
import ai.medr1.core.text.Tokenizer;
import ai.medr1.data.Choices;
import ai.medr1.data.VqaItem;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A model that writes nothing: the answer is the option whose letter it finds most probable as the
 * first token of its turn, with or without a space before it. Of equally probable letters the first
 * is taken. For prompts that ask for the letter and nothing else.
 *
 * @param model not closed here
 */
public record LetterAnswerer(QwenVl model, VqaPrompts prompts) implements Answerer {
  @Override
  public int length(VqaItem item) {
    return prompts.length(item);
  }

  @Override
  public Prompt prompt(VqaItem item) {
    if (item.options().isEmpty()) {
      throw new InputException(
          item.source()
              + ": the problem offers no options A), B), …, whose letters could be compared; let"
              + " the model write (answer=text), or leave the item out");
    }
    return prompts.of(item);
  }

  @Override
  public String text(int[] tokens) {
    return model.processor().tokenizer().decode(tokens, true);
  }

  @Override
  public void answer(Iterator<Question> questions, int atOnce, ObjIntConsumer<Answer> answered) {
    Rounds.each(
        questions,
        atOnce,
        (round, first) -> {
          List<Map<String, Double>> logProbs = logProbs(round);
          for (int i = 0; i < round.size(); i++) {
            answered.accept(chosen(logProbs.get(i)), first + i);
          }
        });
  }

  /** Of every question, natural log-probabilities of its letters. */
  private List<Map<String, Double>> logProbs(List<Question> round) {
    Map<String, int[]> ids = new LinkedHashMap<>();
    round.forEach(
        question -> letters(question).forEach(letter -> ids.computeIfAbsent(letter, this::ids)));
    int[] tokens = ids.values().stream().flatMapToInt(Arrays::stream).toArray();
    float[][] found =
        model.drawing().firstLogProbs(round.stream().map(Question::prompt).toList(), tokens);
    return IntStream.range(0, round.size())
        .mapToObj(i -> logProbs(round.get(i), ids, tokens, found[i]))
        .toList();
  }

  private static Map<String, Double> logProbs(
      Question question, Map<String, int[]> ids, int[] tokens, float[] found) {
    Map<Integer, Double> byToken = new LinkedHashMap<>();
    for (int i = 0; i < tokens.length; i++) {
      byToken.put(tokens[i], (double) found[i]);
    }
    Map<String, Double> logProbs = new LinkedHashMap<>();
    letters(question)
        .forEach(
            letter ->
                logProbs.put(
                    letter,
                    logSum(
                        Arrays.stream(ids.getOrDefault(letter, new int[0]))
                            .mapToDouble(byToken::get)
                            .toArray())));
    return logProbs;
  }

  private static List<String> letters(Question question) {
    return question.item().options().stream().map(Choices.Option::letter).toList();
  }

  /** The tokens that write a letter alone. */
  private int[] ids(String letter) {
    Tokenizer tokenizer = model.processor().tokenizer();
    int[] ids =
        Stream.of(letter, " " + letter)
            .map(tokenizer::encode)
            .filter(tokens -> tokens.length == 1)
            .mapToInt(tokens -> tokens[0])
            .distinct()
            .toArray();
    if (ids.length == 0) {
      throw new InputException(
          "the model's tokenizer has no token for the letter %s, so that its probability cannot be read; let the model write (answer=text)"
              .formatted(letter));
    }
    return ids;
  }

  static Answer chosen(Map<String, Double> logProbs) {
    double all = logSum(logProbs.values().stream().mapToDouble(Double::doubleValue).toArray());
    String best = "";
    Map<String, Double> probabilities = new LinkedHashMap<>();
    for (Map.Entry<String, Double> letter : logProbs.entrySet()) {
      if (best.isEmpty() || letter.getValue() > logProbs.getOrDefault(best, 0.0)) {
        best = letter.getKey();
      }
      probabilities.put(letter.getKey(), AnswerLetter.round(Math.exp(letter.getValue() - all)));
    }
    return Answer.letter(best, probabilities);
  }

  /** log(exp a + exp b + …), also where the exponentials vanish. */
  private static double logSum(double[] values) {
    double highest = Arrays.stream(values).max().orElseThrow();
    return highest + Math.log(Arrays.stream(values).map(v -> Math.exp(v - highest)).sum());
  }
}
