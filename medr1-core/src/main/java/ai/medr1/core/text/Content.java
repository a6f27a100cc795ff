package ai.medr1.core.text;

/** A part of a message. */
public sealed interface Content {

  /** Words. They are data: template code in them is not run. */
  record Text(String text) implements Content {}

  /** The place of the next image. */
  record Image() implements Content {}
}
