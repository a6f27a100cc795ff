package ai.medr1.eval;

import ai.medr1.data.VqaItem;
import java.util.Optional;

/** What an evaluation has done before, and where it puts what it does. */
public interface EvalLog {
  /** Knows nothing and keeps nothing. */
  EvalLog NONE =
      new EvalLog() {
        @Override
        public Optional<EvaluatedItem> known(VqaItem item) {
          return Optional.empty();
        }

        @Override
        public EvaluatedItem add(EvaluatedItem item) {
          return item;
        }
      };

  /** What was said to an item before; such an item is not asked again. */
  Optional<EvaluatedItem> known(VqaItem item);

  /** Keeps an item, in the order of the answers, and gives it as it was kept. */
  EvaluatedItem add(EvaluatedItem item);
}
