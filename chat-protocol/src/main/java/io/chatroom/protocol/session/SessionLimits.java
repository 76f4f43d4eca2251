package io.chatroom.protocol.session;

/**
 * The limits that are the same for every server (S-20). The limits that a server chooses, such as
 * {@code maxMessageBytes}, are in its {@link FromServer.Welcome}. Constants, for any thread.
 */
public final class SessionLimits {

  /** 2^53 - 1, the largest integer on the wire: beyond it JavaScript's numbers have gaps. */
  public static final long MAX_INTEGER = (1L << 53) - 1;

  /** Maximum size of a {@code q}, in bytes. */
  public static final int MAX_Q_BYTES = 64;

  /** Maximum size of the {@code id} of a post, in bytes; the minimum is one. */
  public static final int MAX_ID_BYTES = 64;

  /** Maximum size of the name of a room, in bytes. */
  public static final int MAX_ROOM_BYTES = 64;

  /** Maximum size of a {@code token} or {@code key}, in bytes. */
  public static final int MAX_SECRET_BYTES = 256;

  /** Maximum size of the label of a bot's token, in bytes. */
  public static final int MAX_LABEL_BYTES = 64;

  /** Maximum number of rooms of a bot. */
  public static final int MAX_TOKEN_ROOMS = 20;

  /** Maximum size of an {@code agent} or {@code server}, in bytes. */
  public static final int MAX_AGENT_BYTES = 128;

  /** Maximum size of a topic, and of the reason for a moderation, in bytes. */
  public static final int MAX_TOPIC_BYTES = 512;

  /** Maximum size of the query of a search, in bytes. */
  public static final int MAX_QUERY_BYTES = 256;

  /** Maximum size of the sentence of an error or a bye, in bytes. */
  public static final int MAX_SENTENCE_BYTES = 1_024;

  /** Maximum number of entries in a page of history. */
  public static final int MAX_HISTORY = 200;

  /** Maximum number of entries in a page of a search. */
  public static final int MAX_SEARCH = 50;

  /** Maximum number of names or rooms in one object. */
  public static final int MAX_LISTED = 200;

  /** Maximum number of rooms in a hello; a server may accept fewer. */
  public static final int MAX_ROOMS = 1_000;

  /** Maximum depth of nested objects and arrays, including the outermost. */
  public static final int MAX_DEPTH = 16;

  /** Maximum number of tokens in an object: names, values, and both ends of objects and arrays. */
  public static final int MAX_TOKENS = 20_000;

  /** Maximum size of the name of a field, in bytes. */
  public static final int MAX_FIELD_BYTES = 256;

  /** Maximum number of digits of a number. */
  public static final int MAX_DIGITS = 64;

  /**
   * The maximum size of a frame or WebSocket message is {@code maxMessageBytes} times this factor:
   * a one-byte character can take six bytes in JSON, and the rest of the object needs space, too.
   */
  public static final int FRAME_FACTOR = 8;

  private SessionLimits() {}

  /** Maximum size of a frame or WebSocket message with this limit, in bytes of JSON. */
  public static int maxFrameBytes(int maxMessageBytes) {
    return (int) Math.min(Integer.MAX_VALUE - 16L, (long) FRAME_FACTOR * maxMessageBytes);
  }
}
