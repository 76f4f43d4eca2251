package io.chatroom.client.chat;

import io.chatroom.client.ChatClient;
import io.chatroom.client.ChatException;
import io.chatroom.client.KnownServers;
import io.chatroom.client.ServerAddress;
import io.chatroom.client.UnknownServerException;
import io.chatroom.protocol.ChatMessage;
import io.chatroom.protocol.Limits;
import io.chatroom.system.FileTrouble;
import io.chatroom.system.Home;
import io.chatroom.system.NativePath;
import io.chatroom.system.UnreadableTextException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a person and a conversation: does what a typed line asks for, and says on the
 * screen what happens. Thread-safe, as the line comes from one thread and events from others.
 */
public final class ChatSession implements Conversation.Events {

  /** What became of a line. */
  public enum Reply {
    /** It was said or done. */
    DONE,
    /** It was neither, the screen says why; the person may mend it. */
    REFUSED,
    /** The person wants to leave. */
    LEAVE
  }

  /** How many names {@code /names} tells. */
  private static final int NAMES_TOLD = 100;

  /** After so many connections in a row that did not hold, the next are not told one by one. */
  private static final int TOLD_IN_VAIN = 2;

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

  private final String name;
  private final Screen screen;
  private final Clock clock;
  private final Consumer<ServerAddress> joined;
  private final KnownServers known;
  private final Mention mention;
  private final NamesHeard names;
  private final Transcript transcript = new Transcript();
  private final Conversation conversation;
  private final CompletableFuture<String> over = new CompletableFuture<>();

  private @Nullable String status;
  private List<String> waiting = List.of();
  private @Nullable Instant lostAt;
  private int inVain;
  private @Nullable UnknownServerException question;

  /**
   * A session with a conversation over the network, which begins at {@link #start}.
   *
   * @param client how to connect
   * @param known where a server goes that the person finds right
   * @param names keeps who has said something
   * @param joined is told of each server that a connection was made to, on the conversation's
   *     thread
   * @param reconnect whether to try again when there is no connection
   */
  public ChatSession(
      ServerAddress server,
      String name,
      boolean reconnect,
      ChatClient.Builder client,
      KnownServers known,
      Screen screen,
      NamesHeard names,
      Clock clock,
      Consumer<ServerAddress> joined) {
    this(
        name,
        known,
        screen,
        names,
        clock,
        joined,
        events -> Conversation.overNetwork(server, name, reconnect, client, events));
  }

  /** Makes the conversation that tells its events here. */
  interface Beginning {
    Conversation begin(Conversation.Events events);
  }

  @SuppressWarnings("this-escape") // the conversation says nothing before it is started
  ChatSession(
      String name,
      KnownServers known,
      Screen screen,
      NamesHeard names,
      Clock clock,
      Consumer<ServerAddress> joined,
      Beginning beginning) {
    this.name = name;
    this.known = known;
    this.screen = screen;
    this.names = names;
    this.clock = clock;
    this.joined = joined;
    mention = new Mention(name);
    conversation = beginning.begin(this);
  }

  /** Begins to connect. */
  public void start() {
    conversation.start();
  }

  /** Completes with the reason when there will be no connection any more. */
  public CompletableFuture<String> over() {
    return over;
  }

  /** Says what waits, and leaves in order. */
  public CompletableFuture<Conversation.Farewell> leave() {
    synchronized (this) {
      if (status == null) {
        status = "leaving";
      }
      screen.status(status, waiting);
    }
    return conversation.leave();
  }

  /**
   * Does what a line asks for: says it, or runs the command that it is. While there is a question,
   * what would be said is the answer to it.
   */
  public Reply typed(String line) {
    Typed typed = Typed.of(line);
    if (typed instanceof Typed.Messages messages) {
      UnknownServerException asked = question();
      return asked == null ? say(messages.texts()) : answer(asked, line.strip());
    }
    if (typed instanceof Typed.Command command) {
      return run(command.verb(), command.argument());
    }
    return refuse(((Typed.Refused) typed).sentence());
  }

  private Reply refuse(String sentence) {
    screen.note(sentence);
    return Reply.REFUSED;
  }

  private synchronized @Nullable UnknownServerException question() {
    return question;
  }

  private synchronized void answered() {
    question = null;
  }

  private Reply answer(UnknownServerException asked, String answer) {
    switch (answer) {
      case "" -> {
        return Reply.DONE;
      }
      case "yes" -> {
        try {
          known.remember(asked.server(), asked.fingerprint());
        } catch (ChatException e) {
          return refuse(String.valueOf(e.getMessage()));
        }
        answered();
        conversation.moveTo(asked.server());
        return Reply.DONE;
      }
      case "no" -> {
        over.complete("not connected: " + asked.server() + " is not trusted");
        return Reply.LEAVE;
      }
      default -> {
        return refuse("yes or no? Nothing can be said before");
      }
    }
  }

  private Reply say(List<String> texts) {
    int most = Limits.DEFAULT.maxMessageBytes();
    for (String text : texts) {
      int bytes = bytes(text, most);
      if (bytes > most) {
        return refuse("a message has at most " + most + " bytes of UTF-8, and this has " + bytes);
      }
    }
    if (!texts.isEmpty() && !conversation.say(texts)) {
      return refuse(
          "no more than "
              + Outbox.MAX_MESSAGES
              + " messages, or "
              + Outbox.MAX_CHARS
              + " characters, can wait to be said; wait until some have gone");
    }
    return Reply.DONE;
  }

  /** No character has more than three bytes, so that most texts need not be encoded. */
  private static int bytes(String text, int most) {
    return text.length() <= most / 3 ? text.length() : text.getBytes(StandardCharsets.UTF_8).length;
  }

