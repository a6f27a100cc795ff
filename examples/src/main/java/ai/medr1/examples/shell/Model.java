package ai.medr1.examples.shell;

import ai.medr1.core.model.QwenVl;
import ai.medr1.grpo.config.DataPrompt;
import java.nio.file.Path;

/**
 * A model with the folder that it came from.
 *
 * @param directory in the Hugging Face layout; of a trained model, its checkpoint in a run
 * @param network closed with this
 * @param prompt the words around a question
 */
public record Model(Path directory, QwenVl network, DataPrompt prompt) implements AutoCloseable {
  /** Frees the memory of the weights. */
  @Override
  public void close() {
    network.close();
  }

  /** The folder of the run that trained it. */
  Path run() {
    Path run = directory.toAbsolutePath().getParent();
    return run == null ? directory : run;
  }

  @Override
  public String toString() {
    return network.config().family() + " from " + directory;
  }
}
