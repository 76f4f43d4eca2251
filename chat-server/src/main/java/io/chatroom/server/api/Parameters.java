package io.chatroom.server.api;

import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.Position;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.web.Request;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parameters in the URL of a request. A malformed one causes a {@link ProblemException}, or an
 * {@link IllegalArgumentException} of the record made from it.
 */
final class Parameters {

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,16}");
  private static final Pattern POSITION = Pattern.compile("([A-Za-z0-9_-]{1,64}):([0-9]{1,16})");
  private static final int SHOWN = 40;

  private final Request request;

  Parameters(Request request) {
    this.request = request;
  }

  /** The room at an index of the path. */
  RoomName pathRoom(int at) {
    return RoomName.of(request.path().get(at));
  }

  @Nullable RoomName room() {
    String text = request.parameter("room");
    return text == null ? null : RoomName.of(text);
  }

  @Nullable String text(String name) {
    return request.parameter(name);
  }

  @Nullable Long number(String name) {
    String text = request.parameter(name);
    if (text == null) {
      return null;
    }
    if (!NUMBER.matcher(text).matches()) {
      throw ProblemException.bad(name + " is " + show(text) + ", expected a number");
    }
    return Long.valueOf(text);
  }

  /** A number from 1 to a maximum, or the default if it is missing. */
  int limit(int byDefault, int most) {
    Long limit = number("limit");
    if (limit == null) {
      return byDefault;
    }
    if (limit < 1 || limit > most) {
      throw ProblemException.bad("limit is " + limit + ", expected 1 to " + most);
    }
    return (int) (long) limit;
  }

  /** A position in a room. */
  static Position position(String name, String text) {
    Matcher position = POSITION.matcher(text);
    if (!position.matches()) {
      throw ProblemException.bad(
          name + " is " + show(text) + ", expected EPOCH:SEQ, the id of an event");
    }
    return new Position(position.group(1), Long.parseLong(position.group(2)));
  }

  /** A stranger's text in quotes, shortened and printable. */
  static String show(String text) {
    int end = Math.min(text.length(), SHOWN);
    return "\"" + VisibleText.of(text.substring(0, end)) + (end < text.length() ? "…\"" : "\"");
  }
}
