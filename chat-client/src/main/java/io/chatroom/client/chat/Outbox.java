package io.chatroom.client.chat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What was typed and has not gone yet, in the order in which it was typed. Bounded: who types
 * without a connection is told when nothing more can be kept. Thread-safe.
 */
final class Outbox {

  /** How many messages may wait. */
  static final int MAX_MESSAGES = 1_000;

  /** How many characters they may have between them. */
  static final int MAX_CHARS = 1 << 20;

  /** What is told when there is no room. */
  static final String FULL =
      "no more than "
          + MAX_MESSAGES
          + " messages, or "
          + MAX_CHARS
          + " characters, can wait to be said; wait until some have gone";

  /** One message that waits. Its identity counts, as the same may be said twice. */
  static final class Entry {

    private final String text;

    /** Which connection it was handed to, or 0. */
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

  /** Takes all of these or none; false if there is no room. */
  synchronized boolean add(List<String> texts) {
    int more = texts.stream().mapToInt(String::length).sum();
    if (entries.size() + texts.size() > MAX_MESSAGES || chars + more > MAX_CHARS) {
      return false;
    }
    texts.forEach(text -> entries.add(new Entry(text)));
    chars += more;
    return true;
  }

  /** What no connection has been given yet; from now on this one has. */
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

  /** This has gone. Does nothing for what has gone before. */
  synchronized void gone(Entry gone) {
    for (Iterator<Entry> all = entries.iterator(); all.hasNext(); ) {
      if (all.next() == gone) {
        all.remove();
        chars -= gone.text.length();
        return;
      }
    }
  }

  /** A connection has ended: what it was given and did not take waits for another one. */
  synchronized void takeBack(int connection) {
    for (Entry entry : entries) {
      if (entry.connection == connection) {
        entry.connection = 0;
      }
    }
  }

  /** The texts that have not gone, in order. */
  synchronized List<String> texts() {
    return entries.stream().map(Entry::text).toList();
  }
}
