package io.chatroom.protocol.session;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The codes of errors and byes, each with what a client does about it (S-61). Those of byes have
 * the number that closes a WebSocket, too. New codes may come: a client that does not know one acts
 * by its {@link Do}. Constants, for any thread.
 */
public enum Code {
  /** Too much was sent in too short a time. */
  RATE(Do.RETRY),
  /** Too many requests of this session wait for their answers, or the server has too much to do. */
  BUSY(Do.RETRY),
  /** What the request needs does not work at the moment: a full disk, a database that is away. */
  UNAVAILABLE(Do.RETRY),
  /** A text is longer than {@code maxMessageBytes}. */
  TOO_LONG(Do.CHANGE),
  /** Not JSON, or not as the page says. */
  BAD_REQUEST(Do.CHANGE),
  /** A type that this server does not know or does not support. */
  UNKNOWN_TYPE(Do.CHANGE),
  /** The id of a post was used before, for another text or room. */
  ID_REUSED(Do.CHANGE),
  /** More rooms than {@code maxRooms}, or a new one where the server has enough. */
  TOO_MANY_ROOMS(Do.CHANGE),
  /** The room does not exist, or may not be seen. */
  NO_ROOM(Do.ASK),
  /** The session has not joined the room. */
  NOT_JOINED(Do.ASK),
  /** The session may not do this. */
  FORBIDDEN(Do.ASK),
  /** The session may not talk in this room. */
  MUTED(Do.ASK),
  /** The room is closed to this session. */
  CLOSED(Do.ASK),
  /** Somebody is here under this name, and only one may be. */
  NAME_TAKEN(Do.ASK),
  /** The name belongs to somebody, and the token is missing. */
  NAME_OWNED(Do.ASK),
  /** The name could be mistaken for one that belongs to somebody. */
  NAME_LOOKS_ALIKE(Do.ASK),
  /** The name is too long, empty, or made of characters that names may not have. */
  NAME_BAD(Do.ASK),
  /** The token is not the one of this name. */
  TOKEN_WRONG(Do.ASK),

  /** The server stops; all that it accepted was answered. */
  DRAINING(4000, Do.RECONNECT),
  /** A defect of the server. */
  INTERNAL(4001, Do.RECONNECT),
  /** Nothing was heard of the client for too long. */
  NO_PONG(4002, Do.RECONNECT),
  /** The log of a room is another one, so that its position means nothing any more. */
  LOG_RESET(4003, Do.RECONNECT),
  /** As many connections as the server takes, in all or from this address. */
  LIMIT(4007, Do.RECONNECT),
  /** The bytes are not those of a session: a bad header, or too long a frame. */
  PROTOCOL(4500, Do.STOP),
  /** A version of the protocol that the server does not speak. */
  VERSION(4501, Do.STOP),
  /** A page of another origin opened the WebSocket. */
  ORIGIN(4502, Do.STOP),
  /** Somebody who may do so has ended this session. */
  KICKED(4503, Do.STOP),
  /** This client may not come in. */
  BANNED(4504, Do.STOP),
  /** Another connection of the same client has taken this one's place. */
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

  /** The code with this word, or null where there is none: a newer server may have others. */
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

  /** Whether this ends the connection, and goes with a bye and not with an error. */
  public boolean isBye() {
    return closeNumber > 0;
  }

  /**
   * The number that closes a WebSocket: 4000 to 4499 mean reconnect, 4500 and above stop.
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
