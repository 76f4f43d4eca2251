package io.chatroom.server.api;

import io.chatroom.protocol.session.BadObjectException;
import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.Do;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.server.web.Answer;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Why a request failed, as in RFC 9457, with the fields of session errors. Only this class maps
 * codes to statuses.
 *
 * @param status the HTTP status
 * @param code the error: a {@link Code}, or a word added later
 * @param act what the client should do
 * @param afterMillis the time to wait before that, or null
 * @param detail one sentence for people
 */
record Problem(int status, String code, Do act, @Nullable Long afterMillis, String detail) {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String TYPE = "application/problem+json";

  private static final int BAD_REQUEST = 400;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  static final int TOO_LARGE = 413;
  static final int WRONG_TYPE = 415;
  private static final int TOO_MANY = 429;
  private static final int INTERNAL = 500;
  private static final int UNAVAILABLE = 503;

  private static final long MILLIS = 1_000;

  static Problem of(Code code, @Nullable Long afterMillis, String detail) {
    return new Problem(statusOf(code), code.text(), code.act(), afterMillis, detail);
  }

  static Problem of(Code code, String detail) {
    return of(code, null, detail);
  }

  static Problem of(FromServer.Error error) {
    return of(error.code(), error.act(), error.afterMillis(), error.text());
  }

  static Problem of(FromServer.Bye bye) {
    return of(bye.code(), bye.act(), bye.afterMillis(), bye.text());
  }

  static Problem of(BadObjectException bad) {
    return of(bad.code(), null, String.valueOf(bad.getMessage()));
  }

  private static Problem of(String code, Do act, @Nullable Long afterMillis, String text) {
    Code known = Code.of(code);
    return new Problem(known == null ? INTERNAL : statusOf(known), code, act, afterMillis, text);
  }

  /** A problem with the HTTP request, which has no code of its own. */
  static Problem ofStatus(int status, String detail) {
    Code code =
        status == TOO_LARGE
            ? Code.TOO_LONG
            : status == INTERNAL ? Code.INTERNAL : status > INTERNAL ? Code.BUSY : Code.BAD_REQUEST;
    return new Problem(status, code.text(), code.act(), null, detail);
  }

  private static int statusOf(Code code) {
    return switch (code) {
      case BAD_REQUEST, UNKNOWN_TYPE, NAME_BAD, PROTOCOL, VERSION -> BAD_REQUEST;
      case TOKEN_WRONG, NAME_OWNED, KEY_WRONG -> UNAUTHORIZED;
      case FORBIDDEN, MUTED, CLOSED, NAME_LOOKS_ALIKE, KICKED, BANNED, ORIGIN -> FORBIDDEN;
      case NO_ROOM, NOT_JOINED -> NOT_FOUND;
      case ID_REUSED, NAME_TAKEN, TOO_MANY_ROOMS, REPLACED -> CONFLICT;
      case TOO_LONG -> TOO_LARGE;
      case RATE -> TOO_MANY;
      case INTERNAL -> INTERNAL;
      case BUSY, UNAVAILABLE, DRAINING, NO_PONG, LOG_RESET, LIMIT -> UNAVAILABLE;
    };
  }

  /** The problem as an answer. */
  Answer answer() {
    ObjectNode json = JSON.createObjectNode();
    json.put("type", "about:blank");
    json.put("title", HttpResponseStatus.valueOf(status).reasonPhrase());
    json.put("status", status);
    json.put("detail", detail);
    json.put("code", code);
    json.put("do", act.text());
    if (afterMillis != null) {
      json.put("afterMillis", afterMillis);
    }
    Answer answer = Answer.of(status, TYPE, json + "\n"); // for people in a shell
    if (status == UNAUTHORIZED) {
      answer = answer.with("www-authenticate", "Bearer");
    } else if (status == TOO_MANY || status == UNAVAILABLE) {
      answer = answer.with("retry-after", "" + retrySeconds());
    }
    return answer;
  }

  /** The time to wait, rounded up to seconds; one second if unknown. */
  private long retrySeconds() {
    return afterMillis == null ? 1 : Math.max(1, (afterMillis + MILLIS - 1) / MILLIS);
  }
}
