package io.chatroom.client.cli;

import io.chatroom.system.Home;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the values of options, and refuses them in words for people. */
final class Values {

  private Values() {}

  /**
   * Makes a command and its subcommands read their values so.
   *
   * <p>Each converter is one object for both of its types: of two equal method references to an
   * interface of picocli, which is compiled for Java 5, JDK 17 cannot make the launcher's archive
   * of classes, and crashes (JDK-8285914).
   */
  static void readIn(CommandLine commandLine) {
    ITypeConverter<Integer> integer = Values::integer;
    ITypeConverter<Double> number = Values::number;
    commandLine
        .registerConverter(Path.class, Values::path)
        .registerConverter(int.class, integer)
        .registerConverter(Integer.class, integer)
        .registerConverter(double.class, number)
        .registerConverter(Double.class, number);
  }

  private static Path path(String text) {
    try {
      return Home.path(text);
    } catch (IOException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  private static int integer(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException(
          "expected a whole number up to " + Integer.MAX_VALUE + ", but it is '" + text + "'");
    }
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("expected a number, but it is '" + text + "'");
    }
  }
}
