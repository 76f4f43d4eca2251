package io.chatroom.server.carrier;

import java.util.Random;

/** The laws over TCP. */
class TcpLawsTest extends ServerLaws {

  @Override
  Carriage carriage(Random random) {
    return new TcpCarriage();
  }
}
