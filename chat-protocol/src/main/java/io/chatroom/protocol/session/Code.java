package io.chatroom.protocol.session;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The codes of errors and byes, each with the client's reaction (S-61). The code of a bye also has
 * the close code of a WebSocket. A client that does not know a new code acts on its {@link Do}.
 * Constants, for any thread.
 */
public enum Code {
  /** Too much was sent in too short a time. */
  RATE(Do.RETRY),
  /** Too many requests of this session are unanswered, or the server is overloaded. */
  BUSY(Do.RETRY),
  /** The request cannot be served for now: the disk is full, or the database is unavailable. */
  UNAVAILABLE(Do.RETRY),
  /** A text is longer than {@code maxMessageBytes}. */
  TOO_LONG(Do.CHANGE),
  /** Not JSON, or not a valid object. */
  BAD_REQUEST(Do.CHANGE),
  /** A type that this server does not know or does not support. */
  UNKNOWN_TYPE(Do.CHANGE),
  /** The id of a post was used before for another text or room. */
  ID_REUSED(Do.CHANGE),
  /** More rooms than {@code maxRooms}, or a new room at the server's maximum. */
  TOO_MANY_ROOMS(Do.CHANGE),
  /** The room does not exist, or may not be seen. */
  NO_ROOM(Do.ASK),
  /** The session has not joined the room. */
  NOT_JOINED(Do.ASK),
  /** The session may not do this. */
  FORBIDDEN(Do.ASK),
  /** The session may not post in this room. */
  MUTED(Do.ASK),
  /** The room is closed to this session. */
  CLOSED(Do.ASK),
  /** The name is in use, and only one session may use it. */
  NAME_TAKEN(Do.ASK),
  /** The name has an owner, and the token is missing. */
  NAME_OWNED(Do.ASK),
  /** The name looks like an owned name. */
  NAME_LOOKS_ALIKE(Do.ASK),
  /** The name is too long, empty, or has illegal characters. */
  NAME_BAD(Do.ASK),
  /** The token does not belong to this name. */
  TOKEN_WRONG(Do.ASK),

  /** The server is stopping; all accepted requests were answered. */
  DRAINING(4000, Do.RECONNECT),
  /** A defect of the server. */
  INTERNAL(4001, Do.RECONNECT),
  /** The client was silent for too long. */
  NO_PONG(4002, Do.RECONNECT),
  /** The log of a room was replaced, so that its positions mean nothing any more. */
  LOG_RESET(4003, Do.RECONNECT),
  /** The server has its maximum number of connections, in total or from this address. */
  LIMIT(4007, Do.RECONNECT),
  /** The bytes are not a session: a bad header, or a frame that is too long. */
  PROTOCOL(4500, Do.STOP),
  /** A version of the protocol that the server does not speak. */
  VERSION(4501, Do.STOP),
  /** A page of another origin opened the WebSocket. */
  ORIGIN(4502, Do.STOP),
  /** A moderator has ended this session, or its name was freed, or its token revoked. */
  KICKED(4503, Do.STOP),
  /** This client is banned from the server. */
  BANNED(4504, Do.STOP),
  /** Another connection of the same client has replaced this one. */
  REPLACED(4505, Do.STOP),
  /** The key for this server is wrong or missing. */
  KEY_WRONG(4506, Do.STOP);

  private static final Map<String, Code> BY_TEXT =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(Code::text, Function.identity()));

  private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');
  private final int closeNumber;
  private final Do act;

  Code(Do act) {
    this(0, act);
  }

  Code(int closeNumber, Do act) {
    this.closeNumber = closeNumber;
    this.act = act;
  }

  /** The code with this word; null if it is unknown, as a newer server may have others. */
  public static @Nullable Code of(String text) {
    return BY_TEXT.get(text);
  }

  /** The word on the wire. */
  public String text() {
    return text;
  }

  /** What a client does about it. */
  public Do act() {
    return act;
  }

  /** True if the code belongs to a bye, which ends the connection, and not to an error. */
  public boolean isBye() {
    return closeNumber > 0;
  }

  /**
   * The close code of a WebSocket: 4000 to 4499 mean reconnect, 4500 and above mean stop.
   *
   * @throws IllegalStateException if this is the code of an error
   */
  public int closeNumber() {
    if (!isBye()) {
      throw new IllegalStateException(text + " closes no connection");
    }
    return closeNumber;
  }
}
