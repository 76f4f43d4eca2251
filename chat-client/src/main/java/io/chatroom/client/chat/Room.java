package io.chatroom.client.chat;

import io.chatroom.client.NameKey;
import io.chatroom.protocol.ChatMessage;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A room that the person is in: a bounded number of its newest lines, the number of unread ones,
 * and the people in it. Not thread-safe.
 */
final class Room {

  static final int MAX_LINES = 500;
  static final int MAX_CHARS = 128 * 1024;

  /** Maximum number of messages whose authors are remembered; the newest. */
  static final int MAX_AUTHORS = 1_000;

  /** A server names the members of a room if there are no more than this. */
  static final int MAX_PEOPLE = 200;

  /**
   * One line.
   *
   * @param message the message, or null for a note
   * @param note a line that is not a message; empty if there is a message
   * @param seq the number of the message, or 0
   */
  record Line(Instant at, @Nullable ChatMessage message, String note, long seq) {

    /** A line that is not a message. */
    static Line note(Instant at, String sentence) {
      return new Line(at, null, sentence, 0);
    }

    private int chars() {
      return message == null ? note.length() : message.name().length() + message.text().length();
    }

    void show(Screen screen) {
      if (message == null) {
        screen.pastNote(at, note);
      } else {
        screen.past(at, message);
      }
    }
  }

  private final RoomName name;
  private final Deque<Line> lines = new ArrayDeque<>();
  private final NavigableMap<Long, String> authors = new TreeMap<>();
  private int chars;
  private int unreadLines;
  private int unread;
  private boolean mention;
  private final Set<String> people = new LinkedHashSet<>();
  private long count;
  private @Nullable String topic;
  private long oldest;
  private long pastUntil;
  private boolean isJoined;
  private boolean isArriving;
  private long newest;
  private long marked;
  private boolean isPastAsked;

  Room(RoomName name) {
    this.name = name;
  }

  RoomName name() {
    return name;
  }

  // Authors.

  /** Remembers the author of a message, new or old. */
  void posted(long seq, String from) {
    if (from.length() <= NamesHeard.MAX_CHARS) {
      authors.put(seq, NameKey.of(from));
      if (authors.size() > MAX_AUTHORS) {
        authors.pollFirstEntry();
      }
    }
  }

  /** The number of a person's nth newest known message (1 is the newest), or 0. */
  long numberOf(String author, int which) {
    String key = NameKey.of(author);
    return authors.descendingMap().entrySet().stream()
        .filter(each -> each.getValue().equals(key))
        .map(Map.Entry::getKey)
        .skip(which - 1)
        .findFirst()
        .orElse(0L);
  }

  /** Replaces the text of a deleted message; returns the old line, if it is still here. */
  @Nullable Line delete(long seq, String instead) {
    authors.remove(seq);
    for (Line line : lines) {
      ChatMessage message = line.message();
      if (line.seq() == seq && message != null) {
        List<Line> all =
            lines.stream()
                .map(
                    each ->
                        each.equals(line)
                            ? new Line(line.at(), new ChatMessage(message.name(), instead), "", seq)
                            : each)
                .toList();
        lines.clear();
        lines.addAll(all);
        chars = all.stream().mapToInt(Line::chars).sum();
        return line;
      }
    }
    return null;
  }

  /** True on the first call only, if there are messages before the shown ones. */
  boolean hasUnseenPast() {
    boolean isMore = oldest == 0 ? newest > 0 : oldest > 1;
    boolean has = name.isPrivate() && !isPastAsked && isMore;
    isPastAsked |= has;
    return has;
  }

  // Lines.

  void add(Line line) {
    lines.add(line);
    chars += line.chars();
    unreadLines++;
    while (lines.size() > MAX_LINES || (chars > MAX_CHARS && lines.size() > 1)) {
      chars -= lines.remove().chars();
    }
  }

  /** The time of the newest line, or null. */
  @Nullable Instant lastAt() {
    Line last = lines.peekLast();
    return last == null ? null : last.at();
  }

  /** Counts an unread message. */
  void addUnread(boolean mentionsUs) {
    unread++;
    mention |= mentionsUs;
  }

  int unread() {
    return unread;
  }

  boolean hasUnreadMention() {
    return mention;
  }

  /** The number of unread lines among the kept ones. */
  int unreadLines() {
    return Math.min(unreadLines, lines.size());
  }

  /** Everything is read now. */
  void markRead() {
    unreadLines = 0;
    unread = 0;
    mention = false;
  }

  /** The newest lines, the oldest of them first. */
  List<Line> newest(int most) {
    return lines.stream().skip(Math.max(0, lines.size() - most)).toList();
  }

  // Numbers.

  /** The server has confirmed the join. */
  void joined(FromServer.Joined joined) {
    joined(joined, false);
  }

  /**
   * The server has confirmed the join.
   *
   * @param unasked true if the server opened it by itself: then no history follows
   */
  void joined(FromServer.Joined joined, boolean unasked) {
    topic = joined.topic();
    count = joined.count();
    people.clear();
    if (joined.members() != null) {
      people.addAll(joined.members());
    }
    newest = Math.max(newest, joined.seq());
    if (!isJoined) {
      isJoined = true;
      Long read = joined.read();
      if (unasked && read != null && read < joined.seq()) {
        unread = (int) Math.min(MAX_LINES, joined.seq() - read);
      }
      if (oldest == 0
          && !unasked) { // what a private room has received before its join is not history
        isArriving = true;
        pastUntil = joined.seq();
      }
    }
  }

  /**
   * True on one call only: when all history from before the join has been received.
   *
   * @param seq the last number received
   */
  boolean hasArrived(long seq) {
    boolean arrives = isArriving && seq >= pastUntil;
    isArriving &= !arrives;
    return arrives;
  }

  /** True if a number belongs to the history from before the join, which is not news. */
  boolean isPast(long seq) {
    return seq <= pastUntil;
  }

  /** A number was received, or the gap up to it. */
  void counted(long seq) {
    newest = Math.max(newest, seq);
    if (oldest == 0) {
      oldest = seq;
    }
  }

  /** The numbers start over, unrelated to the earlier ones. */
  void restart() {
    oldest = 0;
    pastUntil = 0;
    newest = 0;
    marked = 0;
    authors.clear();
  }

  /** The number up to which it was read, if the server does not have it yet; otherwise 0. */
  long toBeMarked() {
    return newest > marked ? newest : 0;
  }

  /** It was read up to this number, in this window or another one. */
  void marked(long seq) {
    marked = Math.max(marked, seq);
    if (seq >= newest) {
      markRead();
    }
  }

  /** The oldest shown number, or 0. */
  long oldest() {
    return oldest;
  }

  void oldest(long seq) {
    oldest = seq;
  }

  // Members.

  void presence(FromServer.Presence presence) {
    count = presence.count();
    people.addAll(presence.came());
    people.removeAll(presence.went());
    if (count > MAX_PEOPLE) {
      people.clear(); // the server no longer names those who leave
    }
  }

  Set<String> people() {
    return people;
  }

  long count() {
    return count;
  }

  @Nullable String topic() {
    return topic;
  }

  void topic(@Nullable String text) {
    topic = text;
  }
}
