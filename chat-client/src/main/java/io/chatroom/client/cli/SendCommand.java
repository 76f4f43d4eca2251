package io.chatroom.client.cli;

import io.chatroom.client.ChatClient;
import io.chatroom.client.ServerAddress;
import io.chatroom.client.SessionAddress;
import io.chatroom.client.SessionClient;
import io.chatroom.client.Start;
import io.chatroom.client.TlsTrust;
import io.chatroom.client.chat.Places;
import io.chatroom.client.terminal.LineInput;
import io.chatroom.client.terminal.Prompt;
import io.chatroom.client.terminal.Stdio;
import io.chatroom.protocol.Limits;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.system.Output;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code send}: sends messages from a terminal, a pipe or the command line.
 *
 * <p>Input is read on a thread of its own, because nothing can interrupt a read from a terminal:
 * when the connection is lost, the command ends without waiting for the next Enter.
 */
@Command(
    name = "send",
    description = {
      "Send messages to a room: each line of the input is a message. Empty lines are skipped.",
      "",
      "At a terminal it asks for the name and for each line; from a pipe it asks nothing. A line that"
          + " is not UTF-8, or has more than 65536 bytes, is refused; from a pipe it ends the command"
          + " with exit code 1, after the lines before it were sent.",
      "",
      "In a session, send reconnects and resends unacknowledged messages, which the server stores"
          + " once; it gives up a server that is silent for 60 s."
    },
    exitCodeList = {
      "0:in a session: the server has acknowledged every message. In the seed's protocol: everything"
          + " was sent, and the connection was closed in order (send waits 2 s, and longer after"
          + " megabytes, for a server to close its side)",
      "1:a message was not sent or not acknowledged: it is too long or not UTF-8, the server refused"
          + " it, the connection was lost or could not be made, or the other side is not a chat"
          + " server. In the seed's protocol a server also closes the connection over a name or a"
          + " message that is too long. Each unacknowledged message is printed; in the seed's protocol"
          + " only on Linux, where the server's system acknowledges",
      "2:the command line was wrong"
    })
final class SendCommand implements Callable<Integer> {

  static final String NAME_VARIABLE = "CHAT_NAME";

  /** The longest prefix of ids, so that a number still fits. */
  private static final int MAX_ID_BYTES = 48;

