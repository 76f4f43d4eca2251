package io.chatroom.client.cli;

import io.chatroom.client.KnownServers;
import io.chatroom.client.ServerAddress;
import io.chatroom.client.SessionClient;
import io.chatroom.client.TlsTrust;
import io.chatroom.client.chat.Bell;
import io.chatroom.client.chat.ChatSession;
import io.chatroom.client.chat.Completion;
import io.chatroom.client.chat.Farewell;
import io.chatroom.client.chat.InDoubt;
import io.chatroom.client.chat.NamesHeard;
import io.chatroom.client.chat.Network;
import io.chatroom.client.chat.Places;
import io.chatroom.client.chat.Protocols;
import io.chatroom.client.chat.Settings;
import io.chatroom.client.chat.SettingsFile;
import io.chatroom.client.terminal.LineWindow;
import io.chatroom.client.terminal.NameColours;
import io.chatroom.client.terminal.PlainWindow;
import io.chatroom.client.terminal.Stdio;
import io.chatroom.client.terminal.Window;
import io.chatroom.protocol.Limits;
import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.system.Spelling;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code chat}: one window for reading and writing. The prompt does not wait for the connection,
 * and other threads load the classes that are needed later.
 */
@Command(
    name = ChatCommand.NAME,
    description = {
      "Chat in one window. This is the default command.",
      "",
      "Messages scroll above the line that you type. After a lost connection chat reconnects, sends"
          + " what you typed meanwhile, once, and shows what others posted meanwhile, or a line about"
          + " what is missing. /help lists the commands; Alt-1 to Alt-9 switch between rooms.",
      "",
      "A server that speaks only the seed's protocol has one room and no history: messages sent while"
          + " there is no connection are missed.",
      "",
      "If neither the command line nor the environment names a server, chat connects to the last one,"
          + " with TLS if it used TLS then."
    },
    exitCodeList = {
      "0:left in order, and the server has acknowledged everything; in the seed's protocol,"
          + " everything was sent",
      "1:a message was not acknowledged or not sent, or with --no-reconnect the connection was lost",
      "2:the command line or the settings were wrong, or there is no terminal"
    })
final class ChatCommand implements Callable<Integer> {

  static final String NAME = "chat";

  private final Stdio stdio;
  private final Map<String, String> environment;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec command;

