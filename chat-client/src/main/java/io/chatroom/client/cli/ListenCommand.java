package io.chatroom.client.cli;

import io.chatroom.client.ChatClient;
import io.chatroom.client.ChatException;
import io.chatroom.client.Ending;
import io.chatroom.client.RefusedException;
import io.chatroom.client.ServerAddress;
import io.chatroom.client.SessionAddress;
import io.chatroom.client.SessionClient;
import io.chatroom.client.Start;
import io.chatroom.client.TlsTrust;
import io.chatroom.client.terminal.JsonPrinter;
import io.chatroom.client.terminal.MessagePrinter;
import io.chatroom.client.terminal.NameColours;
import io.chatroom.client.terminal.Stdio;
import io.chatroom.client.terminal.TextPrinter;
import io.chatroom.protocol.ProtocolException;
import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.RoomName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code listen}: prints the messages of rooms until the connection ends, or there were enough. */
@Command(
    name = "listen",
    description = {
      "Print the messages of rooms, one per line: NAME:    MESSAGE",
      "",
      "Control characters are shown, not obeyed; output is UTF-8. Each message is printed as it"
          + " arrives, into a pipe, too. If the reader of the pipe is gone, the command ends at the"
          + " next message.",
      "",
      "In a session, with --room, --last, --since, --after or --protocol session, listen reconnects and"
          + " misses nothing; it gives up a server that is silent for 60 s. Messages that the server"
          + " no longer has are reported on a line of their own: -- gap in ROOM.",
      "",
      "To wait for a word: listen --match DONE --count 1 --for 10m"
    },
    exitCodeList = {
      "0:--count messages were printed, or the time of --for is over without --count, or the reader of"
          + " the output is gone",
      "1:the time of --for is over and fewer than --count messages arrived, or the connection was lost"
          + " or could not be made, or the other side is not a chat server",
      "2:the command line was wrong"
    })
final class ListenCommand implements Callable<Integer> {

  /**
   * Maximum time for the server to end the stream after us. Nothing we have sent can get lost, but
   * a program that is not a chat server may show it only now.
   */
  private static final Duration LEAVING = Duration.ofSeconds(2);

  /** The result when the time of {@code --for} is over. */
  private static final Object TIME_IS_OVER = new Object();

  private static final String DEFAULT_NAME = "msg_screen";

