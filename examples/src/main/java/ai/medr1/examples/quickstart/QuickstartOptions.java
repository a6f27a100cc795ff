package ai.medr1.examples.quickstart;

import java.nio.file.Path;

/**
 * What the quickstart is asked for.
 *
 * @param out directory of everything that it makes; must not hold a quickstart yet
 * @param seed of the phantoms, of the data order and of all samples
 * @param fromScratch warm a new model up instead of taking the one that the library carries; takes
 *     about a quarter of an hour on two cores
 */
public record QuickstartOptions(Path out, long seed, boolean fromScratch) {}
