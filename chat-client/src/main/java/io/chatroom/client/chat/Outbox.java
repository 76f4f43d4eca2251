package io.chatroom.client.chat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The typed messages that are not sent yet, in order. Bounded: without a connection, messages are
 * refused when it is full. Thread-safe.
 */
final class Outbox {

  /** Maximum number of waiting messages. */
  static final int MAX_MESSAGES = 1_000;

  /** Maximum number of characters in all of them. */
  static final int MAX_CHARS = 1 << 20;

  /** The sentence when it is full. */
  static final String FULL =
      "at most "
          + MAX_MESSAGES
          + " messages and "
          + MAX_CHARS
          + " characters can wait to be sent: wait until some are sent";

  /** A waiting message. Compared by identity, as the same text may be sent twice. */
  static final class Entry {

    private final String text;

    /** The connection that it was given to, or 0. */
    private int connection;

    private Entry(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  private final List<Entry> entries = new ArrayList<>();
  private int chars;

  /** Adds all of these or none; returns false if they do not fit. */
  synchronized boolean add(List<String> texts) {
    int more = texts.stream().mapToInt(String::length).sum();
    if (entries.size() + texts.size() > MAX_MESSAGES || chars + more > MAX_CHARS) {
      return false;
    }
    texts.forEach(text -> entries.add(new Entry(text)));
    chars += more;
    return true;
  }

  /** Gives all messages that no connection has yet to this one. */
  synchronized List<Entry> hand(int connection) {
    List<Entry> handed = new ArrayList<>();
    for (Entry entry : entries) {
      if (entry.connection == 0) {
        entry.connection = connection;
        handed.add(entry);
      }
    }
    return handed;
  }

  /** Removes a message that was sent. Does nothing if it was removed before. */
  synchronized void sent(Entry gone) {
    for (Iterator<Entry> all = entries.iterator(); all.hasNext(); ) {
      if (all.next() == gone) {
        all.remove();
        chars -= gone.text.length();
        return;
      }
    }
  }

  /** A connection has ended: its unsent messages wait for another one. */
  synchronized void takeBack(int connection) {
    for (Entry entry : entries) {
      if (entry.connection == connection) {
        entry.connection = 0;
      }
    }
  }

  /** The unsent texts, in order. */
  synchronized List<String> texts() {
    return entries.stream().map(Entry::text).toList();
  }
}
