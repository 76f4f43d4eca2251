package io.chatroom.client.cli;

import io.chatroom.client.ServerAddress;
import io.chatroom.client.conformance.ConformanceKit;
import io.chatroom.client.conformance.session.BackgroundSessions;
import io.chatroom.client.conformance.session.SessionCases;
import io.chatroom.client.conformance.session.SessionServer;
import io.chatroom.client.terminal.Stdio;
import io.chatroom.system.FileTrouble;
import io.chatroom.system.KeptFile;
import io.chatroom.system.NativePath;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code chat-client conformance}: judges any server that claims PROTOCOL.md or SESSIONS.md. Exits
 * with 0 if the server meets every requirement that counts, 1 if it does not or cannot be reached,
 * 2 if the command line was wrong.
 */
@Command(
    name = "conformance",
    description = {
      "Judge a server by the requirements of PROTOCOL.md, or of SESSIONS.md with --sessions.",
      "",
      "The kit joins the room and sends thousands of messages, which everybody in it receives."
          + " Without --strict only MUSTs count."
    },
    exitCodeList = {
      "0:the server meets every requirement that counts",
      "1:the server does not meet one, or cannot be reached",
      "2:the command line was wrong"
    })
final class ConformanceCommand implements Callable<Integer> {

  private static final double LONGEST_TIMEOUT_SECONDS = 60;
  private static final double LONGEST_TALK_SECONDS = 3600;

  private final Stdio stdio;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private final RequiredServer server = new RequiredServer();

