package io.chatroom.client.chat;

import io.chatroom.client.NameKey;
import io.chatroom.protocol.ChatMessage;
import io.chatroom.protocol.session.Entry;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rooms that the person is in, in the order of joining. One is on the screen, and its messages
 * appear at once; of the others only the number of messages is shown. Switching to another room
 * shows its newest lines. Thread-safe.
 */
final class Rooms {

  /** Number of lines shown on switching to a room, and the maximum if more are unread. */
  private static final int SHOWN = 20;

  private static final int MOST_SHOWN = 200;

  /** Shown in place of a deleted message. */
  private static final String DELETED = "(deleted)";

  private final Desk desk;
  private final Screen screen;
  private final List<Room> all = new ArrayList<>();
  private @Nullable Room current;
  private boolean isChanged;
  private boolean isMuted;
  private boolean areNamesOwned;
  private boolean isOwn;
  private Set<String> blocked = Set.of();

  Rooms(Desk desk) {
    this.desk = desk;
    screen = desk.screen();
  }

  /** From now on only the person's own messages are shown. */
  synchronized void mute() {
    isMuted = true;
  }

  synchronized boolean isMuted() {
    return isMuted;
  }

  // Ownership of names, and blocks.

  /** Sets whether names can be owned on this server: then names without proof are marked. */
  synchronized void namesAreOwned(boolean are) {
    areNamesOwned = are;
  }

  /** Sets whether the person owns their name. */
  synchronized void own(boolean is) {
    isOwn = is;
  }

  /** Sets the names that are not shown. */
  synchronized void block(Collection<String> names) {
    blocked = names.stream().map(NameKey::of).collect(Collectors.toUnmodifiableSet());
  }

  private String marked(String name, boolean owned) {
    return Unproven.mark(areNamesOwned, owned) + name;
  }

  /** True if the author is blocked. */
  synchronized boolean isBlocked(FromServer.Message message) {
    return !blocked.isEmpty() && blocked.contains(NameKey.of(message.from()));
  }

  // Messages by number.

  /** The number of a person's newest message in the room on the screen, or 0. */
  synchronized long numberOf(String author, int which) {
    return current == null ? 0 : current.numberOf(author, which);
  }

  /** Remembers history that was shown. */
  synchronized void remember(Room room, List<Entry> entries) {
    for (Entry entry : entries) {
      if (entry instanceof FromServer.Message message && message.text() != null) {
        room.posted(message.seq(), message.from());
      }
    }
  }

  /** True on the first call only, for a private room with messages from before it was opened. */
  synchronized boolean hasUnseenPast(RoomName name) {
    Room room = get(name);
    return room != null && room.equals(current) && room.hasUnseenPast();
  }

  /** The read mark of the private room on the screen, if the server does not have it yet. */
  synchronized FromClient.@Nullable Read toBeMarked() {
    if (current == null || !current.name().isPrivate() || !isOwn || isMuted) {
      return null;
    }
    long seq = current.toBeMarked();
    if (seq == 0) {
      return null;
    }
    current.marked(seq);
    return new FromClient.Read(current.name(), seq);
  }

  /** The person has read a room in another window. */
  synchronized void read(FromServer.Read mark) {
    Room room = get(mark.room());
    if (room != null && !isMuted && room.name().isPrivate()) {
      room.marked(mark.seq());
      tell();
    }
  }

  // Joining, leaving and switching.

  /** The room on the screen, or null if the person is in none. */
  synchronized @Nullable RoomName current() {
    return current == null ? null : current.name();
  }

  /** The state of the room on the screen; null if there is none. */
  synchronized @Nullable Room onScreen() {
    return current;
  }

