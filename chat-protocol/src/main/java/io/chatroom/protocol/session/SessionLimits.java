package io.chatroom.protocol.session;

/**
 * The bounds that the page fixes for every server (S-20). What a server chooses, {@code
 * maxMessageBytes} and its like, is told in its {@link FromServer.Welcome}. Constants, for any
 * thread.
 */
public final class SessionLimits {

  /** 2^53 - 1, the largest integer on the wire: beyond it JavaScript's numbers have gaps. */
  public static final long MAX_INTEGER = (1L << 53) - 1;

  /** The longest {@code q}, in bytes. */
  public static final int MAX_Q_BYTES = 64;

  /** The longest {@code id} of a post, in bytes; it has at least one. */
  public static final int MAX_ID_BYTES = 64;

  /** The longest name of a room, in bytes. */
  public static final int MAX_ROOM_BYTES = 64;

  /** The longest {@code token} and {@code key}, in bytes. */
  public static final int MAX_SECRET_BYTES = 256;

  /** The longest label of a bot's token, in bytes. */
  public static final int MAX_LABEL_BYTES = 64;

  /** In how many rooms a bot may be at most. */
  public static final int MAX_TOKEN_ROOMS = 20;

  /** The longest {@code agent} and {@code server}, in bytes. */
  public static final int MAX_AGENT_BYTES = 128;

  /** The longest topic of a room, and the longest reason for a moderation, in bytes. */
  public static final int MAX_TOPIC_BYTES = 512;

  /** The longest query of a search, in bytes. */
  public static final int MAX_QUERY_BYTES = 256;

  /** The longest sentence of an error or a bye, in bytes. */
  public static final int MAX_SENTENCE_BYTES = 1_024;

  /** How many entries a page of history has at most. */
  public static final int MAX_HISTORY = 200;

  /** How many entries a page of a search has at most. */
  public static final int MAX_SEARCH = 50;

  /** How many names or rooms one object lists at most. */
  public static final int MAX_LISTED = 200;

  /** How many rooms a hello asks for at most; a server may take fewer. */
  public static final int MAX_ROOMS = 1_000;

  /** How deep objects and arrays are nested at most, the outermost counted. */
  public static final int MAX_DEPTH = 16;

  /** How many tokens an object has at most: names, values, and each end of objects and arrays. */
  public static final int MAX_TOKENS = 20_000;

  /** The longest name of a field, in bytes. */
  public static final int MAX_FIELD_BYTES = 256;

  /** The most digits of a number. */
  public static final int MAX_DIGITS = 64;

  /**
   * A frame or WebSocket message has at most so many times {@code maxMessageBytes}: a character of
   * one byte may be six in JSON, and the rest of the object needs room, too.
   */
  public static final int FRAME_FACTOR = 8;

  private SessionLimits() {}

  /** The longest frame or WebSocket message of a server with this limit, in bytes of JSON. */
  public static int maxFrameBytes(int maxMessageBytes) {
    return (int) Math.min(Integer.MAX_VALUE - 16L, (long) FRAME_FACTOR * maxMessageBytes);
  }
}
