package ai.medr1.eval;

import ai.medr1.core.InputException;
import ai.medr1.core.image.Images;
import ai.medr1.core.image.SmartResize;
import ai.medr1.core.text.Content;
import ai.medr1.core.text.Message;
import ai.medr1.core.text.Processor;
import ai.medr1.core.text.Prompt;
import ai.medr1.data.PromptTemplate;
import ai.medr1.data.VqaItem;
import java.util.List;

/**
 * Makes prompts of items: one user turn with the image and the question in its template, as Med-R1
 * does.
 *
 * @param processor of the model that is asked; not closed here
 * @param maxPromptLength tokens at most, those of the image among them
 */
public record VqaPrompts(Processor processor, PromptTemplate template, int maxPromptLength) {
  /**
   * The prompt of an item.
   *
   * @throws InputException naming the item if its image can't be used or the prompt is too long
   */
  public Prompt of(VqaItem item) {
    Prompt prompt = whole(item);
    processor.requireLength(prompt, maxPromptLength, item.source().toString());
    return prompt;
  }

  /**
   * Tokens of the item's image and problem, without the image being decoded: longer prompts have
   * more of them.
   *
   * @throws InputException if the image can't be used
   */
  public int length(VqaItem item) {
    SmartResize.Size size = Images.size(item.image());
    return processor.imageTokens(size.height(), size.width())
        + processor.tokenizer().encode(item.problem()).length;
  }

  private Prompt whole(VqaItem item) {
    Message message =
        Message.user(new Content.Image(), new Content.Text(template.apply(item.problem())));
    try {
      return processor.prompt(List.of(message), List.of(Images.read(item.image())));
    } catch (InputException e) {
      throw new InputException(item.source() + ": " + e.getMessage(), e);
    }
  }
}
