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
import org.jspecify.annotations.Nullable;

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
  private final @Nullable Recorder recorder;

  /** Sees every call, after it. Arrays live as long as the recorder's method runs. */
  public interface Recorder {
    /** A call with plain values; with a result where it gives an array. */
    void plain(String method, List<Object> values, @Nullable NDArray result);

    /**
     * A call with arrays.
     *
     * @param gradients whether gradients were on
     * @param before the results of earlier calls that come before the named arrays
     * @param whole the results in native form, where they may come before the arrays of later calls
     */
    void call(
        String method,
        boolean gradients,
        List<IValue> before,
        Map<String, NDArray> arguments,
        List<NDArray> results,
        @Nullable IValue whole);
  }

  private Kernels(PtNDManager manager, Model model, @Nullable Recorder recorder) {
    this.manager = manager;
    this.model = model;
    this.block = (PtSymbolBlock) model.getBlock();
    this.recorder = recorder;
  }

  /**
   * Loads the kernels.
   *
   * @param attributes what the configuration says of the model, as in shape.py
   * @param dtype in which the network computes
   * @param device where the weights will live
   */
  public static Kernels load(Map<String, Object> attributes, DType dtype, Device device) {
    Dense dense = device.isGpu() ? Dense.PLAIN : Dense.ofProcessor(dtype, attributes);
    return open(attributes, dense, device);
  }

  /** Loads onto the CPU what a GPU would get, and records every call. */
  public static Kernels recorded(Map<String, Object> attributes, Recorder recorder) {
    return open(attributes, Dense.PLAIN, Device.cpu(), recorder);
  }

  /** The TorchScript archive that a GPU would get. */
  public static byte[] archive(Map<String, Object> attributes) {
    return KernelArchive.pack(attributes, Dense.PLAIN.resource());
  }

  static Kernels open(Map<String, Object> attributes, Dense dense, Device device) {
    return open(attributes, dense, device, null);
  }

  private static Kernels open(
      Map<String, Object> attributes, Dense dense, Device device, @Nullable Recorder recorder) {
    return of(KernelArchive.pack(attributes, dense.resource()), device, recorder);
  }

  /** The module in an archive. */
  static Kernels of(byte[] archive, Device device, @Nullable Recorder recorder) {
    PtNDManager manager = (PtNDManager) NDManager.newBaseManager(device, "PyTorch");
    try {
      Model model = open(archive, device);
      return new Kernels(manager, model, recorder);
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
      if (recorder != null) {
        recorder.plain(method, List.of(values), null);
      }
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
      NDArray array = result.toTensor((PtNDManager) owner);
      if (recorder != null) {
        recorder.plain(method, List.of(values), array);
      }
      return array;
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
      IValue result = run(method, all.toArray(new IValue[0]));
      if (recorder != null) {
        record(recorder, method, List.of(before), arguments, result);
      }
      return result;
    }
  }

  private static void record(
      Recorder recorder, String method, List<IValue> before, Arguments arguments, IValue result) {
    try (NDManager scope = arguments.scope().newSubManager()) {
      PtNDManager owner = (PtNDManager) scope;
      List<NDArray> results =
          result.isTensor()
              ? List.of(result.toTensor(owner))
              : List.of(result.toTensorArray(owner));
      recorder.call(method, false, before, arguments.arrays(), results, result);
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
      NDList results = GATE.through(() -> IValueUtils.forward(block, list, true));
      if (recorder != null) {
        recorder.call(method, true, List.of(), arguments.arrays(), results, null);
      }
      return results;
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
      train("release", a.integer(Key.HANDLE, handle));
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
