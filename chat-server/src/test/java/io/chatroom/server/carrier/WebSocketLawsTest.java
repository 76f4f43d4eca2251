package io.chatroom.server.carrier;

import java.util.Random;

/** The laws over WebSocket. */
class WebSocketLawsTest extends ServerLaws {

  @Override
  Carriage carriage(Random random) {
    return new WebSocketCarriage(random);
  }
}
