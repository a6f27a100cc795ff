package ai.medr1.core.model;

import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
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

  /** NVIDIA GPUs that libtorch can use; 0 where it was built for CPUs. */
  public static int gpus() {
    Engine engine = loaded();
    return engine.hasCapability(StandardCapabilities.CUDA) ? engine.getGpuCount() : 0;
  }

  private static Engine loaded() {
    Threads.prepare();
    return Engine.getInstance();
  }
}
