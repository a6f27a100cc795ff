package ai.medr1.examples.cli;

import ai.medr1.core.InputException;
import ai.medr1.core.checkpoint.Shape;
import ai.medr1.core.config.Family;
import ai.medr1.data.DataForm;
import ai.medr1.eval.Wording;
import ai.medr1.grpo.config.DataPrompt;
import java.util.Arrays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Values of options. */
final class Converters {
  private Converters() {}

  static final class OfShape implements ITypeConverter<Shape> {
    @Override
    public Shape convert(String name) {
      return explained(Shape::named, name);
    }
  }

  static final class OfFamily implements ITypeConverter<Family> {
    @Override
    public Family convert(String name) {
      return explained(Family::named, name);
    }
  }

  static final class OfWording implements ITypeConverter<Wording> {
    @Override
    public Wording convert(String name) {
      return explained(Wording::named, name);
    }
  }

  static final class OfPrompt implements ITypeConverter<DataPrompt> {
    @Override
    public DataPrompt convert(String text) {
      return explained(DataPrompt::new, text);
    }
  }

  static final class OfForm implements ITypeConverter<DataForm> {
    @Override
    public DataForm convert(String name) {
      return explained(DataForm::named, name);
    }
  }

  /** Problems of data by short names. */
  static final class OfGate implements ITypeConverter<Gate> {
    @Override
    public Gate convert(String name) {
      return Arrays.stream(Gate.values())
          .filter(gate -> gate.label().equals(name.strip()))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "expected " + Gate.labels() + ", found '" + name + "'"));
    }
  }

  /** Options say what is expected instead of naming an exception. */
  private static <T> T explained(java.util.function.Function<String, T> conversion, String text) {
    try {
      return conversion.apply(text);
    } catch (InputException | IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
