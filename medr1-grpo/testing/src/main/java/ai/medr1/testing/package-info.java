/**
 * What training and evaluation rely on in the parts that a program may bring, as tests: extend a
 * contract, give it the part, and run it with JUnit.
 */
@NullMarked
package ai.medr1.testing;

import org.jspecify.annotations.NullMarked;
