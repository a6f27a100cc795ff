package ai.medr1.examples.bench;

import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.Shape;
import ai.medr1.core.config.Family;
import ai.medr1.core.model.KernelExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes calls of the kernels for {@code scripts/gpu/replay.py}: both families, float32 and
 * bfloat16.
 */
public final class ExportKernels {
  private ExportKernels() {}

  public static void main(String[] arguments) throws IOException {
    boolean shaped = arguments.length == 3 && arguments[1].equals("--shapes");
    if (arguments.length != 1 && !shaped) {
      System.err.println("usage: export DIR [--shapes smoke,mini]");
      System.exit(2);
    }
    for (String shape : List.of((shaped ? arguments[2] : "smoke,mini").split(","))) {
      for (Family family : Family.values()) {
        for (DType dtype : List.of(DType.F32, DType.BF16)) {
          String name = String.join("-", family.modelType(), shape, dtype.torchName());
          Path directory = Path.of(arguments[0], name);
          Files.createDirectories(directory);
          KernelExport.write(directory, family, Shape.named(shape), dtype);
          System.out.println("wrote " + directory);
        }
      }
    }
  }
}