  private final Stdio stdio;
  private final Map<String, String> environment;
  private final LineInput input;
  private final Prompt namePrompt;
  private final Prompt prompt;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private final ServerParameter server = new ServerParameter();
  @Mixin private final TlsOptions tls = new TlsOptions();
  @Mixin private final ProtocolOptions protocol = new ProtocolOptions();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      parameterConsumer = TextConsumer.class,
      description =
          "The name that the others see. Default: the environment's "
              + NAME_VARIABLE
              + "; else a terminal asks for it, and a pipe uses the login name, so that every line of"
              + " its input is a message.")
  private @Nullable String name;

  @Option(
      names = "--message",
      paramLabel = "TEXT",
      parameterConsumer = TextConsumer.class,
      description = "Send this text, and read no input. May be repeated.")
  private @Nullable List<String> messages;

  @Option(names = "--lines", description = "Each line of the input is a message; the default.")
  private boolean lines;

  @Option(
      names = "--whole",
      description =
          "The whole input is one message, with its line ends, except for the last one. Empty input"
              + " sends nothing; input that is too long is refused.")
  private boolean whole;

  @Option(
      names = "--room",
      paramLabel = "ROOM",
      parameterConsumer = TextConsumer.class,
      description =
          "Send to this room, which is created if it does not exist. Default: the room of the seed's"
              + " programs, lobby on most servers. Needs a session.")
  private @Nullable String room;

  @Option(
      names = "--to",
      paramLabel = "NAME",
      parameterConsumer = TextConsumer.class,
      description =
          "Send to this person privately. Both names must be owned. Needs a session with a server that"
              + " has private messages.")
  private @Nullable String to;

  @Option(
      names = "--id",
      paramLabel = "ID",
      parameterConsumer = TextConsumer.class,
      description =
          "Give the first message the id ID-1, the next ID-2 and so on. Run again, the same command"
              + " posts only the messages that the server does not have, for as long as it keeps"
              + " messages. Needs a session.")
  private @Nullable String id;

  SendCommand(Stdio stdio, Map<String, String> environment) {
    this.stdio = stdio;
    this.environment = environment;
    input = new LineInput(stdio, Limits.DEFAULT.maxMessageBytes());
    namePrompt = new Prompt(stdio, input);
    prompt = new Prompt(stdio, input);
  }

  @Override
  public Integer call() throws IOException {
    if ((messages == null ? 0 : 1) + (lines ? 1 : 0) + (whole ? 1 : 0) > 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--message, --lines and --whole exclude each other, give one of them");
    }
    RoomName asked = destination();
    if (id != null && id.getBytes(StandardCharsets.UTF_8).length > MAX_ID_BYTES) {
      throw usage("--id has more than " + MAX_ID_BYTES + " bytes, expected 1 to " + MAX_ID_BYTES);
    }
    ServerAddress address = server.address(environment);
    String sender = sender();
    if (sender == null) {
      stdio.complain("no name was given");
      return 1;
    }
    Sending.Source source = source(sender);
    Sending sending = sending(address, sender, asked);
    IOException trouble = null;
    try (sending) {
      awaitFirst(inBackground(() -> sending.send(source)), sending.gone());
    } catch (Output.FailedException e) {
      throw e;
    } catch (IOException e) {
      trouble = e;
    }
    return sending.tell(trouble, stdio::complain) && !prompt.hasRefused() ? 0 : 1;
  }

  /** Null for the server's default. */
  private @Nullable RoomName destination() {
    if (room != null && to != null) {
      throw usage("--room and --to exclude each other, give one of them");
    }
    try {
      return room != null ? RoomName.of(room) : to != null ? RoomName.of("@" + to) : null;
    } catch (IllegalArgumentException e) {
      throw usage((room != null ? "--room: " : "--to: ") + e.getMessage());
    }
  }

  private @Nullable String needsSession() {
    return room != null ? "--room" : to != null ? "--to" : id != null ? "--id" : null;
  }

  private ParameterException usage(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }

  private Sending sending(ServerAddress address, String sender, @Nullable RoomName asked)
      throws IOException {
    TlsTrust trust = tls.trust(environment);
    ServerWatch watch = new ServerWatch(true, () -> {});
    SessionClient session =
        protocol.session(
            address,
            trust != null,
            needsSession(),
            environment,
            welcomeTimeout ->
                tls.introduced(
                    () ->
                        sessions(trust)
                            .listener(watch)
                            .welcomeTimeout(welcomeTimeout)
                            .connect(SessionAddress.of(address), sender),
                    stdio,
                    environment));
    if (session != null) {
      RoomName where = asked == null ? ProtocolOptions.usualRoom(session) : asked;
      enter(session, where, watch);
      return new SessionSending(session, address, watch, where, id);
    }
    ChatClient client =
        tls.introduced(
            () -> TlsOptions.client(trust).connect(address, sender, (self, message) -> {}),
            stdio,
            environment);
    return new SeedSending(client, protocol::seedWorks);
  }

  /**
   * Keeps the client's identity if the server must recognise repeated posts, which it does for the
   * same client only.
   */
  private SessionClient.Builder sessions(@Nullable TlsTrust trust) throws IOException {
    SessionClient.Builder settings =
        protocol.secrets(environment).in(SessionClient.builder().agent("chat-client send"));
    if (trust != null) {
      settings.tls(trust);
    }
    if (id != null) {
      settings.clientFile(Places.here(environment).knownServers().resolveSibling("client_id"));
    }
    return settings;
  }

  private static void enter(SessionClient session, RoomName where, ServerWatch watch)
      throws IOException {
    FromServer.Welcome welcome = session.welcome();
    try {
      if (!where.isPrivate()) {
        Await.result(
            CompletableFuture.anyOf(
                session.join(where, Start.live(), (self, message) -> {}), watch.gone(session)));
      } else if (welcome == null || !welcome.features().contains("private")) {
        throw new IOException(
            "--to needs a server with private messages, and this one has none: use --room");
      }
    } catch (IOException e) {
      session.close();
      throw e;
    }
  }

  private void awaitFirst(CompletableFuture<Void> allSent, CompletableFuture<?> gone)
      throws IOException {
    try {
      Await.result(CompletableFuture.anyOf(allSent, gone));
    } finally {
      if (asks() && !allSent.isDone()) {
        prompt.newLine();
      }
    }
  }

  private boolean asks() {
    return stdio.terminal() && messages == null;
  }

  private @Nullable String sender() throws IOException {
    if (name != null) {
      return name;
    }
    String variable = environment.getOrDefault(NAME_VARIABLE, "");
    if (!variable.isEmpty()) {
      return variable;
    }
    return asks() ? askForName() : login();
  }

  private String login() {
    String login = LoginName.of(environment);
    if (login == null) {
      throw new ParameterException(
          spec.commandLine(),
          "this machine has no login name for you, give a name with --name or " + NAME_VARIABLE);
    }
    return login;
  }

  /** An empty name is legal, but pressing Enter does not mean one. */
  private @Nullable String askForName() throws IOException {
    String answer = namePrompt.ask("username: ");
    while (answer != null && answer.isBlank()) {
      answer = namePrompt.ask("username: ");
    }
    return answer;
  }

  private Sending.Source source(String sender) {
    if (messages != null) {
      Iterator<String> given = messages.iterator();
      return () -> given.hasNext() ? given.next() : null;
    }
    if (whole) {
      return input::whole;
    }
    return asks() ? () -> prompt.ask(sender + ":") : input::next;
  }

  /** An action that may fail with an IOException. */
  private interface Task {
    void run() throws IOException;
  }

  /** On a daemon thread: a read from a terminal must not keep the JVM alive. */
  private static CompletableFuture<Void> inBackground(Task task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
                done.complete(null);
              } catch (IOException | RuntimeException e) {
                done.completeExceptionally(e);
              }
            },
            "input");
    thread.setDaemon(true);
    thread.start();
    return done;
  }
}
