package io.chatroom.server.carrier;

import java.util.Random;

/** The same for sessions over WebSocket. */
class WebSocketOrderTest extends OrderTest {

  @Override
  Carriage carriage() {
    return new WebSocketCarriage(new Random(1));
  }
}
