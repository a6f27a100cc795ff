package ai.medr1.data.internal.rows;

import ai.medr1.core.InputException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;

/** Rows of a Parquet file, a row group at a time. */
final class ParquetRows {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Path file;
  private final Consumer<Row> each;
  private int index;

  private ParquetRows(Path file, Consumer<Row> each) {
    this.file = file;
    this.each = each;
  }

  static void read(Path file, Consumer<Row> each) throws IOException {
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .withCodecFactory(new ParquetCodecs(file))
            .build();
    try (ParquetFileReader reader =
        ParquetFileReader.open(new LocalInputFile(file.toAbsolutePath()), options)) {
      new ParquetRows(file, each).read(reader);
    } catch (InputException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The reader answers damaged files with any kind of runtime exception.
      throw new InputException(
          "cannot read %s: expected a complete Parquet file, found one that does not decode (%s); copy the file again"
              .formatted(file, e.getMessage() == null ? e : e.getMessage()),
          e);
    }
  }

  private void read(ParquetFileReader reader) throws IOException {
    MessageType schema = reader.getFooter().getFileMetaData().getSchema();
    MessageColumnIO columns = new ColumnIOFactory().getColumnIO(schema);
    for (PageReadStore pages = reader.readNextRowGroup();
        pages != null;
        pages = reader.readNextRowGroup()) {
      RecordReader<Group> records =
          columns.getRecordReader(pages, new GroupRecordConverter(schema));
      for (long i = 0; i < pages.getRowCount(); i++) {
        ObjectNode object = members(records.read());
        each.accept(new Row(object, file, index++, 0));
      }
    }
  }

  private ObjectNode members(Group group) {
    ObjectNode object = NODES.objectNode();
    GroupType type = group.getType();
    for (int field = 0; field < type.getFieldCount(); field++) {
      object.set(type.getFieldName(field), field(group, field));
    }
    return object;
  }

  private JsonNode field(Group group, int field) {
    Type type = group.getType().getType(field);
    int count = group.getFieldRepetitionCount(field);
    if (type.isRepetition(Type.Repetition.REPEATED)) {
      ArrayNode list = NODES.arrayNode();
      for (int i = 0; i < count; i++) {
        list.add(value(group, field, i));
      }
      return list;
    }
    return count == 0 ? NODES.nullNode() : value(group, field, 0);
  }

  private JsonNode value(Group group, int field, int at) {
    Type type = group.getType().getType(field);
    if (type.isPrimitive()) {
      return primitive(group, field, at, type.asPrimitiveType());
    }
    Group inner = group.getGroup(field, at);
    LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
    if (logical instanceof LogicalTypeAnnotation.ListLogicalTypeAnnotation) {
      return list(inner);
    }
    if (logical instanceof LogicalTypeAnnotation.MapLogicalTypeAnnotation) {
      return map(inner);
    }
    return members(inner);
  }

  /** Lists of three levels, and those of two that older writers make. */
  private JsonNode list(Group wrapper) {
    ArrayNode list = NODES.arrayNode();
    Type repeated = wrapper.getType().getType(0);
    boolean threeLevels =
        !repeated.isPrimitive()
            && repeated.asGroupType().getFieldCount() == 1
            && !repeated.getName().equals("array")
            && !repeated.getName().endsWith("_tuple");
    for (int i = 0; i < wrapper.getFieldRepetitionCount(0); i++) {
      list.add(threeLevels ? field(wrapper.getGroup(0, i), 0) : value(wrapper, 0, i));
    }
    return list;
  }

  private JsonNode map(Group wrapper) {
    ObjectNode map = NODES.objectNode();
    for (int i = 0; i < wrapper.getFieldRepetitionCount(0); i++) {
      Group entry = wrapper.getGroup(0, i);
      Row.textOf(field(entry, 0)).ifPresent(key -> map.set(key, field(entry, 1)));
    }
    return map;
  }

  private JsonNode primitive(Group group, int field, int at, PrimitiveType type) {
    LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
    return switch (type.getPrimitiveTypeName()) {
      case BOOLEAN -> NODES.booleanNode(group.getBoolean(field, at));
      case INT32 -> whole(BigInteger.valueOf(group.getInteger(field, at)), 32, logical);
      case INT64 -> whole(BigInteger.valueOf(group.getLong(field, at)), 64, logical);
      case FLOAT ->
          real(group.getFloat(field, at), type, Float.toString(group.getFloat(field, at)));
      case DOUBLE ->
          real(group.getDouble(field, at), type, Double.toString(group.getDouble(field, at)));
      case BINARY, FIXED_LEN_BYTE_ARRAY, INT96 -> {
        byte[] bytes = group.getBinary(field, at).getBytes();
        if (logical instanceof DecimalLogicalTypeAnnotation decimal) {
          yield decimal(new BigInteger(bytes), decimal);
        }
        yield isText(logical)
            ? NODES.textNode(group.getString(field, at))
            : NODES.binaryNode(bytes);
      }
    };
  }

  private static boolean isText(LogicalTypeAnnotation logical) {
    return logical instanceof LogicalTypeAnnotation.StringLogicalTypeAnnotation
        || logical instanceof LogicalTypeAnnotation.EnumLogicalTypeAnnotation
        || logical instanceof LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
  }

  private static JsonNode whole(BigInteger value, int bits, LogicalTypeAnnotation logical) {
    if (logical instanceof DecimalLogicalTypeAnnotation decimal) {
      return decimal(value, decimal);
    }
    boolean unsigned = logical instanceof IntLogicalTypeAnnotation whole && !whole.isSigned();
    boolean wrapped = unsigned && value.signum() < 0;
    return NODES.textNode((wrapped ? value.add(BigInteger.ONE.shiftLeft(bits)) : value).toString());
  }

  private static JsonNode decimal(BigInteger value, DecimalLogicalTypeAnnotation decimal) {
    return NODES.textNode(new BigDecimal(value, decimal.getScale()).toPlainString());
  }

  /** A number that is finite. */
  private JsonNode real(double value, PrimitiveType type, String text) {
    if (!Double.isFinite(value)) {
      throw new InputException(
          "%s item %d: '%s' is %s, which is no value; expected a number or null; write null"
              .formatted(file, index, type.getName(), text));
    }
    return NODES.textNode(text);
  }
}
