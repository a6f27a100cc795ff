package ai.medr1.examples.bench;

import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.image.RgbImage;
import ai.medr1.core.model.LoadOptions;
import ai.medr1.core.model.QwenVl;
import ai.medr1.core.model.Request;
import ai.medr1.core.model.Sampling;
import ai.medr1.data.PromptTemplate;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Times greedy answers about random images, as the peer's benchmark does with transformers, and
 * prints one JSON line: items per second (the first batch left out), start-up time in seconds, peak
 * resident memory in MiB. Images are preprocessed within the time.
 */
@Command(name = "evaluate", sortOptions = false, showDefaultValues = true)
public final class AnswerSpeed implements Callable<Integer> {
  @Parameters(paramLabel = "MODEL_DIR")
  private Path model = Path.of("");

  @Option(names = "--items", defaultValue = "32")
  private int items;

  @Option(names = "--batch", defaultValue = "8", description = "Answers that are written at once.")
  private int batch;

  @Option(names = "--new-tokens", defaultValue = "64")
  private int newTokens;

  @Option(names = "--image", defaultValue = "384")
  private int image;

  @Option(names = "--threads", defaultValue = "2")
  private int threads;

  @Option(names = "--lengths", split = ",", description = "Tokens of every answer.")
  private List<Integer> lengths = new ArrayList<>();

  @Option(names = "--bf16")
  private boolean bf16;

  /** Items that warm up: a batch of the peer's. */
  private static final int FIRST = 8;

  private final Random random = new Random(0);
  private int tokens;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new AnswerSpeed()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    LoadOptions options =
        LoadOptions.inference().withThreads(threads).withDtype(bf16 ? DType.BF16 : DType.F32);
    try (QwenVl qwen = QwenVl.load(model, options)) {
      double start = ManagementFactory.getRuntimeMXBean().getUptime() / 1e3;
      double first = answer(qwen, 0, FIRST);
      tokens = 0;
      double steady = answer(qwen, FIRST, items);
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("peer", "medr1");
      row.put("items_per_s", Bench.round((items - FIRST) / steady));
      row.put("tokens_per_s", Bench.round(tokens / steady));
      row.put("first_s", Bench.round(first));
      row.put("start_s", Bench.round(start));
      row.put("peak_mib", Bench.peakMemory());
      System.out.println(new ObjectMapper().writeValueAsString(row));
    }
    return 0;
  }

  /** Seconds for the items from one to another. */
  private double answer(QwenVl qwen, int from, int to) {
    List<RgbImage> images =
        IntStream.range(from, to).mapToObj(i -> Bench.image(image, random)).toList();
    long begin = System.nanoTime();
    qwen.drawing()
        .answer(
            IntStream.range(from, to)
                .mapToObj(i -> request(qwen, images.get(i - from), i))
                .iterator(),
            batch,
            Sampling.greedy(newTokens, Set.of()),
            (answer, index) -> {
              tokens += answer.ids().length;
              qwen.processor().tokenizer().decode(answer.ids(), true);
            });
    return (System.nanoTime() - begin) / 1e9;
  }

  private Request request(QwenVl qwen, RgbImage image, int item) {
    int longest = lengths.isEmpty() ? newTokens : lengths.get(item);
    return new Request(
        Bench.prompt(qwen.processor(), PromptTemplate.THINK_EVAL, image), longest, 0);
  }
}