  @Mixin private final ServerParameter server = new ServerParameter();
  @Mixin private final TlsOptions tls = new TlsOptions();
  @Mixin private final ProtocolOptions protocol = new ProtocolOptions();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      parameterConsumer = TextConsumer.class,
      description =
          "The name that the others see. Default: the environment's "
              + SendCommand.NAME_VARIABLE
              + ", else the one you entered the first time.")
  private @Nullable String name;

  @Option(
      names = "--no-color",
      description = "Do not colour names. Setting NO_COLOR does the same.")
  private boolean noColor;

  @Option(
      names = "--bell",
      paramLabel = "WHEN",
      description =
          "Ring the bell at every message (all), when one mentions your name (mention, the default),"
              + " or never (off).")
  private @Nullable Bell bell;

  @Option(
      names = "--no-reconnect",
      description = "Exit when there is no connection, instead of reconnecting.")
  private boolean noReconnect;

  @Option(
      names = "--room",
      paramLabel = "ROOM",
      parameterConsumer = TextConsumer.class,
      description =
          "Join this room. May be repeated; the first one is shown. Default: the room of the seed's"
              + " programs, lobby on most servers. Needs a session.")
  private @Nullable List<String> rooms;

  @Option(
      names = "--last",
      paramLabel = "N",
      description =
          "Begin with the last N messages of each room, or as many as the server keeps; 20 by"
              + " default. Sessions only.")
  private int last = 20;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The file in which name, server and other settings are kept, in JSON.")
  private @Nullable Path config;

  ChatCommand(Stdio stdio, Map<String, String> environment) {
    this.stdio = stdio;
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException {
    refuseTypos();
    ServerAddress given = server.given();
    List<RoomName> first = ProtocolOptions.rooms(rooms, command);
    if (last < 0) {
      throw usage("--last: expected 0 or more, but it is " + last);
    }
    Places places = Places.here(environment);
    SettingsFile file = new SettingsFile(config != null ? config : places.settings());
    if (!stdio.terminal()) {
      throw usage("chat needs a terminal; scripts use send and listen");
    }
    Settings settings = read(file);
    ServerAddress address = address(given, settings);
    TlsTrust trust = tls.trust(environment, settings.tls() && address.equals(remembered(settings)));
    String known = knownName(settings);
    boolean encrypted = trust != null;
    Protocols protocols =
        protocol.protocols(encrypted, rooms == null ? null : "--room", environment);
    Secrets secrets = protocol.secrets(environment);
    Network network =
        new Network(
            TlsOptions.client(trust),
            (to, orSeed) ->
                (to.equals(address) ? secrets : secrets.withoutKey()) // /server goes elsewhere
                    .in(sessions(trust))
                    .welcomeTimeout(ProtocolOptions.welcomeTimeout(orSeed)),
            first,
            last,
            !noReconnect,
            secrets.names());
    Completion completion = new Completion(new NamesHeard());
    StopOnSignal onSignal = null;
    try {
      ChatSession session;
      Farewell farewell;
      boolean refused;
      try (Window window = window(settings, places, completion)) {
        String mine = known != null ? known : ask(window, file);
        if (mine == null) {
          stdio.complain("no name was given");
          return 1;
        }
        session =
            new ChatSession(
                address,
                mine,
                network,
                protocols,
                new KnownServers(places.knownServers()),
                window,
                completion,
                clock(),
                joined -> remember(joined, encrypted, file, window));
        window.onRoomKey(session::switchTo);
        session.over().thenRun(window::interrupt);
        onSignal = new StopOnSignal(window::interrupt);
        session.start();
        talk(window, session);
        farewell = Await.result(session.leave());
        refused = window.hasRefused();
      }
      return end(session, farewell) || refused ? 1 : 0;
    } finally {
      if (onSignal != null) {
        onSignal.done();
      }
    }
  }

  private static SessionClient.Builder sessions(@Nullable TlsTrust trust) {
    SessionClient.Builder settings = SessionClient.builder().agent("chat-client chat");
    return trust == null ? settings : settings.tls(trust);
  }

  /** Refuses a misspelt command, which would otherwise be looked up as a host. */
  private void refuseTypos() {
    String typo = typo();
    if (typo != null) {
      throw usage(typo);
    }
  }

  /** The sentence for a server argument that is probably a misspelt command; else null. */
  @Nullable String typo() {
    String word = server.text();
    CommandSpec root = command.parent();
    String meant =
        word == null || root == null ? null : Spelling.nearest(word, root.subcommands().keySet());
    if (word == null || meant == null) {
      return null;
    }
    return word.equals(meant)
        ? "the command " + word + " comes first, before its options"
        : "\""
            + word
            + "\" is not a command, did you mean "
            + meant
            + "? To chat on a host of that name add its port, as in "
            + word
            + ":"
            + ServerAddress.DEFAULT_PORT;
  }

  private Settings read(SettingsFile file) {
    try {
      return file.read();
    } catch (IOException e) {
      throw usage(VisibleText.of(String.valueOf(e.getMessage())));
    }
  }

  private ServerAddress address(@Nullable ServerAddress given, Settings settings) {
    if (given != null) {
      return given;
    }
    ServerAddress fromEnvironment = server.fromEnvironment(environment);
    if (fromEnvironment != null) {
      return fromEnvironment;
    }
    return remembered(settings);
  }

  /** The server of last time. Naming it again does not switch off its TLS. */
  private static ServerAddress remembered(Settings settings) {
    return settings.server() != null ? settings.server() : ServerAddress.LOCAL;
  }

  private @Nullable String knownName(Settings settings) {
    String variable = environment.getOrDefault(SendCommand.NAME_VARIABLE, "");
    String known = name != null ? name : variable.isEmpty() ? settings.name() : variable;
    if (known != null && tooLong(known)) {
      throw usage("the name has more than " + Limits.DEFAULT.maxNameBytes() + " bytes of UTF-8");
    }
    return known;
  }

  private static boolean tooLong(String name) {
    return name.getBytes(StandardCharsets.UTF_8).length > Limits.DEFAULT.maxNameBytes();
  }

  private static Clock clock() {
    return Clock.system(ZoneId.systemDefault());
  }

  private ParameterException usage(String sentence) {
    return new ParameterException(command.commandLine(), sentence);
  }

  private Window window(Settings settings, Places places, Completion completion) {
    Clock clock = clock();
    Bell when = bell != null ? bell : settings.bell();
    if (environment.getOrDefault("TERM", "").equals("dumb")) {
      return new PlainWindow(stdio, when, clock);
    }
    NameColours colours =
        noColor || !settings.color() ? NameColours.NONE : NameColours.of(stdio, environment);
    try {
      return LineWindow.open(colours, when, clock, places.history(), completion);
    } catch (IOException e) {
      return new PlainWindow(stdio, when, clock);
    }
  }

  /** Asks until there is a valid answer, which is remembered. */
  private @Nullable String ask(Window window, SettingsFile file) throws IOException {
    String known = LoginName.of(environment);
    String login = known == null ? "" : known;
    String answer = window.ask("Your name in the room", login);
    while (answer != null && (answer.isBlank() || tooLong(answer))) {
      window.note(
          answer.isBlank()
              ? "this machine does not know your name, expected the name that the others see"
              : "a name has at most " + Limits.DEFAULT.maxNameBytes() + " bytes of UTF-8");
      answer = window.ask("Your name in the room", login);
    }
    if (answer != null) {
      String name = answer;
      change(file, now -> now.withName(name), window);
    }
    return answer;
  }

  /** Remembers the server, unless it comes from the environment, which will name it again. */
  private void remember(ServerAddress joined, boolean encrypted, SettingsFile file, Window window) {
    Settings settings;
    try {
      settings = file.read();
    } catch (IOException e) {
      window.note(String.valueOf(e.getMessage()));
      return;
    }
    boolean asBefore = joined.equals(remembered(settings)) && encrypted == settings.tls();
    if (!asBefore && !joined.equals(server.fromEnvironment(environment))) {
      change(file, now -> now.withServer(joined).withTls(encrypted), window);
    }
  }

  private static void change(SettingsFile file, UnaryOperator<Settings> change, Window window) {
    try {
      file.change(change);
    } catch (IOException e) {
      window.note(String.valueOf(e.getMessage()));
    }
  }

  /** Reads and handles lines until the user leaves, or the conversation is over for good. */
  private static void talk(Window window, ChatSession session) throws IOException {
    String typed = "";
    while (!session.over().isDone()) {
      Window.Input input = window.read(typed);
      typed = "";
      if (input.key() == Window.Key.END
          || (input.key() == Window.Key.INTERRUPT && input.text().isEmpty())) {
        return;
      }
      if (input.key() == Window.Key.ENTER) {
        switch (session.typed(input.text())) {
          case DONE -> {}
          case REFUSED -> typed = input.text();
          case LEAVE -> {
            return;
          }
        }
      }
    }
  }

  /** Prints what went wrong; false if nothing did. */
  private boolean end(ChatSession session, Farewell farewell) {
    String trouble = session.over().isDone() ? session.over().getNow("") : farewell.trouble();
    if (trouble != null) {
      stdio.complain(trouble);
    }
    farewell.doubtful().forEach(text -> stdio.complain(InDoubt.sentence(text)));
    if (!farewell.unsent().isEmpty()) {
      stdio.complain("not sent: " + String.join(" | ", farewell.unsent()));
    }
    return trouble != null || !farewell.isInOrder();
  }
}
