package io.chatroom.client.cli;

import io.chatroom.client.conformance.ConformanceKit;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code chat-client conformance}: judges any server that claims PROTOCOL.md. Exits 0 only if every
 * requirement holds, 1 if one does not or the server cannot be reached, 2 when the command line was
 * wrong.
 */
@Command(
    name = "conformance",
    description = "Judge a server by the requirements of PROTOCOL.md.",
    mixinStandardHelpOptions = true)
final class ConformanceCommand implements Callable<Integer> {

  private static final int DEFAULT_PORT = 3306;
  private static final double LONGEST_TIMEOUT_SECONDS = 60;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "HOST[:PORT]",
      description = "The server. Default: $CHAT_SERVER, else localhost:3306.")
  private @Nullable String address;

  @Option(names = "--list", description = "Print what would be judged, and stop.")
  private boolean list;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "ID",
      description = "Judge only these: ids, or their first parts (relay, violation.utf8).")
  private List<String> only = new ArrayList<>();

  @Option(names = "--strict", description = "Let every SHOULD count like a MUST.")
  private boolean strict;

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description = "Write the results as JUnit XML as well.")
  private @Nullable Path junit;

  @Option(
      names = "--timeout",
      paramLabel = "S",
      defaultValue = "5",
      description = "Seconds to wait for anything the server owes. Default: ${DEFAULT-VALUE}.")
  private double timeoutSeconds;

  @Override
  public Integer call() throws InterruptedException {
    ConformanceKit kit = kit();
    PrintWriter out = spec().commandLine().getOut();
    PrintWriter err = spec().commandLine().getErr();
    Duration timeout = timeout();
    if (list) {
      kit.list(out);
      return 0;
    }
    InetSocketAddress server = server();
    if (server.isUnresolved()) {
      err.printf("%s is not a known host%n", server.getHostString());
      return 1;
    }
    ConformanceKit.Outcome outcome;
    try {
      outcome = kit.judge(server, timeout, progress());
    } catch (IOException e) {
      err.printf(
          "cannot connect to %s:%d: %s%n", server.getHostString(), server.getPort(), reason(e));
      return 1;
    }
    outcome.print(out, canShowUnicode(), strict);
    if (junit != null) {
      try {
        outcome.writeJunit(junit, strict);
      } catch (IOException e) {
        err.printf("cannot write %s: %s%n", junit, reason(e));
        return 1;
      }
    }
    return outcome.conforms(strict) ? 0 : 1;
  }

  private ConformanceKit kit() {
    try {
      return ConformanceKit.of(only);
    } catch (IllegalArgumentException e) {
      throw usage("--only: " + e.getMessage());
    }
  }

  private Duration timeout() {
    if (!(timeoutSeconds >= 0.1 && timeoutSeconds <= LONGEST_TIMEOUT_SECONDS)) {
      throw usage("--timeout: expected 0.1 to 60 seconds, but it is " + timeoutSeconds);
    }
    return Duration.ofMillis(Math.round(timeoutSeconds * 1000));
  }

  private InetSocketAddress server() {
    String text =
        Stream.of(address, System.getenv("CHAT_SERVER"))
            .filter(given -> given != null && !given.isBlank())
            .findFirst()
            .orElse("localhost");
    int colon = text.lastIndexOf(':');
    boolean bracketed = text.startsWith("[");
    boolean hasPort = bracketed ? colon > text.indexOf(']') : colon >= 0;
    String host = hasPort ? text.substring(0, colon) : text;
    if (bracketed && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (bracketed || host.indexOf(':') >= 0) {
      throw usage("expected HOST, HOST:PORT or [IPv6]:PORT, but it is \"" + text + "\"");
    }
    if (host.isEmpty()) {
      throw usage("expected a host before the port, but it is \"" + text + "\"");
    }
    return new InetSocketAddress(host, hasPort ? port(text.substring(colon + 1)) : DEFAULT_PORT);
  }

  private int port(String text) {
    if (text.matches("[0-9]{1,5}")) {
      int port = Integer.parseInt(text);
      if (port >= 1 && port <= 65_535) {
        return port;
      }
    }
    throw usage("expected a port from 1 to 65535, but it is \"" + text + "\"");
  }

  /** On a terminal, one line that shows what is going on; it is gone when the report comes. */
  private static Consumer<String> progress() {
    if (!isTerminal(System.console())) {
      return id -> {};
    }
    return id -> {
      System.err.printf("\r%-60s\r", id);
      System.err.flush();
    };
  }

  /** From JDK 22 on there always is a console, which then says whether it is a terminal. */
  private static boolean isTerminal(@Nullable Console console) {
    if (console == null) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }

  private static boolean canShowUnicode() {
    return Stream.of("stdout.encoding", "sun.stdout.encoding", "native.encoding")
        .map(System::getProperty)
        .filter(name -> name != null && Charset.isSupported(name))
        .findFirst()
        .map(Charset::forName)
        .orElse(Charset.defaultCharset())
        .newEncoder()
        .canEncode("\u2713\u2717");
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  private ParameterException usage(String sentence) {
    return new ParameterException(spec().commandLine(), sentence);
  }

  private CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("picocli has not set the command up");
    }
    return spec;
  }
}
