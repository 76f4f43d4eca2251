package io.chatroom.server.api;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.SessionLimits;
import io.chatroom.server.names.Visitor;
import io.chatroom.server.web.Request;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the identity that a request claims. */
final class Caller {

  /** The header of the access key. */
  static final String KEY = "chat-key";

  private static final Pattern BEARER =
      Pattern.compile("bearer +(\\S+) *", Pattern.CASE_INSENSITIVE);

  private Caller() {}

  /**
   * Reads name, token and access key from a request.
   *
   * @param maxNameBytes the length of the longest name, in bytes of UTF-8
   */
  static Visitor of(Request request, int maxNameBytes) {
    String name = request.parameter("name");
    if (name != null && name.getBytes(StandardCharsets.UTF_8).length > maxNameBytes) {
      throw new ProblemException(
          Problem.of(
              Code.NAME_BAD,
              "name has "
                  + name.getBytes(StandardCharsets.UTF_8).length
                  + " bytes, limit "
                  + maxNameBytes));
    }
    return new Visitor(name, token(request), key(request));
  }

  private static @Nullable String token(Request request) {
    String header = request.header("authorization");
    if (header == null) {
      return null;
    }
    Matcher bearer = BEARER.matcher(header);
    if (!bearer.matches() || bearer.group(1).length() > SessionLimits.MAX_SECRET_BYTES) {
      throw new ProblemException(
          Problem.of(
              Code.TOKEN_WRONG,
              "The Authorization header contains no token, expected Bearer TOKEN"));
    }
    return bearer.group(1);
  }

  /** The access key; null if it is missing, or too long to be valid. */
  static @Nullable String key(Request request) {
    String key = request.header(KEY);
    return key == null || key.isEmpty() || key.length() > SessionLimits.MAX_SECRET_BYTES
        ? null
        : key;
  }
}
