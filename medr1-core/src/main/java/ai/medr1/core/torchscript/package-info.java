/** Packs TorchScript kernels into an archive, loads and calls them. */
@NullMarked
package ai.medr1.core.torchscript;

import org.jspecify.annotations.NullMarked;
