package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.SessionDefect.*;

import io.chatroom.client.conformance.session.JsonReader.Odd;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The form of requests. A field is written {@code name:kind}, with {@code ?} if it is optional. */
final class ReferenceSchema {

  private static final Map<String, List<String>> SHAPES =
      Map.ofEntries(
          Map.entry(
              "hello", List.of("name:s", "client:s", "token:s?", "key:s?", "agent:s?", "rooms:l?")),
          Map.entry("join", List.of("q:s?", "room:r", "after:p?", "last:n?")),
          Map.entry("leave", List.of("q:s?", "room:r")),
          Map.entry("post", List.of("id:s", "room:r", "text:s", "replyTo:n?")),
          Map.entry(
              "history", List.of("q:s", "room:r", "before:n?", "after:n?", "around:n?", "limit:n")),
          Map.entry("search", List.of("q:s", "query:s", "room:r?", "before:n?", "limit:n")),
          Map.entry("rooms", List.of("q:s", "room:r?", "limit:n?")),
          Map.entry("members", List.of("q:s", "room:r?", "limit:n?")),
          Map.entry("topic", List.of("q:s", "room:r", "text:s")),
          Map.entry("read", List.of("room:r", "seq:n")),
          Map.entry("delete", List.of("q:s", "room:r", "seq:n")),
          Map.entry("claim", List.of("q:s")),
          Map.entry("link", List.of("q:s")),
          Map.entry("block", List.of("q:s", "name:s?", "on:b?")),
          Map.entry(
              "moderate",
              List.of("q:s", "action:s", "room:r", "target:s?", "seconds:n?", "why:s?")),
          Map.entry("ping", List.of("q:s?")),
          Map.entry("bye", List.of()));

  private static final Pattern ROOM =
      Pattern.compile("[\\p{L}\\p{Nd}._-][\\p{L}\\p{Nd}\\p{M}._-]*");

  private final SessionReference server;

  ReferenceSchema(SessionReference server) {
    this.server = server;
  }

  static boolean knows(String type) {
    return SHAPES.containsKey(type);
  }

  /** Returns the request without null fields, or null if it is invalid. */
  @Nullable Json check(Json request) {
    Map<String, Object> fields = new LinkedHashMap<>(request.fields());
    List<String> shape = SHAPES.getOrDefault(String.valueOf(request.get("type")), List.of());
    if (server.has(REFUSES_UNKNOWN_FIELDS)
        && fields.keySet().stream()
            .filter(name -> !name.equals("type") && !name.equals("v"))
            .anyMatch(name -> shape.stream().noneMatch(each -> each.startsWith(name + ":")))) {
      return null;
    }
    for (String each : shape) {
      String name = each.substring(0, each.indexOf(':'));
      Object value = fields.get(name);
      boolean isNull = value instanceof Odd odd && odd.text().equals("null");
      if (isNull && each.endsWith("?") && !server.has(NULL_IS_WRONG)) {
        fields.remove(name);
      } else if (value == null
          ? !each.endsWith("?")
          : !fits(value, each.charAt(name.length() + 1))) {
        if (!server.has(ANY_TYPES)) {
          return null;
        }
        fields.put(name, each.contains(":n") ? (Object) 1L : "any");
      }
    }
    Json checked = new Json(fields);
    return isWithinBounds(checked) ? checked : null;
  }

  private boolean fits(Object value, char kind) {
    return switch (kind) {
      case 's' -> value instanceof String;
      case 'n' ->
          (value instanceof Long number && number < 1L << 53)
              || (server.has(TAKES_FLOATS) && value instanceof Odd);
      case 'b' -> value instanceof Boolean;
      case 'r' -> value instanceof String room && isRoom(room);
      case 'p' ->
          value instanceof Json place
              && place.get("epoch") instanceof String
              && place.get("seq") instanceof Long;
      default -> value instanceof List;
    };
  }

  private boolean isRoom(String room) {
    return server.has(ANY_ROOM_NAME)
        || room.startsWith("@")
        || (bytes(room) <= 64 && ROOM.matcher(room).matches() && ROOM.matcher(key(room)).matches());
  }

  private boolean isWithinBounds(Json request) {
    boolean post = request.is("post");
    boolean page = request.is("history") || request.is("search");
    long limit = request.get("limit") instanceof Long number ? number : 1;
    long most = request.is("search") ? 50 : 200;
    boolean idFits = bytes(request.get("id")) <= 64 && !"".equals(request.get("id"));
    boolean queryFits = !request.is("search") || !"".equals(request.get("query"));
    long sides = List.of("before", "after", "around").stream().filter(request::has).count();
    return (bytes(request.get("q")) <= 64 || server.has(CUTS_Q))
        && (!post || idFits || server.has(ANY_ID))
        && ((limit >= 1 && limit <= most && queryFits) || server.has(NO_PAGE_LIMIT))
        && (!request.is("history") || sides == 1 || server.has(NO_PAGE_LIMIT))
        && (page || !(request.has("after") && request.has("last")) || server.has(AFTER_AND_LAST));
  }

  static int bytes(@Nullable Object text) {
    return text instanceof String string ? string.getBytes(StandardCharsets.UTF_8).length : 0;
  }

  /** Returns the key by which room names are compared. */
  String key(String room) {
    if (server.has(CASE_COUNTS)) {
      return room;
    }
    String folded = Normalizer.normalize(room, Normalizer.Form.NFKC).toUpperCase(Locale.ROOT);
    return Normalizer.normalize(folded.toLowerCase(Locale.ROOT), Normalizer.Form.NFKC);
  }
}
