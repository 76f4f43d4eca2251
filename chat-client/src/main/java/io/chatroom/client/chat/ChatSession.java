package io.chatroom.client.chat;

import io.chatroom.client.ChatException;
import io.chatroom.client.KnownServers;
import io.chatroom.client.ServerAddress;
import io.chatroom.client.UnknownServerException;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Connects a person with a conversation: runs the typed lines, and shows the result on the screen.
 * Thread-safe, as lines come from one thread and events from others.
 */
public final class ChatSession {

  /** The outcome of a line. */
  public enum Reply {
    /** It was sent or run. */
    DONE,
    /** It was refused, and the screen shows why; the user may correct it. */
    REFUSED,
    /** The user wants to leave. */
    LEAVE
  }

  /** Maximum number of names that {@code /names} shows. */
  private static final int NAMES_TOLD = 100;

  private final Desk desk;
  private final Screen screen;
  private final KnownServers known;
  private final Talks talks;

  /**
   * A session with a server, which begins at {@link #start}.
   *
   * @param network how to connect
   * @param protocols chooses the protocol
   * @param known remembers the servers that the user accepts
   * @param completion the words for Tab
   * @param joined called with each server that was connected to, on a thread of its own
   */
  public ChatSession(
      ServerAddress server,
      String name,
      Network network,
      Protocols protocols,
      KnownServers known,
      Screen screen,
      Completion completion,
      Clock clock,
      Consumer<ServerAddress> joined) {
    this(
        server,
        new Desk(name, screen, completion, clock),
        network::maker,
        protocols,
        known,
        joined);
  }

  /** The factory of conversations for one person. */
  interface Makers {
    Talks.Maker maker(Desk desk);
  }

  ChatSession(
      ServerAddress server,
      Desk desk,
      Makers makers,
      Protocols protocols,
      KnownServers known,
      Consumer<ServerAddress> joined) {
    this.desk = desk;
    this.known = known;
    screen = desk.screen();
    talks = new Talks(server, makers.maker(desk), protocols, desk, joined);
  }

  /** Begins to connect. */
  public void start() {
    talks.start();
  }

  /** Completes, with the reason, when the conversation is over for good. */
  public CompletableFuture<String> over() {
    return talks.over();
  }

  /** Sends what waits, and leaves in order. */
  public CompletableFuture<Farewell> leave() {
    desk.board().sentenceIfNone("leaving");
    return talks.leave();
  }

  /**
   * Switches to the room with this number, if there is one. Does not wait, and may be called
   * anywhere.
   */
  public void switchTo(int room) {
    talks.talk().switchTo(room);
  }

  /** Handles a line: runs a command, answers an open question, or sends a message. */
  public Reply typed(String line) {
    Typed typed = Typed.of(line);
    if (typed instanceof Typed.Messages messages) {
      UnknownServerException asked = talks.question();
      if (asked != null) {
        return answer(asked, line.strip().toLowerCase(Locale.ROOT));
      }
      Reply reply = talks.talk().answer(line);
      return reply == null ? say(messages.texts()) : reply;
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

  /** Takes whole words only: a slip must not trust a stranger's certificate. */
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
        talks.moveTo(asked.server());
        return Reply.DONE;
      }
      case "no" -> {
        talks.over().complete("not connected: " + asked.server() + " is not trusted");
        return Reply.LEAVE;
      }
      default -> {
        return refuse("not posted: type yes or no first");
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
    String trouble = texts.isEmpty() ? null : talks.talk().say(texts);
    return trouble == null ? Reply.DONE : refuse(trouble);
  }

  /** No char has more than three bytes, so most texts need not be encoded. */
  private static int bytes(String text, int most) {
    return text.length() <= most / 3 ? text.length() : text.getBytes(StandardCharsets.UTF_8).length;
  }

  private Reply run(Verb verb, String argument) {
    return switch (verb) {
      case HELP -> {
        screen.notes(help());
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
      default -> talks.talk().run(verb, argument);
    };
  }

  private static List<String> help() {
    List<String> lines = new ArrayList<>();
    for (Verb each : Verb.values()) {
      String usage = (each.word() + " " + each.argument()).strip();
      lines.add(String.format("%-20s %s", usage, each.purpose()));
    }
    lines.add(String.format("%-20s %s", "//TEXT", "post a line that begins with a slash"));
    lines.add(
        "a NAME with spaces stands in \"quotes\"; for operators, --server behind /mute, /kick");
    lines.add("and /ban means everywhere, and --address the addresses of the person, too");
    lines.add("Tab completes names, rooms and commands; Control-D leaves");
    return lines;
  }

  private String namesTold() {
    List<String> all = desk.completion().names().all();
    if (all.isEmpty()) {
      return "nobody else has posted yet; you are " + desk.name();
    }
    String told = String.join(", ", all.subList(0, Math.min(all.size(), NAMES_TOLD)));
    String more = all.size() > NAMES_TOLD ? ", and " + (all.size() - NAMES_TOLD) + " more" : "";
    return "posted so far, latest first: " + told + more + "; you are " + desk.name();
  }

  private Reply save(String argument) {
    try {
      Path file = Home.path(argument);
      if (Files.isDirectory(file)) {
        return refuse(argument + " is a directory, expected a new file");
      }
      int messages = desk.transcript().save(file, desk.clock().getZone());
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
    if (desk.board().isAnythingWaiting()) {
      screen.note("waiting messages will be sent to " + other);
    }
    talks.moveTo(other);
    return Reply.DONE;
  }
}
