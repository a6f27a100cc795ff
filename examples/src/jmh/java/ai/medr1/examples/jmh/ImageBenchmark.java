package ai.medr1.examples.jmh;

import ai.medr1.core.image.ImageProcessor;
import ai.medr1.core.image.Images;
import ai.medr1.core.image.PixelValues;
import ai.medr1.core.image.PreprocessorConfig;
import ai.medr1.core.image.RgbImage;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Reading an image of {@code side} × {@code side} pixels, and making patches of it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class ImageBenchmark {
  @Param({"384", "1024"})
  public int side;

  private Path png;
  private Path jpeg;
  private RgbImage image;
  private ImageProcessor processor;

  @Setup
  public void draw() throws IOException {
    BufferedImage picture = picture(new Random(1));
    png = write(picture, "png");
    jpeg = write(picture, "jpg");
    image = Images.read(png);
    processor =
        new ImageProcessor(
            new PreprocessorConfig(
                3136,
                401408,
                14,
                2,
                2,
                List.of(0.48145466f, 0.4578275f, 0.40821073f),
                List.of(0.26862954f, 0.26130258f, 0.27577711f)));
  }

  /** Discs on a noisy ground: neither flat nor pure noise. */
  private BufferedImage picture(Random random) {
    BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    for (int i = 0; i < 200; i++) {
      graphics.setColor(new Color(random.nextInt(1 << 24)));
      int size = 1 + random.nextInt(side / 4);
      graphics.fillOval(random.nextInt(side), random.nextInt(side), size, size);
    }
    graphics.dispose();
    for (int i = 0; i < side * side / 8; i++) {
      picture.setRGB(random.nextInt(side), random.nextInt(side), random.nextInt(1 << 24));
    }
    return picture;
  }

  private static Path write(BufferedImage picture, String format) throws IOException {
    Path file = Files.createTempFile("medr1-benchmark", "." + format);
    ImageIO.write(picture, format, file.toFile());
    return file;
  }

  @TearDown
  public void delete() throws IOException {
    Files.delete(png);
    Files.delete(jpeg);
  }

  @Benchmark
  public RgbImage readPng() {
    return Images.read(png);
  }

  @Benchmark
  public RgbImage readJpeg() {
    return Images.read(jpeg);
  }

  /** Resizing, normalising, cutting into patches. */
  @Benchmark
  public PixelValues process() {
    return processor.process(image);
  }
}
