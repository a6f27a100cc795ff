package ai.medr1.data;

import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Images that stand inside of data files, such as the columns of Parquet, in one temporary file:
 * each once, however many items show it, and none of them on the heap. The file has no name any
 * more or is deleted when the process ends. Safe for use by several threads.
 */
final class ImageSpool {
  private static final ImageSpool OF_THE_PROCESS = new ImageSpool();

  private final Map<String, Place> places = new HashMap<>();
  private @Nullable FileChannel channel;
  private long end;

  private record Place(long offset, int length) {}

  private ImageSpool() {}

  static VqaImage keep(String name, byte[] bytes) {
    String identity = ImageBytes.digest(bytes);
    OF_THE_PROCESS.add(identity, bytes);
    return VqaImage.of(name, identity, () -> OF_THE_PROCESS.get(identity));
  }

  private synchronized void add(String identity, byte[] bytes) {
    if (places.containsKey(identity)) {
      return;
    }
    try {
      ByteBuffer rest = ByteBuffer.wrap(bytes);
      for (long at = end; rest.hasRemaining(); ) {
        at += open().write(rest, at);
      }
      places.put(identity, new Place(end, bytes.length));
      end += bytes.length;
    } catch (IOException e) {
      throw new InputException(
          ("cannot keep the images of the data in the temporary folder %s: %s; free space there, or"
                  + " name another with -Djava.io.tmpdir")
              .formatted(System.getProperty("java.io.tmpdir"), IoReason.of(e)),
          e);
    }
  }

  private FileChannel open() throws IOException {
    if (channel == null) {
      Path file = Files.createTempFile("medr1-images", ".bin");
      channel =
          FileChannel.open(
              file,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
    }
    return channel;
  }

  private byte[] get(String identity) {
    try {
      Place place;
      FileChannel from;
      synchronized (this) {
        place = java.util.Objects.requireNonNull(places.get(identity));
        from = open();
      }
      ByteBuffer bytes = ByteBuffer.allocate(place.length());
      while (bytes.hasRemaining()) {
        if (from.read(bytes, place.offset() + bytes.position()) < 0) {
          throw new IOException("it was cut short");
        }
      }
      return bytes.array();
    } catch (IOException e) {
      throw new InputException("cannot read an image that was kept: " + IoReason.of(e), e);
    }
  }
}
