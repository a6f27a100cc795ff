/**
 * The part of Jinja2 that chat templates use, with Python's meaning of values: lexer, parser and
 * evaluator. What is not here is refused; nothing is rendered differently. Templates reach no Java
 * object, no file and no network, and are bounded in steps, text and nesting.
 */
@NullMarked
package ai.medr1.core.text.internal.jinja;

import org.jspecify.annotations.NullMarked;
