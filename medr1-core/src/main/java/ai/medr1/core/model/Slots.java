package ai.medr1.core.model;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import ai.medr1.core.text.Prompt;
import ai.medr1.core.torchscript.Arguments;
import ai.medr1.core.torchscript.Key;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests in S slots that are decoded together. Every slot is as far as it is: when enough
 * answers have ended, their slots go to the requests that wait. Keys and values of the slots, and a
 * copy of the weights that products read faster, stay in the kernels until {@link #close}.
 */
final class Slots implements AutoCloseable {
  /** Tokens that slots draw before what they drew moves behind their prompts. */
  private static final int STEPS = 64;

  private final Network network;
  private final Function<List<Prompt>, PrefixCache> encoder;
  private final FiniteLogits finite;
  private final Sampling sampling;
  private final Origin origin;
  private final long handle;
  private final List<Slot> slots = new ArrayList<>();
  private int taken;

  /** Tokens that the native slots have drawn behind their columns. */
  private int drawn;

  Slots(
      Network network,
      Function<List<Prompt>, PrefixCache> encoder,
      FiniteLogits finite,
      Sampling sampling) {
    this.network = network;
    this.encoder = encoder;
    this.finite = finite;
    this.sampling = sampling;
    this.origin = network.version().origin(sampling.distribution());
    this.handle = network.newHandle();
    if (sampling.maxNewTokens() >= LoadOptions.PACKS_FROM) {
      call("pack");
    }
  }

  private void call(String method) {
    try (Arguments a = new Arguments(network.kernels().manager())) {
      network.kernels().infer(method, a.integer(Key.HANDLE, handle)).close();
    }
  }

  /** One answer that is being written. */
  private final class Slot {
    final int index;
    final Request request;
    final int next;
    final int longest;
    int[] ids = {};
    float[] logps = {};
    boolean ended;
    boolean stopped;

    Slot(int index, Request request, int next, int longest) {
      this.index = index;
      this.request = request;
      this.next = next;
      this.longest = longest;
    }

    Continuation answer() {
      return new Continuation(ids, logps, stopped, Optional.of(origin));
    }

    int left() {
      return longest - ids.length;
    }

    /** Columns of keys: the prompt and what was drawn. */
    int columns() {
      return request.prompt().ids().length + ids.length;
    }

    void append(long[] newIds, float[] newLogps, int first, int count) {
      int start = ids.length;
      ids = Arrays.copyOf(ids, start + count);
      logps = Arrays.copyOf(logps, start + count);
      for (int i = 0; i < count; i++) {
        ids[start + i] = Math.toIntExact(newIds[first + i]);
        logps[start + i] = newLogps[first + i];
      }
    }
  }

  /** Answers all requests, at most {@code size} at once. */
  void run(Iterator<Request> requests, int size, ObjIntConsumer<Continuation> answered) {
    fill(requests, size);
    while (!slots.isEmpty()) {
      decode(enough(size, requests.hasNext()));
      slots.stream()
          .filter(slot -> slot.ended)
          .forEach(slot -> answered.accept(slot.answer(), slot.index));
      fill(requests, size);
    }
  }

  /**
   * How many answers have to end before slots change, which costs a copy of the keys: a quarter.
   * Where nothing waits, slots that have ended leave.
   */
  private int enough(int size, boolean waiting) {
    int empty = waiting ? size - slots.size() : 0;
    int whole = waiting ? size : slots.size();
    return Math.min(slots.size(), Math.max(1, (whole + 3) / 4 - empty));
  }

  private void fill(Iterator<Request> requests, int size) {
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < slots.size(); i++) {
      if (!slots.get(i).ended) {
        kept.add(i);
      }
    }
    List<Request> added = new ArrayList<>();
    while (kept.size() + added.size() < size && requests.hasNext()) {
      added.add(requests.next());
    }
    List<Slot> before = List.copyOf(slots);
    slots.clear();
    kept.forEach(i -> slots.add(before.get(i)));
    if (!added.isEmpty()) {
      encode(kept, added);
    } else if (!kept.isEmpty()) {
      change(kept, null);
    }
    drawn = 0;
  }

  private void encode(List<Integer> kept, List<Request> added) {
    try (PrefixCache prefix = encoder.apply(added.stream().map(Request::prompt).toList())) {
      int[] next = prefix.batch().next();
      for (int i = 0; i < next.length; i++) {
        Request request = added.get(i);
        int longest = Math.min(request.maxNewTokens(), sampling.maxNewTokens());
        slots.add(new Slot(taken++, request, next[i], longest));
      }
      change(kept, prefix.tensors());
    }
  }

  /**
   * Changes the native slots to those in {@link #slots}.
   *
   * @param kept rows of the native slots that stay; the encoded prompts come behind them
   * @param prefix null where none come
   */
  private void change(List<Integer> kept, @Nullable IValue prefix) {
    int[] used = new int[kept.size()];
    Arrays.setAll(used, i -> slots.get(i).columns() - drawn);
    try (Arguments a = new Arguments(network.kernels().manager())) {
      a.integer(Key.HANDLE, handle)
          .integers(Key.KEPT, kept.stream().mapToInt(Integer::intValue).toArray())
          .integers(Key.USED, used)
          .integer(Key.DRAWN, drawn)
          .integer(Key.COLUMNS, columns().longest());
      IValue done =
          prefix == null
              ? network.kernels().infer("keep_slots", a)
              : network.kernels().infer("fill_slots", a, prefix);
      done.close();
    }
  }

  /** The prompts and what was drawn behind them, as columns of keys. */
  private Segments columns() {
    return new Segments(slots.stream().mapToInt(Slot::columns).toArray());
  }

  private void decode(int enough) {
    int steps = Math.min(STEPS, slots.stream().mapToInt(Slot::left).max().orElseThrow());
    try (Arguments a = new Arguments(network.kernels().manager())) {
      network.inputs().addDrawing(a, sampling);
      network.inputs().addKeyMask(a, Key.HIDDEN, columns());
      a.integer(Key.HANDLE, handle)
          .integer(Key.ENOUGH, enough)
          .integer(Key.STEPS, steps)
          .integers(Key.LEFT, slots.stream().mapToInt(Slot::left).toArray())
          .integers(Key.NEXT, slots.stream().mapToInt(s -> s.next + s.ids.length).toArray());
      addUniforms(a, steps);
      if (sampling.repetitionPenalty() != 1) {
        addSeen(a);
      }
      try (IValue result = network.kernels().infer("decode_slots", a)) {
        take(result.toTensorArray((PtNDManager) a.scope()));
      }
    }
  }

  private void addUniforms(Arguments a, int steps) {
    if (sampling.greedy()) {
      a.numbers(Key.UNIFORMS, new float[0], 0);
      return;
    }
    float[] values = new float[slots.size() * steps];
    for (int i = 0; i < values.length; i++) {
      Slot slot = slots.get(i / steps);
      values[i] = RandomStreams.uniform(slot.request.stream(), 0, slot.ids.length + i % steps);
    }
    a.numbers(Key.UNIFORMS, values, slots.size(), steps);
  }

  /** Which tokens every slot has, in its prompt or drawn, [S, V]. */
  private void addSeen(Arguments a) {
    int vocabulary = network.config().text().vocabSize();
    boolean[] seen = new boolean[slots.size() * vocabulary];
    for (int i = 0; i < slots.size(); i++) {
      int first = i * vocabulary;
      Slot slot = slots.get(i);
      Arrays.stream(slot.request.prompt().ids()).forEach(id -> seen[first + id] = true);
      Arrays.stream(slot.ids).forEach(id -> seen[first + id] = true);
    }
    a.array(Key.SEEN, a.scope().create(seen, new Shape(slots.size(), vocabulary)));
  }

  /** Takes ids [S, t], log-probabilities [S, t], ended [S] and stopped [S]. */
  private void take(PtNDArray[] arrays) {
    long[] ids = arrays[0].toLongArray();
    float[] logps = arrays[1].toFloatArray();
    boolean[] ended = arrays[2].toBooleanArray();
    boolean[] stopped = arrays[3].toBooleanArray();
    drawn = Math.toIntExact(arrays[0].getShape().get(1));
    for (int i = 0; i < slots.size(); i++) {
      int first = i * drawn;
      int count = 0;
      while (count < drawn && ids[first + count] >= 0) {
        count++;
      }
      Slot slot = slots.get(i);
      slot.append(ids, logps, first, count);
      finite.require(slot.index, slot.request.prompt(), slot.answer());
      slot.ended = ended[i];
      slot.stopped = stopped[i];
    }
  }

  @Override
  public void close() {
    call("drop_slots");
    call("unpack");
  }
}
