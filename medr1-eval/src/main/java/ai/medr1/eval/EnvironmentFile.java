package ai.medr1.eval;

import java.nio.file.Path;

/** {@code environment.json} of a directory, and its seconds while something is computed there. */
public final class EnvironmentFile {
  private final Path directory;
  private final Environment here;
  private final Stopwatch clock;

  private EnvironmentFile(Path directory, String device, double before) {
    this.directory = directory;
    this.here = Environment.now(device);
    this.clock = new Stopwatch(before);
    (before > 0 ? here.withSeconds(before) : here).write(directory);
  }

  /** For something new. */
  public static EnvironmentFile start(Path directory, String device) {
    return new EnvironmentFile(directory, device, 0);
  }

  /** For something that is gone on with: its seconds count on. */
  public static EnvironmentFile resume(Path directory, String device) {
    return new EnvironmentFile(directory, device, Environment.spent(directory));
  }

  /** Some work is done: writes the seconds, once a second at most. */
  public void tick() {
    clock.tick(this::write);
  }

  /** All is done. */
  public void end() {
    write(clock.seconds());
  }

  private void write(double seconds) {
    here.withSeconds(seconds).write(directory);
  }
}
