package io.chatroom.client.chat;

import io.chatroom.client.RefusedException;
import io.chatroom.client.RoomListener;
import io.chatroom.client.SessionClient;
import io.chatroom.client.Start;
import io.chatroom.client.chat.ChatSession.Reply;
import io.chatroom.protocol.ChatMessage;
import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.Entry;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.protocol.session.SessionLimits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Runs the commands about rooms. The answers come later. */
final class RoomCommands {

  private static final int EARLIER = 20;
  private static final int FOUND = 20;
  private static final Pattern SPACE = Pattern.compile("\\s+");

  private final Rooms rooms;
  private final Desk desk;
  private final Screen screen;
  private final Function<RoomName, Start> start;
  private final RoomListener listener;
  private final BiFunction<RoomName, List<String>, @Nullable String> post;

  private final OrderCommands order;

  private volatile @Nullable SessionClient client;

  /**
   * @param start the position at which to begin in a room
   * @param listener receives the rooms
   * @param post posts a message; returns the reason if it cannot, else null
   */
  RoomCommands(
      Rooms rooms,
      Desk desk,
      Function<RoomName, Start> start,
      RoomListener listener,
      BiFunction<RoomName, List<String>, @Nullable String> post) {
    this.rooms = rooms;
    this.desk = desk;
    screen = desk.screen();
    this.start = start;
    this.listener = listener;
    this.post = post;
    order = new OrderCommands(rooms, desk);
  }

  OrderCommands order() {
    return order;
  }

  /** Sets the client that runs the commands. */
  void client(SessionClient begun) {
    client = begun;
  }

  Reply run(Verb verb, String argument) {
    SessionClient now = client;
    if (now == null) {
      return refuse("there is no connection");
    }
    RoomName here = rooms.current();
    switch (verb) {
      case CLAIM,
          DELETE,
          BLOCK,
          UNBLOCK,
          BLOCKED,
          MUTE,
          UNMUTE,
          KICK,
          BAN,
          UNBAN,
          OP,
          DEOP,
          CLOSE,
          OPEN,
          INVITE,
          UNINVITE,
          RESTRICT,
          UNRESTRICT,
          SLOW,
          BOT,
          BOTS -> {
        return order.run(now, verb, argument, here);
      }
      case JOIN -> {
        return named(argument, room -> join(now, room));
      }
      case ROOM -> {
        return lookAt(argument);
      }
      case ROOMS -> {
        ask(now.rooms(null, SessionLimits.MAX_LISTED), this::tellRooms);
        return Reply.DONE;
      }
      case MSG -> {
        return message(now, argument);
      }
      case SEARCH -> {
        return search(now, argument);
      }
      default -> {}
    }
    if (verb == Verb.LEAVE && !argument.isEmpty()) {
      RoomName room = rooms.find(argument);
      return room == null ? refuse(notIn(argument)) : leave(now, room);
    }
    if (here == null) {
      return refuse("you are in no room: join one with /join ROOM");
    }
    return switch (verb) {
      case LEAVE -> leave(now, here);
      case WHO -> {
        ask(now.members(here, SessionLimits.MAX_LISTED), members -> tellWho(here, members));
        yield Reply.DONE;
      }
      case TOPIC -> topic(now, here, argument);
      case HISTORY -> history(now, here, argument);
      default -> throw new IllegalStateException(verb + " is not about rooms");
    };
  }

  private Reply refuse(String sentence) {
    screen.note(sentence);
    return Reply.REFUSED;
  }

  private static String notIn(String room) {
    return "you are not in " + room + ": join it with /join " + room;
  }

  private Reply named(String name, Consumer<RoomName> task) {
    try {
      task.accept(RoomName.of(name));
      return Reply.DONE;
    } catch (IllegalArgumentException e) {
      return refuse(String.valueOf(e.getMessage()));
    }
  }

