package com.example;

import io.chatroom.client.ChatClient;
import io.chatroom.client.ChatException;
import io.chatroom.client.ChatListener;
import io.chatroom.client.ServerAddress;
import java.util.concurrent.ThreadLocalRandom;

/** Rolls a die at each !roll, and reconnects whenever the connection is lost. */
public final class DiceBot {

  public static void main(String[] args) throws InterruptedException {
    ServerAddress server = args.length > 0 ? ServerAddress.parse(args[0]) : ServerAddress.LOCAL;
    ChatListener dice =
        (client, message) -> {
          if (message.text().equals("!roll")) {
            int eyes = ThreadLocalRandom.current().nextInt(1, 7);
            client.send(message.name() + " rolls a " + eyes);
          }
        };
    while (true) {
      try (ChatClient client = ChatClient.connect(server, "dice", dice)) {
        System.out.println("rolling dice at " + server);
        System.out.println(
            client.closed().handle((end, failure) -> failure == null ? end : failure).join());
      } catch (ChatException e) {
        System.out.println(e.getMessage()); // one sentence: nobody listens there, for instance
      }
      Thread.sleep(1_000);
    }
  }
}
