package ai.medr1.eval;

import ai.medr1.core.InputException;
import ai.medr1.core.text.Content;
import ai.medr1.core.text.Message;
import ai.medr1.core.text.Processor;
import ai.medr1.core.text.Prompt;
import ai.medr1.data.PromptTemplate;
import ai.medr1.data.VqaImage;
import ai.medr1.data.VqaItem;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes prompts of items, in training and evaluation: one user turn with the images, in their
 * order, and then the question in its template, as Med-R1 does. Safe for use by several threads.
 *
 * @param processor of the model that is asked; not closed here
 * @param maxPromptLength tokens at most, those of images among them
 */
public record VqaPrompts(Processor processor, PromptTemplate template, int maxPromptLength) {
  /**
   * The prompt of an item.
   *
   * @throws InputException naming the item if an image can't be used or the prompt is too long
   */
  public Prompt of(VqaItem item) {
    Prompt prompt = whole(item);
    processor.requireLength(prompt, maxPromptLength, item.source().toString());
    return prompt;
  }

  /**
   * Tokens of the item's images and problem, without an image being decoded: longer prompts have
   * more of them.
   *
   * @throws InputException if an image can't be used
   */
  public int length(VqaItem item) {
    int images =
        item.images().stream()
            .map(VqaImage::size)
            .mapToInt(size -> processor.imageTokens(size.height(), size.width()))
            .sum();
    return images + processor.tokenizer().encode(item.problem()).length;
  }

  private Prompt whole(VqaItem item) {
    List<Content> content = new ArrayList<>();
    item.images().forEach(image -> content.add(new Content.Image()));
    content.add(new Content.Text(template.apply(item)));
    try {
      return processor.prompt(
          List.of(new Message("user", content)),
          item.images().stream().map(VqaImage::read).toList());
    } catch (InputException e) {
      throw new InputException(item.source() + ": " + e.getMessage(), e);
    }
  }
}
