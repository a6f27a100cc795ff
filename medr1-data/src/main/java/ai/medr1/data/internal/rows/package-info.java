/** Rows of JSON, JSON Lines, CSV, TSV and Parquet files, one form for all of them. */
@NullMarked
package ai.medr1.data.internal.rows;

import org.jspecify.annotations.NullMarked;
