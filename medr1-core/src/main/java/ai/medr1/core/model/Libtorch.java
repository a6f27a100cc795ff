package ai.medr1.core.model;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import ai.medr1.core.torchscript.Threads;

/** What computes in this process; loaded when it is first asked for. */
public final class Libtorch {
  private Libtorch() {}

  public static String version() {
    return loaded().getVersion();
  }

  /** Threads that compute on the CPU; {@link LoadOptions#threads} sets them. */
  public static int threads() {
    loaded();
    return JniUtils.getNumThreads();
  }

  private static Engine loaded() {
    Threads.prepare();
    return Engine.getInstance();
  }
}