  private void join(SessionClient now, RoomName room) {
    if (rooms.number(room) > 0) {
      rooms.switchTo(room);
      return;
    }
    CompletableFuture<FromServer.Joined> joined = now.join(room, start.apply(room), listener);
    joined.thenAccept(
        answer -> {
          rooms.enter(answer.room());
          rooms.switchTo(answer.room());
        });
  }

  private Reply lookAt(String argument) {
    RoomName room = rooms.find(argument);
    if (room == null) {
      return refuse(notIn(argument));
    }
    goTo(room);
    return Reply.DONE;
  }

  /** Switches to a room that the person is in; a private one opens without its history. */
  void goTo(RoomName room) {
    rooms.switchTo(room);
    SessionClient now = client;
    if (now == null) {
      return;
    }
    if (rooms.hasUnseenPast(room)) {
      history(now, room, "");
    }
    markRead(now);
  }

  /** Sends the read mark of a private room, for the person's other windows. */
  void markRead(SessionClient now) {
    FromClient.Read mark = rooms.toBeMarked();
    FromServer.Welcome welcome = now.welcome();
    if (mark != null && welcome != null && welcome.features().contains("read")) {
      now.read(mark.room(), mark.seq())
          .exceptionally(failure -> null); // the next mark makes up for it
    }
  }

  private Reply leave(SessionClient now, RoomName room) {
    now.leave(room).thenRun(() -> rooms.leave(room, null)); // unless the listener did so already
    return Reply.DONE;
  }

  /** The person is no longer in a room. */
  void left(RoomName room, @Nullable RefusedException reason) {
    boolean isPrivate = room.isPrivate();
    String why =
        reason == null
            ? isPrivate ? null : "left " + rooms.shown(room)
            : reason.code().equals(Code.KICKED.text())
                ? "removed from " + rooms.shown(room) + ": " + reason.getMessage()
                : "cannot join " + room + ": " + reason.getMessage();
    if (rooms.number(room) > 0) {
      rooms.leave(room, why);
    } else if (why != null) {
      screen.note(why);
    }
  }

  private Reply message(SessionClient now, String argument) {
    List<String> parts = SPACE.splitAsStream(argument).limit(1).toList();
    String name = parts.get(0);
    String text = argument.substring(name.length()).strip();
    if (text.isEmpty()) {
      return refuse("expected " + Verb.MSG.word() + " " + Verb.MSG.argument());
    }
    FromServer.Welcome welcome = now.welcome();
    if (welcome != null && !welcome.features().contains("private")) {
      return refuse("this server has no private messages: they need owned names");
    }
    RoomName room;
    try {
      room = RoomName.of("@" + name);
    } catch (IllegalArgumentException e) {
      return refuse(String.valueOf(e.getMessage()));
    }
    String trouble = post.apply(room, List.of(text));
    return trouble == null ? Reply.DONE : refuse(trouble);
  }

  private Reply topic(SessionClient now, RoomName here, String text) {
    if (text.isEmpty()) {
      Room room = rooms.onScreen();
      String topic = room == null ? null : room.topic();
      screen.note(topic == null ? here + " has no topic" : "the topic of " + here + ": " + topic);
      return Reply.DONE;
    }
    try {
      ask(now.topic(here, text), event -> {}); // shown like anyone's event in the room
    } catch (IllegalArgumentException e) {
      return refuse(String.valueOf(e.getMessage()));
    }
    return Reply.DONE;
  }

