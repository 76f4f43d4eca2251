package io.chatroom.server.search;

import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.log.Message;
import io.chatroom.server.log.RoomEvent;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A parsed query. Any text is a valid query:
 *
 * <ul>
 *   <li>{@code some words}: all of them, in any order, ignoring case and accents
 *   <li>{@code deplo*}: words with this prefix
 *   <li>{@code "build is green"}: consecutive words
 *   <li>{@code from:NAME}, {@code in:ROOM}: the author, the room; several of a kind are
 *       alternatives
 *   <li>{@code before:2026-11-01}, {@code after:2026-11-01}: before the start of that day, or from
 *       then on, in UTC; the day and the month may be omitted
 * </ul>
 *
 * @param phrases the message contains all of them
 * @param authors its author is one of them; empty for anybody
 * @param rooms its room's key is one of them; empty for any room
 * @param fromMillis its time is this or later
 * @param toMillis its time is before this
 */
public record Query(
    List<Phrase> phrases, Set<Phrase> authors, Set<String> rooms, long fromMillis, long toMillis) {

  private static final String QUOTES = "\"“”„«»";
  private static final Pattern FIELD =
      Pattern.compile("(?i)(from|in|before|after):(?=\\S)", Pattern.UNICODE_CASE);
  private static final Pattern DATE =
      Pattern.compile("([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?");

  /** Copies the lists. */
  public Query {
    phrases = List.copyOf(phrases);
    authors = Set.copyOf(authors);
    rooms = Set.copyOf(rooms);
  }

  /** Parses a text. */
  public static Query of(String typed) {
    return new Parser(typed).parse();
  }

  /**
   * The same query with the keys of rooms in place of their typed names.
   *
   * @param key makes the key of a room's name
   */
  public Query in(UnaryOperator<String> key) {
    return new Query(
        phrases,
        authors,
        rooms.stream().map(key).collect(Collectors.toSet()),
        fromMillis,
        toMillis);
  }

  /** Returns true if it is empty; it then finds nothing. */
  public boolean isEmpty() {
    return phrases.isEmpty()
        && authors.isEmpty()
        && rooms.isEmpty()
        && fromMillis == Long.MIN_VALUE
        && toMillis == Long.MAX_VALUE;
  }

  /** Returns true if it may match messages of a room. */
  public boolean looksInto(String room) {
    return !isEmpty() && (rooms.isEmpty() || rooms.contains(room));
  }

  /** Returns true if a time matches. */
  boolean hasTime(long atMillis) {
    return atMillis >= fromMillis && atMillis < toMillis;
  }

  /** Returns true if a message matches, in a room that it {@link #looksInto}. */
  boolean matches(Message message) {
    String text = message.text();
    if (text == null || message.detail() instanceof RoomEvent || !hasTime(message.atMillis())) {
      return false;
    }
    if (!authors.isEmpty()) {
      List<String> tag = List.of(Tag.author(message.from()));
      if (authors.stream().noneMatch(author -> author.isIn(tag))) {
        return false;
      }
    }
    if (phrases.isEmpty()) {
      return true;
    }
    List<String> words = Words.of(text);
    return phrases.stream().allMatch(phrase -> phrase.isIn(words));
  }

  /** Parses one part after the other; a part that is not a field is words. */
  private static final class Parser {

    private final String typed;
    private final List<Phrase> phrases = new ArrayList<>();
    private final Set<Phrase> authors = new LinkedHashSet<>();
    private final Set<String> rooms = new LinkedHashSet<>();
    private long fromMillis = Long.MIN_VALUE;
    private long toMillis = Long.MAX_VALUE;
    private int next;

    Parser(String typed) {
      this.typed = typed;
    }

    Query parse() {
      while (true) {
        while (next < typed.length() && isSpace(typed.charAt(next))) {
          next++;
        }
        if (next == typed.length()) {
          return new Query(phrases, authors, rooms, fromMillis, toMillis);
        }
        Matcher field = FIELD.matcher(typed).region(next, typed.length());
        if (field.lookingAt()) {
          next = field.end();
          String value = piece();
          if (!value.isBlank()) {
            field(field.group(1).toLowerCase(Locale.ROOT), value);
          }
        } else {
          words(piece());
        }
      }
    }

    /** A value in quotation marks, or up to the next space. */
    private String piece() {
      boolean quoted = QUOTES.indexOf(typed.charAt(next)) >= 0;
      int from = quoted ? next + 1 : next;
      int end = from;
      while (end < typed.length() && !ends(typed.charAt(end), quoted)) {
        end++;
      }
      next = Math.min(typed.length(), quoted ? end + 1 : end);
      boolean begins = quoted && next < typed.length() && typed.charAt(next) == '*';
      if (begins) {
        next++;
      }
      return typed.substring(from, end) + (begins ? "*" : "");
    }

    private static boolean ends(char c, boolean quoted) {
      return quoted ? QUOTES.indexOf(c) >= 0 : isSpace(c);
    }

    private static boolean isSpace(char c) {
      return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    private void words(String piece) {
      Phrase phrase = Words.phrase(piece, piece.endsWith("*"));
      if (!phrase.words().isEmpty()) {
        phrases.add(phrase);
      }
    }

    private void field(String name, String value) {
      switch (name) {
        case "from" -> author(value);
        case "in" -> rooms.add(room(value));
        default -> date(name, value);
      }
    }

    private void author(String value) {
      boolean begins = value.endsWith("*");
      String name = begins ? value.substring(0, value.length() - 1) : value;
      authors.add(
          new Phrase(List.of(Tag.author(name.startsWith("@") ? name.substring(1) : name)), begins));
    }

    private static String room(String value) {
      try {
        return RoomName.of(value.startsWith("#") ? value.substring(1) : value).key();
      } catch (IllegalArgumentException e) {
        return value; // matches no room
      }
    }

    private void date(String name, String value) {
      Matcher date = DATE.matcher(value);
      if (date.matches()) {
        try {
          long at =
              LocalDate.of(number(date.group(1)), number(date.group(2)), number(date.group(3)))
                  .atStartOfDay(ZoneOffset.UTC)
                  .toInstant()
                  .toEpochMilli();
          if (name.equals("before")) {
            toMillis = Math.min(toMillis, at);
          } else {
            fromMillis = Math.max(fromMillis, at);
          }
          return;
        } catch (DateTimeException e) {
          // not a date, so it is words
        }
      }
      words(name + " " + value);
    }

    private static int number(@Nullable String digits) {
      return digits == null ? 1 : Integer.parseInt(digits);
    }
  }
}
