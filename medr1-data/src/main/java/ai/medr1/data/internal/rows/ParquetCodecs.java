package ai.medr1.data.internal.rows;

import ai.medr1.core.InputException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Decompressors without Hadoop: gzip is the JDK's, the others come with the library. */
final class ParquetCodecs implements CompressionCodecFactory {
  private final Path file;
  private final CodecFactory others = new CodecFactory(new PlainParquetConfiguration(), 0);

  ParquetCodecs(Path file) {
    this.file = file;
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    return switch (codec) {
      case UNCOMPRESSED, SNAPPY, ZSTD, LZ4_RAW -> others.getDecompressor(codec);
      case GZIP -> new Gzip();
      default ->
          throw new InputException(
              "%s is compressed with %s, expected none, snappy, gzip, zstd or lz4_raw; write it again with one of these"
                  .formatted(file, codec));
    };
  }

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    throw new UnsupportedOperationException("files are only read");
  }

  @Override
  public void release() {
    others.release();
  }

  private static final class Gzip implements BytesInputDecompressor {
    @Override
    public BytesInput decompress(BytesInput bytes, int size) throws IOException {
      return BytesInput.from(inflate(bytes.toInputStream().readAllBytes(), size));
    }

    @Override
    public void decompress(ByteBuffer input, int length, ByteBuffer output, int size)
        throws IOException {
      byte[] bytes = new byte[length];
      input.get(bytes);
      output.put(inflate(bytes, size));
    }

    private static byte[] inflate(byte[] bytes, int size) throws IOException {
      try (GZIPInputStream input = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
        byte[] plain = input.readNBytes(size);
        if (plain.length < size) {
          throw new EOFException("a page ends too early");
        }
        return plain;
      }
    }

    @Override
    public void release() {}
  }
}
