package ai.medr1.data;

/** What the right answer of an item is. */
public enum AnswerKind {
  /** The letter of one of the options. */
  LETTER,
  /** Words, a number, yes or no: whatever the data set has. */
  TEXT
}
