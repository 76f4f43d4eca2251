package io.chatroom.server.carrier;

/** The laws over TCP. */
class TcpLawsTest extends ServerLaws {

  @Override
  Carriage carriage() {
    return new TcpCarriage();
  }
}