  private Reply history(SessionClient now, RoomName here, String argument) {
    int limit = EARLIER;
    if (!argument.isEmpty()) {
      try {
        limit = Integer.parseInt(argument);
      } catch (NumberFormatException e) {
        limit = 0;
      }
      if (limit < 1 || limit > SessionLimits.MAX_HISTORY) {
        return refuse(
            "\""
                + argument
                + "\" is not a number of messages, expected 1 to "
                + SessionLimits.MAX_HISTORY);
      }
    }
    Room room = rooms.onScreen();
    long before = room == null || room.oldest() == 0 ? SessionLimits.MAX_INTEGER : room.oldest();
    ask(
        now.history(here, FromClient.Side.BEFORE, before, limit),
        page -> {
          List<Entry> entries = page.messages();
          if (entries.isEmpty()) {
            screen.note(
                page.complete()
                    ? "there is nothing before this"
                    : "the server keeps nothing from before this");
            return;
          }
          if (room != null) {
            room.oldest(entries.get(0).seq());
            rooms.remember(room, entries);
          }
          show(entries, entries.size() + " earlier in " + here, "", "now");
        });
    return Reply.DONE;
  }

  private Reply search(SessionClient now, String words) {
    try {
      ask(now.search(words, null, null, FOUND), page -> tellFound(words, page));
    } catch (IllegalArgumentException e) {
      return refuse(String.valueOf(e.getMessage()));
    }
    return Reply.DONE;
  }

  private void tellFound(String words, FromServer.Page page) {
    List<Entry> entries = page.messages();
    if (entries.isEmpty()) {
      screen.note("nothing found for " + words);
    } else {
      String more = page.next() == null ? " found for " : " newest found for ";
      show(entries, entries.size() + more + words, "rooms", "now");
    }
  }

  /** Shows history, between two horizontal lines. */
  private void show(List<Entry> entries, String above, String tellRooms, String below) {
    screen.rule(above);
    for (Entry entry : entries) {
      if (entry instanceof FromServer.Message message) {
        if (rooms.isBlocked(message)) {
          continue;
        }
        String prefix = tellRooms.isEmpty() ? "" : "[" + message.room() + "] ";
        ChatMessage said = rooms.said(message);
        screen.past(
            Instant.ofEpochMilli(message.at()), new ChatMessage(said.name(), prefix + said.text()));
      } else if (entry instanceof FromServer.Event event) {
        String sentence = Sentences.of(event);
        if (sentence != null) {
          screen.pastNote(Instant.ofEpochMilli(event.at()), sentence);
        }
      }
    }
    screen.rule(below);
    screen.pause();
  }

  private void tellRooms(FromServer.Rooms answer) {
    List<String> lines = new ArrayList<>();
    for (FromServer.Room room : answer.rooms()) {
      int number = rooms.number(room.room());
      lines.add(
          (number == 0 ? "   " : String.format("%2d ", number))
              + room.room()
              + ", "
              + room.count()
              + (room.count() == 1 ? " person" : " people")
              + (room.topic() == null ? "" : ": " + room.topic()));
    }
    if (lines.isEmpty()) {
      lines.add("there are no rooms yet; /join ROOM creates one");
    }
    if (!answer.complete()) {
      lines.add("and more");
    }
    screen.notes(lines);
    desk.completion().known(answer.rooms().stream().map(room -> room.room().text()).toList());
  }

  private void tellWho(RoomName here, FromServer.Members members) {
    String more =
        members.count() > members.members().size()
            ? " and " + (members.count() - members.members().size()) + " more"
            : "";
    screen.note(
        members.count()
            + " in "
            + here
            + ": "
            + String.join(", ", members.members().stream().map(VisibleText::name).toList())
            + more);
  }

  /** Asks for the rooms, so that Tab can complete them. */
  void askForRooms() {
    SessionClient now = client;
    if (now != null) {
      now.rooms(null, SessionLimits.MAX_LISTED)
          .thenAccept(
              answer ->
                  desk.completion()
                      .known(answer.rooms().stream().map(room -> room.room().text()).toList()));
    }
  }

  private <T> void ask(CompletableFuture<T> answer, Consumer<T> tell) {
    answer.whenComplete(
        (told, failure) -> {
          if (failure == null) {
            tell.accept(told);
          } else {
            screen.note(String.valueOf(failure.getMessage()));
          }
        });
  }
}