  /** The room with this name or number, if the person is in it. */
  synchronized @Nullable RoomName find(String nameOrNumber) {
    for (Room room : all) {
      if (room.name().text().equals(nameOrNumber)) {
        return room.name();
      }
    }
    try {
      int number = Integer.parseInt(nameOrNumber);
      if (number >= 1 && number <= all.size()) {
        return all.get(number - 1).name();
      }
    } catch (NumberFormatException e) {
      // a name
    }
    try {
      Room room = get(RoomName.of(nameOrNumber));
      return room == null ? null : room.name();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** The number of a room in the list, or 0. */
  synchronized int number(RoomName name) {
    Room room = get(name);
    return room == null ? 0 : all.indexOf(room) + 1;
  }

  /** The name of a room in the spelling that the person joined it with, if they are in it. */
  synchronized RoomName shown(RoomName name) {
    Room room = get(name);
    return room == null ? name : room.name();
  }

  private @Nullable Room get(RoomName name) {
    return all.stream().filter(room -> room.name().equals(name)).findFirst().orElse(null);
  }

  /** The person is in a room, or will be; the first one appears on the screen. */
  synchronized Room enter(RoomName name) {
    Room room = get(name);
    if (room == null) {
      room = new Room(name);
      all.add(room);
      if (current == null) {
        current = room;
      }
      tell();
    }
    return room;
  }

  /** Switches to a room that the person is in, and shows what is new there. */
  synchronized void switchTo(RoomName name) {
    Room room = get(name);
    if (room == null || room.equals(current)) {
      return;
    }
    current = room;
    int unread = room.unreadLines();
    List<Room.Line> lines = room.newest(Math.max(SHOWN, Math.min(unread, MOST_SHOWN)));
    int firstUnread = Math.max(0, lines.size() - unread);
    screen.rule(name.text() + (room.topic() == null ? "" : ": " + room.topic()));
    for (int n = 0; n < lines.size(); n++) {
      if (n == firstUnread) {
        screen.rule(unreadTold(room, lines.size() < unread));
      }
      lines.get(n).show(screen);
    }
    screen.pause();
    room.markRead();
    tell();
  }

  private static String unreadTold(Room room, boolean isCut) {
    return room.unread() == 0
        ? "new"
        : room.unread() + " unread" + (isCut ? ", the newest of them:" : "");
  }

  /** The person is no longer in a room. */
  synchronized void leave(RoomName name, @Nullable String why) {
    Room room = get(name);
    if (room == null || isMuted) {
      return;
    }
    if (why != null) {
      screen.note(why);
    }
    int place = all.indexOf(room);
    all.remove(room);
    if (room.equals(current)) {
      current = null;
      if (!all.isEmpty()) {
        switchTo(all.get(Math.max(0, place - 1)).name());
      }
    }
    tell();
  }

  /** Shows the rooms with unread messages, and sets the words for Tab. */
  private void tell() {
    isChanged = false;
    if (isMuted) {
      return;
    }
    List<Standing.Unread> unread = new ArrayList<>();
    for (int n = 0; n < all.size(); n++) {
      Room room = all.get(n);
      if (room.unread() > 0) {
        unread.add(
            new Standing.Unread(n + 1, room.name().text(), room.unread(), room.hasUnreadMention()));
      }
    }
    String where = all.size() > 1 && current != null ? current.name().text() : null;
    desk.board().rooms(where, unread);
    desk.completion().joined(all.stream().map(room -> room.name().text()).toList());
    desk.completion().people(current == null ? List.of() : current.people());
  }

  // Incoming events.

  synchronized void joined(FromServer.Joined joined) {
    if (isMuted) {
      return;
    }
    boolean unasked = joined.q() == null && joined.room().isPrivate() && get(joined.room()) == null;
    Room room = enter(joined.room());
    room.joined(joined, unasked);
    arrive(room, joined.first() > joined.seq() ? joined.seq() : 0);
    tell();
  }

  /** The person has joined a room without asking for its history. */
  synchronized void joinedWithoutPast(FromServer.Joined joined) {
    joined(joined);
    arrive(enter(joined.room()), joined.seq());
  }

  private void arrive(Room room, long seq) {
    if (!room.hasArrived(seq)) {
      return;
    }
    room.markRead();
    boolean isAlone = room.count() <= 1 && room.topic() == null;
    if (isAlone && all.size() == 1) {
      return; // nothing to tell
    }
    note(room, "in " + room.name() + ": " + who(room) + topicTold(room));
  }

  private String who(Room room) {
    if (room.people().isEmpty()) {
      return room.count() + " people";
    }
    List<String> others = room.people().stream().filter(name -> !name.equals(desk.name())).toList();
    return others.isEmpty() ? "nobody else" : Sentences.names(others);
  }

  private static String topicTold(Room room) {
    return room.topic() == null ? "" : "; topic: " + room.topic();
  }

  synchronized void message(FromServer.Message message) {
    if (isMuted) {
      return;
    }
    Room room = enter(message.room());
    if (isBlocked(message)) {
      room.counted(message.seq());
      arrive(room, message.seq());
      return;
    }
    ChatMessage said = said(message);
    Instant at = Instant.ofEpochMilli(message.at());
    boolean mention = desk.mention().in(said.text());
    desk.keep(at, room.name().text(), message.from(), said, message.seq());
    room.counted(message.seq());
    if (message.text() != null) {
      room.posted(message.seq(), message.from());
    }
    room.add(new Room.Line(at, said, "", message.seq()));
    if (room.isPast(message.seq())) {
      room.markRead();
      if (room.equals(current)) {
        screen.past(at, said);
      }
    } else if (room.equals(current)) {
      room.markRead();
      screen.heard(at, said, mention);
    } else {
      room.addUnread(mention);
      screen.heardElsewhere(mention);
      isChanged = true;
    }
    arrive(room, message.seq());
  }

  /** A message, as it is shown. */
  synchronized ChatMessage said(FromServer.Message message) {
    String text = message.text();
    return new ChatMessage(marked(message.from(), message.owned()), text == null ? DELETED : text);
  }

  /** Our post has its place in the room. */
  synchronized void acknowledged(FromServer.Ack ack, String text) {
    Room room = enter(ack.room());
    ChatMessage said = new ChatMessage(marked(desk.name(), isOwn), text);
    Instant at = Instant.ofEpochMilli(ack.at());
    desk.transcript().add(at, room.name().text(), said, ack.seq());
    room.counted(ack.seq());
    room.posted(ack.seq(), desk.name());
    room.add(new Room.Line(at, said, "", ack.seq()));
    if (room.equals(current)) {
      screen.said(at, said);
    }
    if (room.equals(current) || room.unread() == 0) {
      room.markRead();
    }
  }

  synchronized void event(FromServer.Event event) {
    if (isMuted) {
      return;
    }
    Room room = enter(event.room());
    room.counted(event.seq());
    boolean isPast = room.isPast(event.seq());
    if (event.kind().equals(FromServer.Event.TOPIC) && !isPast) {
      room.topic(event.text() == null || event.text().isEmpty() ? null : event.text());
    }
    String sentence = Sentences.of(event);
    Long gone = event.targetSeq();
    if (gone != null && event.kind().equals(FromServer.Event.DELETED)) {
      Room.Line line = room.delete(gone, DELETED);
      desk.transcript().delete(room.name().text(), gone, DELETED);
      if (line != null && line.message() != null) {
        sentence =
            Sentences.deleted(event, line.message().name(), line.at(), desk.clock().getZone());
      }
    }
    if (sentence != null) {
      Instant at = Instant.ofEpochMilli(event.at());
      room.add(Room.Line.note(at, sentence));
      if (room.equals(current)) {
        screen.pastNote(at, sentence);
      }
      if (isPast || room.equals(current)) {
        room.markRead();
      }
    }
    arrive(room, event.seq());
  }

  synchronized void gap(FromServer.Gap gap) {
    if (isMuted) {
      return;
    }
    Room room = enter(gap.room());
    if (gap.why().equals(FromServer.Gap.EPOCH)) {
      room.restart();
    }
    String sentence = Gaps.sentence(gap);
    Instant at = room.lastAt(); // a gap has no time of its own
    room.add(Room.Line.note(at == null ? desk.clock().instant() : at, sentence));
    if (room.equals(current)) {
      room.markRead();
      if (at == null) {
        screen.note(sentence);
      } else {
        screen.pastNote(at, sentence);
      }
    }
    arrive(room, gap.to());
  }

  synchronized void presence(FromServer.Presence presence) {
    if (isMuted) {
      return;
    }
    Room room = enter(presence.room());
    room.presence(presence);
    if (!room.equals(current)) {
      return;
    }
    desk.completion().people(room.people());
    List<String> sentences = new ArrayList<>();
    tell(sentences, presence.came(), " joined");
    tell(sentences, presence.went(), " left");
    if (!sentences.isEmpty()) {
      screen.note(String.join("; ", sentences));
    }
  }

  private void tell(List<String> sentences, List<String> who, String what) {
    List<String> others = who.stream().filter(name -> !name.equals(desk.name())).toList();
    if (!others.isEmpty()) {
      sentences.add(Sentences.names(others) + what);
    }
  }

  private void note(Room room, String sentence) {
    room.add(Room.Line.note(desk.clock().instant(), sentence));
    if (room.equals(current)) {
      room.markRead();
      screen.note(sentence);
    }
  }

  /** No more events for the moment. */
  void pause() {
    synchronized (this) {
      if (isChanged) {
        tell();
      }
    }
    screen.pause();
  }
}
