package ai.medr1.core.text;

import java.util.List;
import java.util.Set;

/**
 * One turn of a conversation.
 *
 * @param role {@code system}, {@code user} or {@code assistant}
 * @param content texts and image places in their order
 */
public record Message(String role, List<Content> content) {
  private static final Set<String> ROLES = Set.of("system", "user", "assistant");

  public Message {
    if (!ROLES.contains(role)) {
      throw new IllegalArgumentException(
          "a role is system, user or assistant, found '" + role + "'");
    }
    content = List.copyOf(content);
  }

  public static Message system(String text) {
    return new Message("system", List.of(new Content.Text(text)));
  }

  public static Message user(Content... content) {
    return new Message("user", List.of(content));
  }

  public static Message user(String text) {
    return user(new Content.Text(text));
  }

  public static Message assistant(String text) {
    return new Message("assistant", List.of(new Content.Text(text)));
  }
}