  private final Stdio stdio;
  private final Map<String, String> environment;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private final ServerParameter server = new ServerParameter();
  @Mixin private final TlsOptions tls = new TlsOptions();
  @Mixin private final ProtocolOptions protocol = new ProtocolOptions();
  @Mixin private final HearingOptions hearing = new HearingOptions();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      parameterConsumer = TextConsumer.class,
      description = "The name to register. Default: " + DEFAULT_NAME + ".")
  private @Nullable String name;

  @Option(
      names = "--json",
      description =
          "Print a JSON object for each message, with name, text and at (its time of arrival). In a"
              + " session, at is the server's time, and the object has room, seq and epoch, too; owned"
              + " is true if the author owns the name. A gap is an object with gap (the reason), from,"
              + " to, room and epoch. The deletion of a message is an object with deleted (its seq),"
              + " by, at, room, seq and epoch.")
  private boolean json;

  @Option(
      names = "--marks",
      description =
          "Print ? in front of names whose authors have not proved to own them, on servers with owned"
              + " names. At a terminal this is the default; --json has owned instead.")
  private boolean marks;

  @Option(
      names = "--no-color",
      description = "Do not colour names. Setting NO_COLOR, or writing to a pipe, does the same.")
  private boolean noColor;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Exit with code 0 after printing N messages.")
  private @Nullable Integer count;

  @Option(
      names = "--match",
      paramLabel = "REGEX",
      parameterConsumer = TextConsumer.class,
      description =
          "Print only messages whose text contains a match of this regular expression (Java syntax);"
              + " (?i) in front ignores case. A message whose matching would take too long, about a"
              + " second, is not printed; the first one is reported.")
  private @Nullable String match;

  @Option(
      names = "--for",
      paramLabel = "DURATION",
      description =
          "Exit after this time, like 500ms, 10s, 2m or 1h, counted from the connection: with code 0,"
              + " or 1 if fewer than --count messages were printed.")
  private @Nullable String time;

  ListenCommand(Stdio stdio, Map<String, String> environment) {
    this.stdio = stdio;
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException {
    WantedMessages messages = new WantedMessages(stdio, printer(), filter(), most());
    TimeSpan longest = timeSpan();
    HeardRooms heard =
        new HeardRooms(
            messages, hearing.sinceMillis(InstantSource.system()), marks || stdio.terminal());
    Start start = hearing.start();
    List<RoomName> rooms = hearing.rooms();
    ServerAddress address = server.address(environment);
    TlsTrust trust = tls.trust(environment);
    boolean comesBack = protocol.mustBeSession(hearing.given());
    Secrets secrets = protocol.secrets(environment);
    ServerWatch watch = new ServerWatch(comesBack, messages::onPause);
    SessionClient session =
        protocol.session(
            address,
            trust != null,
            hearing.given(),
            environment,
            welcomeTimeout -> {
              SessionClient.Builder settings =
                  secrets
                      .in(SessionClient.builder())
                      .agent("chat-client listen")
                      .listener(watch)
                      .closeTimeout(LEAVING)
                      .welcomeTimeout(welcomeTimeout);
              rooms.forEach(room -> settings.room(room, start, heard));
              if (trust != null) {
                settings.tls(trust);
              }
              return tls.introduced(() -> begin(settings, address), stdio, environment);
            });
    if (session == null) {
      return listen(address, trust, messages, longest);
    }
    if (rooms.isEmpty()) {
      session.join(ProtocolOptions.usualRoom(session), start, heard);
    }
    return listen(session, heard, watch, messages, longest);
  }

  /** A listener can use any free name. */
  private SessionClient begin(SessionClient.Builder settings, ServerAddress address)
      throws ChatException {
    SessionAddress where = SessionAddress.of(address);
    try {
      return settings.connect(where, name == null ? DEFAULT_NAME : name);
    } catch (RefusedException e) {
      if (name != null
          || !protocol.mustBeSession(hearing.given())
          || !e.code().equals(Code.NAME_TAKEN.text())) {
        throw e;
      }
      int suffix = ThreadLocalRandom.current().nextInt(1_000_000_000);
      return settings.connect(where, DEFAULT_NAME + "-" + suffix);
    }
  }

  private int listen(
      SessionClient session,
      HeardRooms heard,
      ServerWatch watch,
      WantedMessages messages,
      @Nullable TimeSpan longest)
      throws IOException {
    try (session) {
      return await(
          CompletableFuture.anyOf(messages.enough(), heard.left(), watch.gone(session)),
          messages,
          longest);
    } catch (IOException e) {
      return unlessUnread(e);
    }
  }

  private int listen(
      ServerAddress address,
      @Nullable TlsTrust trust,
      WantedMessages messages,
      @Nullable TimeSpan longest)
      throws IOException {
    ChatClient.Builder settings = TlsOptions.client(trust).closeTimeout(LEAVING);
    ChatClient joined;
    int exitCode;
    try (ChatClient client =
        tls.introduced(
            () -> settings.connect(address, name == null ? DEFAULT_NAME : name, messages),
            stdio,
            environment)) {
      joined = client;
      exitCode =
          await(CompletableFuture.anyOf(messages.enough(), client.closed()), messages, longest);
    } catch (IOException e) {
      return unlessUnread(e);
    }
    failAfterViolation(joined.closed());
    if (exitCode == 0 || messages.printed() > 0) {
      protocol.seedWorks();
    }
    return exitCode;
  }

  private int await(
      CompletableFuture<Object> over, WantedMessages messages, @Nullable TimeSpan longest)
      throws IOException {
    if (longest != null) {
      over.completeOnTimeout(TIME_IS_OVER, longest.duration().toMillis(), TimeUnit.MILLISECONDS);
    }
    Object reason = Await.result(over);
    if (messages.enough().isDone() || (reason == TIME_IS_OVER && count == null)) {
      return 0;
    }
    stdio.complain(
        longest != null && reason == TIME_IS_OVER
            ? "only " + messages.printed() + " of " + count + " arrived within " + longest.text()
            : "connection is gone");
    return 1;
  }

  /**
   * The exit code is 0 if the output's reader has gone, unless {@link ClientCommand} finds that
   * output was lost.
   */
  private static int unlessUnread(IOException e) throws IOException {
    if (e.getCause() instanceof UncheckedIOException) {
      return 0;
    }
    throw e;
  }

  /**
   * A program that is not a chat server may show it only while we leave. Other failures at that
   * time do not matter, as all messages have arrived.
   */
  private static void failAfterViolation(CompletableFuture<Ending> closed) throws IOException {
    try {
      Await.result(closed);
    } catch (ChatException e) {
      if (e.getCause() instanceof ProtocolException) {
        throw e;
      }
    }
  }

  private long most() {
    if (count == null) {
      return Long.MAX_VALUE;
    }
    if (count < 1) {
      throw usage("--count: expected 1 or more, but it is " + count);
    }
    return count;
  }

  private @Nullable TextFilter filter() {
    try {
      return match == null ? null : new TextFilter(Pattern.compile(match));
    } catch (PatternSyntaxException e) {
      throw usage(
          "--match is \"" + match + "\", expected a regular expression: " + e.getDescription());
    }
  }

  private @Nullable TimeSpan timeSpan() {
    if (time == null) {
      return null;
    }
    return TimeSpan.parse(time)
        .orElseThrow(() -> usage("--for is \"" + time + "\", expected " + TimeSpan.EXPECTED));
  }

  private ParameterException usage(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }

  private MessagePrinter printer() {
    if (json) {
      return new JsonPrinter(stdio.out(), InstantSource.system());
    }
    return new TextPrinter(
        stdio.out(),
        noColor ? NameColours.NONE : NameColours.of(stdio, environment),
        hearing.rooms().size() > 1);
  }
}
