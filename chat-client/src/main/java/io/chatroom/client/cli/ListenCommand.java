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
      "Print what is said in the room, a line for each message: NAME:    MESSAGE",
      "",
      "Characters that would steer a terminal are shown, not obeyed; output is UTF-8. Each message is"
          + " printed as it comes, into a pipe too. That nobody reads the pipe any more shows with the"
          + " next message, not earlier.",
      "",
      "In a session, with --room, --last, --since, --after or --protocol session, a lost connection is"
          + " made again and nothing is missed; a server of which nothing is heard for 60 s is given up."
          + " What cannot be had any more is a line of its own: -- gap in ROOM.",
      "",
      "--count, --match and --for together wait for a word: listen --match DONE --count 1 --for 10m"
    },
    exitCodeList = {
      "0:--count messages were printed, or the time of --for is over and no --count was asked for, or"
          + " the reader of the output has gone",
      "1:the time of --for is over and there were fewer than --count, or the server has gone, or there"
          + " was no connection, or what answers is no chat server",
      "2:the command line was wrong"
    })
final class ListenCommand implements Callable<Integer> {

  /**
   * How long a server may take to end the stream after us. We have sent nothing that could get
   * lost, but a program that is no chat server may show it only now.
   */
  private static final Duration LEAVING = Duration.ofSeconds(2);

  /** What ended the listening, if it was not the connection. */
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
      description = "What to register as. Default: " + DEFAULT_NAME + ".")
  private @Nullable String name;

  @Option(
      names = "--json",
      description =
          "Print a JSON object for each message instead, with name, text and at (when it arrived), and"
              + " in a session with room, seq and epoch, where at is the server's time. A gap is an"
              + " object with gap (why), from, to, room and epoch. What an owner of its name said has"
              + " owned, true. A message that was taken back later is told by an object with deleted"
              + " (its seq), by, at, room, seq and epoch.")
  private boolean json;

  @Option(
      names = "--marks",
      description =
          "Print ? in front of a name that its speaker has not shown to be theirs, into a pipe too, where"
              + " names can belong to somebody; at a terminal that is always so. --json has owned"
              + " instead.")
  private boolean marks;

  @Option(
      names = "--no-color",
      description = "Do not colour names; nor does it when NO_COLOR is set, or into a pipe.")
  private boolean noColor;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "End after N messages were printed, with exit code 0.")
  private @Nullable Integer count;

  @Option(
      names = "--match",
      paramLabel = "REGEX",
      parameterConsumer = TextConsumer.class,
      description =
          "Print only messages with a match of this regular expression, as Java has them, somewhere in"
              + " their text; (?i) in front ignores case. A message that it would take too long to"
              + " match, a second or so, is not printed, and the first of them is told.")
  private @Nullable String match;

  @Option(
      names = "--for",
      paramLabel = "DURATION",
      description =
          "End after this time, like 500ms, 10s, 2m or 1h, counted from when the connection is there:"
              + " with exit code 0, or 1 if --count messages were asked for and have not come.")
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
            ? "only " + messages.printed() + " of " + count + " came within " + longest.text()
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
   * A program that is no chat server may show it only while we leave. Other failures at that time
   * do not matter, as we have all messages.
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
