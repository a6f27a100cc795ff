package ai.medr1.core.text.internal.jinja;

/** What a {@link Token} is. */
enum TokenType {
  DATA,
  VARIABLE_BEGIN,
  VARIABLE_END,
  BLOCK_BEGIN,
  BLOCK_END,
  NAME,
  STRING,
  NUMBER,
  OPERATOR,
  END
}