  private Reply run(Verb verb, String argument) {
    return switch (verb) {
      case HELP -> {
        for (Verb each : Verb.values()) {
          String usage = (each.word() + " " + each.argument()).strip();
          screen.note(String.format("%-20s %s", usage, each.purpose()));
        }
        screen.note(String.format("%-20s %s", "//TEXT", "say a line that begins with a slash"));
        screen.note("Tab completes names and commands; Control-D leaves");
        yield Reply.DONE;
      }
      case NAMES -> {
        screen.note(namesTold());
        yield Reply.DONE;
      }
      case CLEAR -> {
        screen.clear();
        yield Reply.DONE;
      }
      case SAVE -> save(argument);
      case SERVER -> moveTo(argument);
      case QUIT -> Reply.LEAVE;
    };
  }

  private String namesTold() {
    List<String> all = names.all();
    if (all.isEmpty()) {
      return "nobody else has said anything yet; you are " + name;
    }
    String told = String.join(", ", all.subList(0, Math.min(all.size(), NAMES_TOLD)));
    String more = all.size() > NAMES_TOLD ? ", and " + (all.size() - NAMES_TOLD) + " more" : "";
    return "heard so far, the last to speak first: " + told + more + "; you are " + name;
  }

  private Reply save(String argument) {
    try {
      Path file = Home.path(argument);
      if (Files.isDirectory(file)) {
        return refuse(argument + " is a directory, expected a new file");
      }
      int messages = transcript.save(file, clock.getZone());
      screen.note(
          "saved "
              + messages
              + (messages == 1 ? " message" : " messages")
              + " in "
              + NativePath.show(file));
      return Reply.DONE;
    } catch (FileAlreadyExistsException e) {
      return refuse(argument + " exists already, and is not overwritten: expected a new file");
    } catch (NoSuchFileException e) {
      return refuse("cannot save in " + argument + ": there is no such directory");
    } catch (UnreadableTextException e) {
      return refuse("\"" + argument + "\" is not the name of a file");
    } catch (IOException e) {
      return refuse("cannot save in " + argument + ": " + FileTrouble.reason(e));
    }
  }

  private Reply moveTo(String argument) {
    ServerAddress other;
    try {
      other = ServerAddress.parse(argument);
    } catch (IllegalArgumentException e) {
      return refuse(String.valueOf(e.getMessage()));
    }
    synchronized (this) {
      lostAt = null;
      inVain = 0;
      if (!waiting.isEmpty()) {
        screen.note("what waits will be said on " + other);
      }
    }
    conversation.moveTo(other);
    return Reply.DONE;
  }

  @Override
  public synchronized void connecting(ServerAddress to) {
    question = null;
    show("connecting to " + to);
  }

  @Override
  public synchronized void connected(ServerAddress to) {
    if (inVain >= TOLD_IN_VAIN) {
      show("connected to " + to + ", which has not lasted the last times");
    } else {
      tellConnected(to);
    }
    joined.accept(to);
  }

  @Override
  public synchronized void held(ServerAddress to) {
    if (inVain >= TOLD_IN_VAIN) {
      tellConnected(to);
    }
    inVain = 0;
  }

  private void tellConnected(ServerAddress to) {
    if (lostAt == null) {
      screen.note("connected to " + to + " as " + name + "; /help shows the commands");
    } else {
      screen.note(
          "connected again; what others said since "
              + TIME.format(lostAt.atZone(clock.getZone()))
              + " may be missing here");
      lostAt = null;
    }
    show(null);
  }

  @Override
  public synchronized void lost(String reason, List<String> doubtful) {
    if (lostAt == null) {
      lostAt = clock.instant();
    }
    inVain++;
    if (inVain < TOLD_IN_VAIN) {
      screen.note("no connection any more: " + reason);
    } else if (inVain == TOLD_IN_VAIN) {
      screen.note(
          "no connection any more, again soon after it began: "
              + reason
              + "; it may be full, refuse the name, or demand TLS (--tls)");
    }
    nameDoubtful(doubtful);
  }

  @Override
  public synchronized void leftInDoubt(String reason, List<String> doubtful) {
    screen.note("the connection that was left has not ended in order: " + reason);
    nameDoubtful(doubtful);
  }

  private void nameDoubtful(List<String> texts) {
    screen.notes(texts.stream().map(InDoubt::sentence).toList());
  }

  @Override
  public synchronized void retrying(String reason, Duration in) {
    long seconds = Math.max(1, (in.toMillis() + 999) / 1000);
    show("no connection, trying again in " + seconds + " s: " + reason);
  }

  @Override
  public synchronized void unknown(UnknownServerException unknown) {
    question = unknown;
    screen.note(unknown.getMessage() + ".");
    screen.note("Compare that with what the server says when it starts.");
    show("is " + unknown.server() + " to be trusted from now on? Type yes or no");
  }

  @Override
  public void over(String reason) {
    over.complete(reason);
  }

  @Override
  public void heard(ChatMessage message) {
    names.heard(message.name());
    transcript.add(clock.instant(), message);
    screen.heard(message, mention.in(message.text()));
  }

  @Override
  public void pause() {
    screen.pause();
  }

  @Override
  public void gone(String text) {
    ChatMessage own = new ChatMessage(name, text);
    transcript.add(clock.instant(), own);
    screen.said(own);
  }

  @Override
  public synchronized void waiting(List<String> texts) {
    if (!waiting.equals(texts)) {
      waiting = texts;
      screen.status(status, waiting);
    }
  }

  private void show(@Nullable String sentence) {
    status = sentence;
    screen.status(status, waiting);
  }
}
