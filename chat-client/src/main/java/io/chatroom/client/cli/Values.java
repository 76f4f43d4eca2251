package io.chatroom.client.cli;

import io.chatroom.client.bench.BenchPlan;
import io.chatroom.client.chat.Bell;
import io.chatroom.system.Home;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses the values of options, with error messages for people. */
final class Values {

  private Values() {}

  /**
   * Sets the converters of a command and its subcommands.
   *
   * <p>Each converter is one object for both of its types: with two equal method references to an
   * interface of picocli, which is compiled for Java 5, JDK 17 crashes while it makes the
   * launcher's archive of classes (JDK-8285914).
   */
  static void readIn(CommandLine commandLine) {
    ITypeConverter<Integer> integer = Values::integer;
    ITypeConverter<Double> number = Values::number;
    commandLine
        .registerConverter(Path.class, Values::path)
        .registerConverter(Bell.class, oneOf(Bell.values()))
        .registerConverter(ProtocolOptions.Protocol.class, oneOf(ProtocolOptions.Protocol.values()))
        .registerConverter(BenchPlan.Sessions.class, oneOf(BenchPlan.Sessions.values()))
        .registerConverter(int.class, integer)
        .registerConverter(Integer.class, integer)
        .registerConverter(double.class, number)
        .registerConverter(Double.class, number);
  }

  /** Ignores case, and lists the words in lower case. */
  private static <E extends Enum<E>> ITypeConverter<E> oneOf(E[] all) {
    return text ->
        Stream.of(all)
            .filter(each -> each.name().equalsIgnoreCase(text))
            .findFirst()
            .orElseThrow(
                () ->
                    new TypeConversionException(
                        "expected "
                            + Stream.of(all)
                                .map(each -> each.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(" or "))
                            + ", but it is '"
                            + text
                            + "'"));
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
