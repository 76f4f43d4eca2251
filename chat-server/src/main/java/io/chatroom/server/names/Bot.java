package io.chatroom.server.names;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.facts.Fact;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A bot: a program under its owner's name, with a token of its own and fewer permissions.
 * Immutable.
 *
 * @param id the id of its fact
 * @param owner the owner of its name
 * @param label its owner's name for it
 * @param token the hash of its token
 * @param rooms the rooms that it may join
 * @param scope its permissions there
 * @param madeMillis when its token was made
 */
public record Bot(
    String id,
    Owner owner,
    String label,
    Hash token,
    List<RoomName> rooms,
    FromClient.Scope scope,
    long madeMillis) {

  /** The kind of the facts. */
  static final String KIND = "bot";

  private static final JsonMapper JSON = new JsonMapper();

  public Bot {
    rooms = List.copyOf(rooms);
  }

  /**
   * Why a request of this bot is refused; null if it is allowed. Requests that are not listed here
   * are refused, so that existing bots do not gain permissions with new kinds.
   */
  @Nullable Denial denies(FromClient request) {
    if (request instanceof FromClient.Post post) {
      return scope == FromClient.Scope.WRITE ? unlessIn(post.room()) : denied("post");
    } else if (request instanceof FromClient.Join join) {
      return unlessIn(join.room());
    } else if (request instanceof FromClient.Leave leave) {
      return unlessIn(leave.room());
    } else if (request instanceof FromClient.History history) {
      return unlessIn(history.room());
    } else if (request instanceof FromClient.Search search) {
      return unlessIn(search.room());
    } else if (request instanceof FromClient.Members members) {
      return unlessIn(members.room());
    }
    return denied(request.type());
  }

  private @Nullable Denial unlessIn(@Nullable RoomName room) {
    if (room == null) {
      return Denial.of(Code.FORBIDDEN, "A bot must name a room in this request.");
    }
    return rooms.contains(room)
        ? null
        : Denial.of(Code.FORBIDDEN, "The token of this bot does not cover this room.");
  }

  private static Denial denied(String what) {
    return Denial.of(Code.FORBIDDEN, "The token of this bot does not permit this: " + what + ".");
  }

  Fact asFact() {
    ObjectNode value = JSON.createObjectNode();
    value.put("id", owner.id());
    value.put("name", owner.name());
    value.put("label", label);
    value.put("sha256", token.hex());
    ArrayNode names = value.putArray("rooms");
    rooms.forEach(room -> names.add(room.text()));
    value.put("scope", scope.text());
    value.put("made", madeMillis);
    return new Fact(KIND, id, value.toString());
  }

  /**
   * Reads a stored bot.
   *
   * @throws IllegalArgumentException if the fact is malformed; the message is one sentence for
   *     people
   */
  static Bot of(Fact fact) {
    try {
      JsonNode value = JSON.readTree(Objects.requireNonNullElse(fact.value(), ""));
      List<RoomName> rooms = new ArrayList<>();
      value.path("rooms").forEach(room -> rooms.add(RoomName.of(room.asString())));
      return new Bot(
          fact.key(),
          new Owner(value.path("id").asString(), value.path("name").asString()),
          value.path("label").asString(),
          Hash.of(value.path("sha256").asString()),
          rooms,
          value.path("scope").asString().equals(FromClient.Scope.WRITE.text())
              ? FromClient.Scope.WRITE
              : FromClient.Scope.READ,
          value.path("made").asLong(0));
    } catch (JacksonException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the stored record of the bot " + fact.key() + " is damaged", e);
    }
  }

  /** Omits the hash of its token. */
  @Override
  public String toString() {
    return "Bot[owner=" + owner.name() + ", label=" + label + "]";
  }
}
