/** The network: encode, sample, score, backward, save; ownership of every native tensor. */
@NullMarked
package ai.medr1.core.model;

import org.jspecify.annotations.NullMarked;
