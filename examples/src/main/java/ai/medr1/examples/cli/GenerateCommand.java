package ai.medr1.examples.cli;

import ai.medr1.core.InputException;
import ai.medr1.core.image.Images;
import ai.medr1.core.image.PixelValues;
import ai.medr1.core.model.Continuation;
import ai.medr1.core.model.LoadOptions;
import ai.medr1.core.model.NotFiniteException;
import ai.medr1.core.model.QwenVl;
import ai.medr1.core.model.Sampling;
import ai.medr1.core.text.ChatTemplate;
import ai.medr1.core.text.Content;
import ai.medr1.core.text.Message;
import ai.medr1.core.text.Processor;
import ai.medr1.core.text.Prompt;
import ai.medr1.eval.Wording;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Asks a model one question. */
@Command(
    name = "generate",
    description = "Prints a model's most likely answer to a question about images.",
    footer = {
      "  medr1 generate --model qwen2-vl --image scan.png \\",
      "      --question \"Which organ is this?\"",
      "  medr1 generate --model trained --image scan.png --prompt think \\",
      "      --question \"Which organ is this? A)Liver, B)Kidney\""
    })
final class GenerateCommand implements Callable<Integer> {
  private static final int MOST_TOKENS = 1 << 15;

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description =
          "Checkpoint in the Hugging Face layout, or an adapter in PEFT's that knows its base.")
  private Path model;

  @Option(
      names = "--adapter",
      paramLabel = "DIR",
      description = "LoRA adapter of the model, in PEFT's layout.")
  private Optional<Path> adapter = Optional.empty();

  @Option(
      names = "--image",
      paramLabel = "FILE",
      description = "PNG, JPEG, TIFF or BMP; may be given several times, in their order.")
  private List<Path> images = new ArrayList<>();

  @Option(names = "--question", required = true, paramLabel = "TEXT", description = "What to ask.")
  private String question;

  @Option(
      names = "--prompt",
      paramLabel = "WORDING",
      converter = Converters.OfWording.class,
      description =
          "Put the question into the words of an evaluation: think, no-think, think-after or"
              + " zero-shot."
              + " Without it, the question is asked as it is.")
  private Optional<Wording> prompt = Optional.empty();

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      defaultValue = "256",
      description = "Tokens of the answer at most; default 256.")
  private int maxNewTokens;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Threads that compute on the CPU; default 0, as many as there are cores.")
  private int threads;

  @Override
  public Integer call() {
    if (threads < 0) {
      throw new ParameterException(
          spec.commandLine(), "--threads is 0 or positive, found " + threads);
    }
    if (maxNewTokens < 1 || maxNewTokens > MOST_TOKENS) {
      throw new ParameterException(
          spec.commandLine(),
          "--max-new-tokens is from 1 to " + MOST_TOKENS + ", found " + maxNewTokens);
    }
    images.forEach(Images::read); // a wrong file is told before the model is loaded
    LoadOptions plain = LoadOptions.inference().withThreads(threads);
    LoadOptions options = adapter.map(plain::withAdapter).orElse(plain);
    try (QwenVl qwen = QwenVl.load(model, options)) {
      Processor processor = qwen.processor();
      List<PixelValues> pictures = images.stream().map(processor::image).toList();
      Prompt asked = processor.assemble(List.of(message()), pictures, ChatTemplate.Options.PROMPT);
      Sampling greedy = qwen.greedy(maxNewTokens);
      Continuation answer = // greedy sampling draws no random numbers
          qwen.drawing().generate(List.of(asked), 1, greedy, new long[1]).groups().get(0).get(0);
      spec.commandLine().getOut().println(processor.tokenizer().decode(answer.ids(), true));
    } catch (NotFiniteException e) {
      throw new InputException("the prompt cannot be answered: " + e.getMessage(), e);
    }
    return 0;
  }

  private Message message() {
    List<Content> content = new ArrayList<>();
    images.forEach(image -> content.add(new Content.Image()));
    content.add(new Content.Text(prompt.map(p -> p.template().apply(question)).orElse(question)));
    return new Message("user", content);
  }
}
