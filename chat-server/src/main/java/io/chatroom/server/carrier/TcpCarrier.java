package io.chatroom.server.carrier;

import io.chatroom.protocol.session.FromServer.Bye;
import io.chatroom.server.front.Newcomer;
import io.chatroom.server.session.SessionKind;
import io.chatroom.server.session.Sessions;
import org.jspecify.annotations.Nullable;

/** Carries a session over TCP, where only the end of the stream follows the last object. */
final class TcpCarrier extends Carrier {

  TcpCarrier(Newcomer newcomer, SessionKind kind, Sessions sessions, Rates rates, SessionLog log) {
    super(newcomer, kind, sessions, rates, log);
  }

  @Override
  void sayLast(@Nullable Bye bye) {}
}
