package ai.medr1.core.torchscript;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs the kernels, TorchScript source files among the resources, into an archive in memory.
 *
 * <p>A TorchScript archive is a zip without compression: {@code data.pkl} describes the objects
 * that the module begins with, {@code code/} holds the source. Only this program's own objects are
 * written in the pickle format; medr1 never reads a pickle.
 */
final class KernelArchive {
  /** All files but the module's and the dense layer's. */
  static final List<String> FILES =
      List.of(
          "shape",
          "weights",
          "lora",
          "products",
          "nn",
          "vision",
          "decoder",
          "head",
          "segments",
          "tape",
          "network",
          "scoring",
          "sampling",
          "drawing",
          "slots",
          "optimizer");

  private static final String ROOT = "__torch__";
  private static final Pattern ATTRIBUTE = Pattern.compile("(?m)^  (\\w+) : (\\S.*)$");
  private static final int PROTO = 0x80;
  private static final int NEW_OBJECT = 0x81;
  private static final int TRUE = 0x88;
  private static final int FALSE = 0x89;

  private final Map<String, String> sources = new LinkedHashMap<>();
  private final Map<String, Object> attributes;

  private KernelArchive(String module, String dense, Map<String, Object> attributes) {
    this.attributes = attributes;
    sources.put(ROOT, Constants.replaced(module));
    sources.put(ROOT + ".dense", source(dense));
    FILES.forEach(file -> sources.put(ROOT + "." + file, source(file)));
  }

  /**
   * Returns the bytes of an archive.
   *
   * @param attributes values of the objects' numbers and flags by their names; texts, lists and
   *     dictionaries that are not among them start empty
   * @param dense the resource with the dense layer: {@code dense_onednn} or another
   */
  static byte[] pack(Map<String, Object> attributes, String dense) {
    return pack(resource("model"), attributes, dense);
  }

  /** The same with the source of another module. */
  static byte[] pack(String module, Map<String, Object> attributes, String dense) {
    return new KernelArchive(module, dense, attributes).pack();
  }

  /** The source of one of the files, with numbers for names. */
  static String source(String name) {
    return Constants.replaced(resource(name));
  }

  private static String resource(String name) {
    String file = name + ".py";
    try (InputStream in = KernelArchive.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("the library's resource " + file + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the library's resource " + file + " cannot be read", e);
    }
  }

  private byte[] pack() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setMethod(ZipOutputStream.STORED);
      put(zip, "m/data.pkl", pickle());
      for (Map.Entry<String, String> file : sources.entrySet()) {
        put(zip, "m/code/" + file.getKey().replace('.', '/') + ".py", file.getValue());
      }
      put(zip, "m/constants.pkl", new byte[] {(byte) PROTO, 2, ')', '.'});
      put(zip, "m/version", "6\n");
      put(zip, "m/byteorder", "little");
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  private byte[] pickle() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(new byte[] {(byte) PROTO, 2});
    writeObject(out, ROOT + ".Model");
    out.writeBytes(".");
    return bytes.toByteArray();
  }

  /** An object: class, no arguments, and a dictionary of its attributes as the state. */
  private void writeObject(DataOutputStream out, String type) throws IOException {
    String file = type.substring(0, type.lastIndexOf('.'));
    String name = type.substring(file.length() + 1);
    out.writeBytes("c" + file + "\n" + name + "\n)");
    out.write(NEW_OBJECT);
    out.writeBytes("}(");
    Matcher declared = ATTRIBUTE.matcher(declarations(file, name));
    while (declared.find()) {
      writeString(out, declared.group(1));
      writeAttribute(out, declared.group(1), declared.group(2));
    }
    out.writeBytes("ub");
  }

  /** What stands in a class before its first method. */
  private String declarations(String file, String name) {
    String source = sources.getOrDefault(file, "");
    int start = source.indexOf("class " + name);
    if (start < 0) {
      throw new IllegalStateException("the kernels have no class " + file + "." + name);
    }
    String rest = source.substring(source.indexOf('\n', start) + 1);
    Matcher end = Pattern.compile("(?m)^(\\S|  def )").matcher(rest);
    return end.find() ? rest.substring(0, end.start()) : rest;
  }

  private void writeAttribute(DataOutputStream out, String name, String type) throws IOException {
    Object value = attributes.get(name);
    if (type.startsWith(ROOT + ".")) {
      writeObject(out, type);
    } else if (type.equals("str")) {
      writeString(out, "");
    } else if (type.startsWith("Dict[")) {
      out.writeBytes("}");
    } else if (type.equals("List[int]")) {
      writeIntegers(out, value == null ? List.of() : (List<?>) value);
    } else if (type.equals("bool")) {
      out.write(Boolean.TRUE.equals(value) ? TRUE : FALSE);
    } else if (value instanceof Number number) {
      writeNumber(out, number);
    } else {
      throw new IllegalArgumentException("the kernels' attribute " + name + " has no value");
    }
  }

  private static void writeIntegers(DataOutputStream out, List<?> values) throws IOException {
    out.writeBytes("ctorch.jit._pickle\nbuild_intlist\n(](");
    for (Object value : values) {
      writeNumber(out, (Number) value);
    }
    out.writeBytes("etR");
  }

  private static void writeNumber(DataOutputStream out, Number number) throws IOException {
    if (number instanceof Double real) {
      out.write('G');
      out.writeDouble(real);
    } else {
      out.write('J');
      out.writeInt(Integer.reverseBytes(number.intValue()));
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