  @Option(names = "--list", description = "List the cases and exit.")
  private boolean list;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "ID",
      description =
          "Run only these cases: ids, or their first parts (relay, violation.utf8). With"
              + " --sessions, tcp or ws runs the cases over that one only.")
  private List<String> only = new ArrayList<>();

  @Option(names = "--strict", description = "Count every SHOULD like a MUST.")
  private boolean strict;

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description = "Also write the results to this file, as JUnit XML.")
  private @Nullable Path junit;

  @Option(
      names = "--timeout",
      paramLabel = "S",
      defaultValue = "5",
      description =
          "Seconds to wait for anything the server must do, 0.1 to 60. Default: ${DEFAULT-VALUE}.")
  private double timeoutSeconds;

  @Option(
      names = "--talk-for",
      paramLabel = "S",
      defaultValue = "10",
      description = {
        "Seconds to keep the room busy, 0.1 to 3600, to find a server that breaks after some time."
            + " (Other cases find one that breaks after a number of messages, bytes or members.)"
            + " Messages that the server delays are received for as long. Default:"
            + " ${DEFAULT-VALUE}, which is no longer than other cases wait."
      })
  private double talkSeconds;

  @Option(names = "--sessions", description = "Judge by SESSIONS.md, over TCP and over WebSocket.")
  private boolean sessions;

  @Option(
      names = "--seed-room",
      paramLabel = "ROOM",
      defaultValue = "lobby",
      description =
          "The room that sessions share with programs of the seed's protocol. Default:"
              + " ${DEFAULT-VALUE}.")
  private String seedRoom = "";

  @Option(
      names = "--sessions-talk",
      description =
          "While the cases run, let two sessions post in that room, and check that they miss"
              + " nothing without a gap.")
  private boolean sessionsTalk;

  @Option(
      names = "--stop",
      paramLabel = "COMMAND",
      description =
          "With --sessions: run this shell command at the end, and judge how the server stops.")
  private @Nullable String stop;

  @Mixin private final KeyOption keyOption = new KeyOption();

  private boolean nothingMissed = true;

  ConformanceCommand(Stdio stdio) {
    this.stdio = stdio;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    ConformanceKit kit = kit();
    Duration timeout = seconds("--timeout", timeoutSeconds, LONGEST_TIMEOUT_SECONDS);
    Duration talk = seconds("--talk-for", talkSeconds, LONGEST_TALK_SECONDS);
    PrintWriter out = spec.commandLine().getOut();
    if (list) {
      kit.list(out);
      return 0;
    }
    checkPlace(junit);
    ConformanceKit.Outcome outcome =
        judge(kit, server.address("judge: the kit floods the room"), timeout, talk);
    outcome.print(out, canShowUnicode(), strict);
    if (junit != null) {
      try {
        KeptFile.ordinary(junit).replace(outcome.junit(strict));
      } catch (IOException e) {
        throw cannotWrite(junit, e);
      }
    }
    return outcome.conforms(strict) && nothingMissed ? 0 : 1;
  }

  /** Checks that the report can be written there before judging, which can take minutes. */
  private static void checkPlace(@Nullable Path report) throws IOException {
    Path directory = report == null ? null : report.toAbsolutePath().getParent();
    if (report == null || directory == null || Files.isDirectory(directory)) {
      return;
    }
    throw cannotWrite(
        report,
        Files.exists(directory)
            ? new NotDirectoryException(directory.toString())
            : new NoSuchFileException(directory.toString()));
  }

  private static IOException cannotWrite(Path report, IOException e) {
    return new IOException(
        "cannot write " + NativePath.show(report) + ": " + FileTrouble.reason(e), e);
  }

  private ConformanceKit.Outcome judge(
      ConformanceKit kit, ServerAddress address, Duration timeout, Duration talk)
      throws IOException, InterruptedException {
    try {
      List<InetSocketAddress> addresses =
          Stream.of(InetAddress.getAllByName(address.host()))
              .map(each -> new InetSocketAddress(each, address.port()))
              .toList();
      InetSocketAddress server = ConformanceKit.firstToAnswer(addresses, timeout);
      return sessionsTalk
          ? judgeWhileSessionsTalk(kit, server, timeout, talk)
          : kit.judge(server, timeout, talk, this::showProgress);
    } catch (UnknownHostException e) {
      throw new IOException(address.host() + " is not a known host, check its spelling", e);
    } catch (ConnectException e) {
      throw new IOException(
          "cannot connect to "
              + address
              + ": it refused the connection, check that a server runs there and that the port is"
              + " right",
          e);
    } catch (BackgroundSessions.CannotPostException e) {
      throw new IOException(
          "sessions cannot post in the room %s of %s: %s"
              .formatted(seedRoom, address, e.getMessage()),
          e);
    } catch (IOException e) {
      throw new IOException("cannot connect to " + address + ": " + FileTrouble.reason(e), e);
    }
  }

  private static void run(String command) throws IOException {
    new ProcessBuilder("sh", "-c", command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private ConformanceKit.Outcome judgeWhileSessionsTalk(
      ConformanceKit kit, InetSocketAddress server, Duration timeout, Duration talk)
      throws IOException, InterruptedException {
    try (BackgroundSessions background = BackgroundSessions.in(server, seedRoom, timeout)) {
      ConformanceKit.Outcome outcome = kit.judge(server, timeout, talk, this::showProgress);
      String fault = background.fault();
      if (fault != null) {
        stdio.err().println("the sessions of --sessions-talk: " + fault);
        stdio.err().flush();
        nothingMissed = false;
      }
      return outcome;
    }
  }

  private ConformanceKit kit() throws IOException {
    if (stop != null && !sessions) {
      throw usage(
          "--stop: expected --sessions with it, because only SESSIONS.md says how a server stops");
    }
    if (keyOption.isGiven() && !sessions) {
      throw usage(
          "--key-file: expected --sessions with it, because the seed's protocol has no keys");
    }
    String key = sessions ? keyOption.key(System.getenv()) : null;
    String command = stop;
    SessionServer.Stop stopping = command == null ? null : () -> run(command);
    try {
      return sessions
          ? SessionCases.kit(only, new SessionServer(seedRoom, stopping, key))
          : ConformanceKit.of(only);
    } catch (IllegalArgumentException e) {
      throw usage("--only: " + e.getMessage());
    }
  }

  private Duration seconds(String option, double seconds, double longest) {
    if (!(seconds >= 0.1 && seconds <= longest)) {
      throw usage(
          "%s: expected 0.1 to %.0f seconds, but it is %s".formatted(option, longest, seconds));
    }
    return Duration.ofMillis(Math.round(seconds * 1000));
  }

  /** Shows the id of the current case in one line of a terminal. */
  private void showProgress(String id) {
    if (stdio.terminal()) {
      stdio.err().printf("\r%-60s\r", id);
      stdio.err().flush();
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

  private ParameterException usage(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }
}
