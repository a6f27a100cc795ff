package ai.medr1.core.torchscript;

import ai.djl.pytorch.jni.JniUtils;
import ai.medr1.core.InputException;
import com.sun.jna.Function;
import com.sun.jna.Platform;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that libtorch computes with: how many, and what they do while they wait.
 *
 * <p>OpenMP's threads wait for work by running in a circle for some hundred microseconds. That is
 * fast where a process has its cores for itself. Where several processes share them, each keeps the
 * others from what it waits for, and a step takes many times as long.
 */
public final class Threads {
  private static final Logger LOG = LoggerFactory.getLogger(Threads.class);

  /** For GNU's, then for LLVM's OpenMP. The launchers in scripts/ set the same. */
  static final Map<String, String> WAITING =
      Map.of("OMP_WAIT_POLICY", "passive", "KMP_BLOCKTIME", "0");

  private static final String LIBRARY_PATH = "PYTORCH_LIBRARY_PATH";

  private Threads() {}

  /**
   * Sees to it that waiting threads sleep, unless the environment says how they wait. It has an
   * effect before libtorch is loaded alone: OpenMP reads the environment as it is loaded. On
   * Windows, the environment of a running program is left alone.
   */
  public static void prepare() {
    requireLibtorch(Thread.currentThread().getContextClassLoader(), System.getenv());
    Prepared.touch();
  }

  /**
   * Refuses a class path without libtorch, which DJL would fetch from the network.
   *
   * @param loader where DJL looks
   */
  static void requireLibtorch(@Nullable ClassLoader loader, Map<String, String> environment) {
    boolean elsewhere =
        environment.containsKey(LIBRARY_PATH) || System.getProperty(LIBRARY_PATH) != null;
    ClassLoader here = loader == null ? Threads.class.getClassLoader() : loader;
    if (!elsewhere && here.getResource("native/lib/pytorch.properties") == null) {
      throw new InputException(
          "libtorch is not on the class path: add the dependency ai.medr1:medr1-cpu (of type pom), or"
              + " set PYTORCH_LIBRARY_PATH to the libraries of an installation of libtorch 2.7.1, as"
              + " for NVIDIA GPUs");
    }
  }

  /**
   * Sets how many threads compute, for the whole process.
   *
   * @param wanted 0 for as many as there are cores: those that the control group of this process
   *     may use, where that is fewer, unless OMP_NUM_THREADS or MKL_NUM_THREADS says otherwise
   */
  public static void use(int wanted) {
    prepare();
    int now = JniUtils.getNumThreads();
    boolean told =
        Stream.of("OMP_NUM_THREADS", "MKL_NUM_THREADS").anyMatch(System.getenv()::containsKey);
    int chosen = chosen(wanted, now, told, Runtime.getRuntime().availableProcessors());
    if (chosen != now) {
      JniUtils.setNumThreads(chosen);
    }
  }

  /**
   * @param now what libtorch took by itself, which counts the cores of the machine
   * @param told whether the environment said it
   * @param available processors that the JVM may use, which knows control groups
   */
  static int chosen(int wanted, int now, boolean told, int available) {
    if (wanted > 0) {
      return wanted;
    }
    return told ? now : Math.min(now, available);
  }

  /** Done once, when the class is first used. */
  private static final class Prepared {
    static {
      if (!Platform.isWindows()
          && Stream.of("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME")
              .noneMatch(System.getenv()::containsKey)) {
        WAITING.forEach(Prepared::set);
      }
    }

    private Prepared() {}

    static void touch() {} // its use is what runs the block above

    /** Java cannot change its environment; what libraries read is that of C. */
    private static void set(String name, String value) {
      try {
        Object[] arguments = {name, value, 0}; // 0: what is set stays
        Function.getFunction(Platform.C_LIBRARY_NAME, "setenv").invokeInt(arguments);
      } catch (LinkageError e) { // where JNA has no library for the machine
        LOG.debug("{} cannot be set", name, e);
      }
    }
  }
}
