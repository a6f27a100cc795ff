package ai.medr1.core;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Objects;

/**
 * Why a file cannot be read, written or named, in words: the messages of these exceptions are often
 * the name of a file and nothing else.
 */
public final class IoReason {
  private IoReason() {}

  /** One line without a full stop. */
  public static String of(IOException e) {
    String message = String.valueOf(e.getMessage());
    if (e instanceof JsonProcessingException json) {
      return "not JSON" + line(json) + ": " + ofJson(json);
    }
    if (e instanceof NoSuchFileException) {
      return message + " does not exist";
    }
    if (e instanceof AccessDeniedException denied) {
      return denied.getFile() + ": this user may not read or write it";
    }
    if (e instanceof FileAlreadyExistsException || e instanceof NotDirectoryException) {
      return message + " is a file, but a folder is needed here: choose another name";
    }
    if (e instanceof CharacterCodingException) {
      return "it is damaged or not text in UTF-8";
    }
    if (message.endsWith("Is a directory")) {
      return "it is a folder, but a file is needed here";
    }
    if (message.endsWith("Not a directory")) {
      return message + ": a folder above it is a file";
    }
    return e.toString();
  }

  /**
   * Why a text is no path. Where it has letters that the locale's character set lacks, the JVM
   * cannot name the file at all: that set is fixed as it starts.
   */
  public static String of(InvalidPathException e) {
    return String.valueOf(e.getReason()).startsWith("Malformed input")
        ? "it has letters that the locale of this process (%s) cannot express; start Java with LC_ALL=C.UTF-8, as scripts/medr1 does"
            .formatted(System.getProperty("sun.jnu.encoding"))
        : e.getReason();
  }

  /** What is wrong in a JSON or CSV text, without the place. */
  public static String ofJson(JsonProcessingException e) {
    return JsonFault.of(e.getOriginalMessage());
  }

  /** The same of what is behind it. */
  public static String of(UncheckedIOException e) {
    return of(Objects.requireNonNull(e.getCause())); // its constructor sees to that
  }

  private static String line(JsonProcessingException e) {
    return e.getLocation() == null || e.getLocation().getLineNr() < 1
        ? ""
        : " in line " + e.getLocation().getLineNr();
  }
}
