package ai.medr1.core;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Reads files with one JSON object per line, as strictly as {@link JsonFile}. Such files are read
 * while somebody writes them, or after a writer was killed: a last line without its end is left out
 * where it is no object yet, even if it ends within a character.
 */
public final class JsonLines {
  private static final int MAX_LINE_BYTES = 100_000_000;

  private JsonLines() {}

  /**
   * The objects of a file, one after the other.
   *
   * @return read as it is asked for; to be closed
   * @throws InputException if the file cannot be read; the stream throws one that names the line
   *     which is no object
   */
  public static Stream<ObjectNode> read(Path file) {
    Lines lines = new Lines(file);
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(
                lines, Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE),
            false)
        .onClose(lines::close);
  }

  private static final class Lines implements Iterator<ObjectNode>, Closeable {
    private final Path file;
    private final InputStream in;
    private int number;
    private Optional<ObjectNode> next = Optional.empty();

    Lines(Path file) {
      this.file = file;
      try {
        this.in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
      } catch (IOException e) {
        throw unreadable(e);
      }
    }

    @Override
    public boolean hasNext() {
      if (next.isEmpty()) {
        next = read();
      }
      return next.isPresent();
    }

    @Override
    public ObjectNode next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      ObjectNode row = next.orElseThrow();
      next = Optional.empty();
      return row;
    }

    private Optional<ObjectNode> read() {
      ByteArrayOutputStream line = new ByteArrayOutputStream(1 << 10);
      int last = line(line);
      if (last < 0 && line.size() == 0) {
        return Optional.empty();
      }
      number++;
      try {
        return Optional.of(JsonFile.parseLine(line.toByteArray(), file + ":" + number));
      } catch (InputException e) {
        if (last < 0) {
          return Optional.empty();
        }
        throw new InputException(e.getMessage() + "; mend the line or take it out", e);
      }
    }

    /** Reads up to the end of a line and gives that, or -1 where the file ends before. */
    private int line(ByteArrayOutputStream line) {
      try {
        int read = in.read();
        while (read >= 0 && read != '\n') {
          if (line.size() == MAX_LINE_BYTES) {
            throw new InputException(
                "%s:%d has more than %d bytes: is it the right file?"
                    .formatted(file, number + 1, MAX_LINE_BYTES));
          }
          line.write(read);
          read = in.read();
        }
        return read;
      } catch (IOException e) {
        throw unreadable(e);
      }
    }

    private InputException unreadable(IOException e) {
      return new InputException("cannot read " + file + ": " + IoReason.of(e), e);
    }

    @Override
    public void close() {
      try {
        in.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
