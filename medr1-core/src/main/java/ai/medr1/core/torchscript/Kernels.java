package ai.medr1.core.torchscript;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtModel;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import ai.medr1.core.checkpoint.DType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One loaded module: the kernels with their attributes, among them the weights.
 *
 * <p>Calls are of two kinds. {@link #infer} runs under inference mode: nothing in it can be
 * differentiated. {@link #train} runs with gradients on, for everything that creates weights or
 * builds a graph. Calls on one object must not overlap.
 */
public final class Kernels implements AutoCloseable {
  private static final ExitGate GATE = ExitGate.ofProcess(Duration.ofSeconds(30));

  private final PtNDManager manager;
  private final Model model;
  private final PtSymbolBlock block;

  private Kernels(PtNDManager manager, Model model) {
    this.manager = manager;
    this.model = model;
    this.block = (PtSymbolBlock) model.getBlock();
  }

  /**
   * Loads the kernels.
   *
   * @param attributes values of the module's attributes
   * @param dtype in which the network computes
   * @param device where the weights will live
   */
  public static Kernels load(Map<String, Object> attributes, DType dtype, Device device) {
    Map<String, Object> all = new LinkedHashMap<>(attributes);
    for (String name :
        List.of(
            "w",
            "g",
            "m",
            "v",
            "master",
            "aside",
            "base",
            "members",
            "trainable",
            "tapes",
            "contexts",
            "slots",
            "fast")) {
      all.put(name, Map.of());
    }
    all.put("path", "");
    return open(all, device.isGpu() ? Dense.PLAIN : Dense.ofProcessor(dtype, all), device);
  }

  static Kernels open(Map<String, Object> attributes, Dense dense, Device device) {
    PtNDManager manager = (PtNDManager) NDManager.newBaseManager(device, "PyTorch");
    try {
      return new Kernels(manager, open(KernelArchive.pack(attributes, dense.resource()), device));
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  private static Model open(byte[] archive, Device device) {
    Model model = Model.newInstance("medr1", device, "PyTorch");
    try {
      ((PtModel) model).load(new ByteArrayInputStream(archive), false);
      return model;
    } catch (IOException | MalformedModelException e) {
      model.close();
      throw new IllegalStateException("the library's own kernels could not be read", e);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** The manager above everything that calls of this object create. */
  public NDManager manager() {
    return manager;
  }

  /** Calls a method that takes plain values (String, Boolean, Long) and returns nothing of use. */
  public void set(String method, Object... values) {
    JniUtils.setGraphExecutorOptimize(false);
    IValue[] arguments = new IValue[values.length];
    for (int i = 0; i < values.length; i++) {
      arguments[i] = plain(values[i]);
    }
    try {
      run(method, arguments).close();
    } finally {
      closeAll(arguments);
    }
  }

  /** Calls a method of plain values that returns one array, owned by the given manager. */
  public NDArray get(String method, NDManager owner, Object... values) {
    JniUtils.setGraphExecutorOptimize(false);
    IValue[] arguments = new IValue[values.length];
    for (int i = 0; i < values.length; i++) {
      arguments[i] = plain(values[i]);
    }
    try (IValue result = run(method, arguments)) {
      return result.toTensor((PtNDManager) owner);
    } finally {
      closeAll(arguments);
    }
  }

  /**
   * Calls a method without gradients; the result stays in native form and belongs to the caller.
   */
  public IValue infer(String method, Arguments arguments, IValue... before) {
    JniUtils.setGraphExecutorOptimize(false);
    Map<String, PtNDArray> arrays = new LinkedHashMap<>();
    arguments.arrays().forEach((name, array) -> arrays.put(name, (PtNDArray) array));
    try (IValue dictionary = IValue.stringMapFrom(arrays)) {
      List<IValue> all = new ArrayList<>(List.of(before));
      all.add(dictionary);
      return run(method, all.toArray(new IValue[0]));
    }
  }

  /** Calls a method with gradients on; results belong to the scope of the arguments. */
  public NDList train(String method, Arguments arguments) {
    JniUtils.setGraphExecutorOptimize(false);
    NDList list = new NDList();
    try (NDManager names = arguments.scope().newSubManager()) {
      // The first array decides which manager owns the results.
      NDArray anchor = arguments.scope().create(0f);
      anchor.setName("a.scope");
      list.add(anchor);
      arguments.arrays().forEach((name, array) -> list.add(named(array, "a." + name)));
      NDArray selector = names.create(0f);
      selector.setName("module_method:" + method);
      list.add(selector);
      JniUtils.setGradMode(true);
      return GATE.through(() -> IValueUtils.forward(block, list, true));
    } finally {
      JniUtils.setGradMode(false);
    }
  }

  private IValue run(String method, IValue... arguments) {
    return GATE.through(() -> IValueUtils.runMethod(block, method, arguments));
  }

  /** Frees the graph of a handle, where there is one. */
  public void release(long handle) {
    try (Arguments a = new Arguments(manager)) {
      train("release", a.integer("handle", handle));
    }
  }

  private static NDArray named(NDArray array, String name) {
    array.setName(name);
    return array;
  }

  private static IValue plain(Object value) {
    if (value instanceof String text) {
      return IValue.from(text);
    }
    if (value instanceof Boolean flag) {
      return IValue.from(flag.booleanValue());
    }
    if (value instanceof Long number) {
      return IValue.from(number.longValue());
    }
    throw new IllegalArgumentException("not a plain value: " + value);
  }

  private static void closeAll(IValue[] values) {
    for (IValue value : values) {
      value.close();
    }
  }

  @Override
  public void close() {
    model.close();
    manager.close();
  }
}
