package ai.medr1.core.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.medr1.core.FileKind;
import ai.medr1.core.InputException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * The tokenizer of a checkpoint. Added tokens such as {@code <|image_pad|>} are recognised in text;
 * nothing is added, cut or padded. Safe for use by several threads. Owns native memory until it is
 * closed.
 */
public final class Tokenizer implements AutoCloseable {
  private static final Map<String, String> AS_IT_IS =
      Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

  static {
    // DJL reports usage unless told not to, and looks for a CUDA build of the tokenizer on the
    // network where it sees a GPU; the library's own one is for the CPU.
    setUnlessGiven("OPT_OUT_TRACKING", "true");
    setUnlessGiven("RUST_FLAVOR", "cpu");
  }

  private final HuggingFaceTokenizer tokenizer;
  private final Path file;

  private Tokenizer(HuggingFaceTokenizer tokenizer, Path file) {
    this.tokenizer = tokenizer;
    this.file = file;
  }

  private static void setUnlessGiven(String name, String value) {
    if (System.getenv(name) == null && System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }

  /**
   * Loads the tokenizer of a directory: {@code tokenizer.json}, or {@code vocab.json} with {@code
   * merges.txt}, with what {@code tokenizer_config.json} or {@code added_tokens.json} add to them.
   * Uses no network.
   *
   * @throws InputException if it is missing or broken, or the files contradict each other
   */
  public static Tokenizer load(Path dir) {
    Path file = TokenizerFiles.file(dir);
    Tokenizer plain = of(file, TokenizerFiles.read(dir));
    if (TokenizerFiles.configured(dir).stream().allMatch(plain::knows)) {
      return plain;
    }
    plain.close();
    return of(file, TokenizerFiles.completed(dir));
  }

  private boolean knows(JsonNode token) {
    int[] ids = encode(token.path("content").asText());
    return ids.length == 1 && token.path("id").asInt(ids[0]) == ids[0];
  }

  private static Tokenizer of(Path file, byte[] content) {
    // A stream, not the path: beside a path DJL would look for settings that change the text.
    try (InputStream json = new ByteArrayInputStream(content)) {
      return new Tokenizer(HuggingFaceTokenizer.newInstance(json, AS_IT_IS), file);
    } catch (IOException | RuntimeException e) {
      throw new InputException(
          FileKind.mistaken(file, "a tokenizer", FileKind.JSON)
              .orElseGet(() -> broken(file, String.valueOf(e.getMessage()))),
          e);
    }
  }

  private static String broken(Path file, String message) {
    return "cannot load %s: %s; copy it again from the checkpoint"
        .formatted(file, message.lines().findFirst().orElse("it is damaged"));
  }

  /**
   * The token ids of a text.
   *
   * @return [T] ids, empty for an empty text
   */
  public int[] encode(String text) {
    long[] ids = tokenizer.encode(wellFormed(text), false, false).getIds();
    return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
  }

  /** Half a surrogate pair has no UTF-8 form. */
  private static String wellFormed(String text) {
    boolean broken = text.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE);
    return broken
        ? text.codePoints()
            .map(c -> Character.getType(c) == Character.SURROGATE ? 0xFFFD : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString()
        : text;
  }

  /**
   * The text of token ids. Bytes that are no complete UTF-8 become U+FFFD; ids that the tokenizer
   * does not know (the embedding has more rows than the vocabulary) give no text.
   *
   * @param skipSpecialTokens leave out special tokens such as {@code <|im_end|>}
   */
  public String decode(int[] ids, boolean skipSpecialTokens) {
    return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), skipSpecialTokens);
  }

  /**
   * The id of a text that is one token, such as {@code <|im_end|>}.
   *
   * @throws InputException if it is not one token
   */
  public int id(String token) {
    int[] ids = encode(token);
    if (ids.length != 1) {
      throw new InputException(
          ("%s has no token '%s' (it is split into %d); use the tokenizer of a Qwen2-VL or"
                  + " Qwen2.5-VL checkpoint")
              .formatted(file, token, ids.length));
    }
    return ids[0];
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
