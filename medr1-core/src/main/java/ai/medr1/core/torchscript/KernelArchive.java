package ai.medr1.core.torchscript;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs the kernels, TorchScript source files among the resources, into an archive in memory.
 *
 * <p>A TorchScript archive is a zip without compression: {@code data.pkl} describes the module's
 * attributes, {@code code/} holds the source. Only this program's own attributes are written in the
 * pickle format; medr1 never reads a pickle.
 */
final class KernelArchive {
  private static final String[] FILES = {"nn", "vision", "decoder", "head", "sampling", "slots"};
  private static final int PROTO = 0x80;
  private static final int NEW_OBJECT = 0x81;
  private static final int TRUE = 0x88;
  private static final int FALSE = 0x89;

  private KernelArchive() {}

  /**
   * Returns the bytes of an archive.
   *
   * @param attributes values of the module's attributes: Boolean, Integer, Double or String; lists
   *     and dictionaries start empty
   * @param dense the resource with the dense layer: {@code dense_onednn} or {@code dense_plain}
   */
  static byte[] pack(Map<String, Object> attributes, String dense) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setMethod(ZipOutputStream.STORED);
      put(zip, "m/data.pkl", pickle(attributes));
      put(zip, "m/code/__torch__.py", source("main") + "\n\n" + source("model"));
      put(zip, "m/code/__torch__/dense.py", source(dense));
      for (String file : FILES) {
        put(zip, "m/code/__torch__/" + file + ".py", source(file));
      }
      put(zip, "m/constants.pkl", new byte[] {(byte) PROTO, 2, ')', '.'});
      put(zip, "m/version", "6\n");
      put(zip, "m/byteorder", "little");
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  private static String source(String name) throws IOException {
    String file = name + ".py";
    try (InputStream in = KernelArchive.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("the library's resource " + file + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The module object: class, no arguments, and a dictionary of its attributes as the state. */
  private static byte[] pickle(Map<String, Object> attributes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(new byte[] {(byte) PROTO, 2});
    out.writeBytes("c__torch__\nModel\n)");
    out.write(NEW_OBJECT);
    out.writeBytes("}(");
    writeString(out, "training");
    out.write(FALSE);
    for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
      writeString(out, attribute.getKey());
      writeValue(out, attribute.getValue());
    }
    out.writeBytes("ub.");
    return bytes.toByteArray();
  }

  private static void writeValue(DataOutputStream out, Object value) throws IOException {
    if (value instanceof Boolean flag) {
      out.write(flag ? TRUE : FALSE);
    } else if (value instanceof Integer number) {
      out.write('J');
      out.writeInt(Integer.reverseBytes(number));
    } else if (value instanceof Double number) {
      out.write('G');
      out.writeDouble(number);
    } else if (value instanceof String text) {
      writeString(out, text);
    } else if (value instanceof Map<?, ?> map && map.isEmpty()) {
      out.write('}');
    } else {
      throw new IllegalArgumentException("not an attribute: " + value);
    }
  }

  private static void writeString(DataOutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.write('X');
    out.writeInt(Integer.reverseBytes(utf8.length));
    out.write(utf8);
  }

  private static void put(ZipOutputStream zip, String name, String text) throws IOException {
    put(zip, name, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
