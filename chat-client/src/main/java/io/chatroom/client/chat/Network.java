package io.chatroom.client.chat;

import io.chatroom.client.ChatClient;
import io.chatroom.client.OwnedNames;
import io.chatroom.client.ServerAddress;
import io.chatroom.client.SessionClient;
import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.RoomName;
import java.security.Security;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * How to connect, in either protocol.
 *
 * @param seed settings for the seed's protocol; must not be changed any more
 * @param session makes the settings for a session with a server; its second argument is true if
 *     another protocol can be tried
 * @param rooms the rooms to join, the first of them on the screen; if empty, the room that the
 *     server suggests
 * @param last number of earlier messages to show first
 * @param reconnect whether to reconnect
 * @param names the names that the person owns; null never offers to claim one
 */
public record Network(
    ChatClient.Builder seed,
    BiFunction<ServerAddress, Boolean, SessionClient.Builder> session,
    List<RoomName> rooms,
    long last,
    boolean reconnect,
    @Nullable OwnedNames names) {

  static {
    // The JDK would cache an address, or a failure, for half a minute.
    Security.setProperty("networkaddress.cache.ttl", "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
  }

  public Network {
    rooms = List.copyOf(rooms);
  }

  /** The same, never offering to claim a name. */
  Network(
      ChatClient.Builder seed,
      BiFunction<ServerAddress, Boolean, SessionClient.Builder> session,
      List<RoomName> rooms,
      long last,
      boolean reconnect) {
    this(seed, session, rooms, last, reconnect, null);
  }

  Talks.Maker maker(Desk desk) {
    return new Talks.Maker() {
      @Override
      public Talk seed(ServerAddress server, Talk.Events events) {
        return Conversation.overNetwork(server, desk.name(), reconnect, seed, events);
      }

      @Override
      public Talk session(ServerAddress server, boolean orSeed, Talk.Events events) {
        return new SessionTalk(
            server,
            new SessionTalk.Terms(rooms, last, reconnect, names),
            orSeed,
            session.apply(server, orSeed),
            new ThreadTicker(
                failure -> events.over("the client failed: " + VisibleText.of(failure.toString()))),
            desk,
            events);
      }
    };
  }
}
