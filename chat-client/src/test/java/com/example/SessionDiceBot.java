package com.example;

import io.chatroom.client.ChatException;
import io.chatroom.client.RoomListener;
import io.chatroom.client.SessionAddress;
import io.chatroom.client.SessionClient;
import io.chatroom.client.Start;
import io.chatroom.protocol.session.RoomName;
import java.util.concurrent.ThreadLocalRandom;

/** Rolls a die at each !roll in the lobby, and misses none when the server restarts. */
public final class SessionDiceBot {

  public static void main(String[] args) throws ChatException {
    SessionAddress server = SessionAddress.parse(args.length > 0 ? args[0] : "localhost");
    RoomListener dice =
        (client, message) -> {
          if ("!roll".equals(message.text())) {
            int eyes = ThreadLocalRandom.current().nextInt(1, 7);
            client.post(message.room(), message.from() + " rolls a " + eyes);
          }
        };
    SessionClient.Builder bot = SessionClient.builder();
    bot.room(RoomName.of("lobby"), Start.live(), dice).skipReplays(); // of a restored backup
    SessionClient client = bot.start(server, "dice"); // and comes back by itself
    System.out.println(client.closed().handle((end, failure) -> failure).join());
  }
}
