package io.chatroom.client;

import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.Position;
import io.chatroom.protocol.session.RoomName;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a {@link SessionClient} does. */
@SuppressWarnings("DoNotCallSuggester") // a sketch
final class Session {

  Session(
      SessionClient client, SessionClient.Builder settings, SessionAddress server, String name) {}

  void connectOnce() throws ChatException {
    throw new UnsupportedOperationException();
  }

  void start() throws ChatException {
    throw new UnsupportedOperationException();
  }

  String nextId() {
    throw new UnsupportedOperationException();
  }

  CompletableFuture<FromServer.Ack> post(FromClient.Post post) {
    throw new UnsupportedOperationException();
  }

  CompletableFuture<FromServer.Joined> join(RoomName room, Start start, RoomListener listener) {
    throw new UnsupportedOperationException();
  }

  CompletableFuture<Void> leave(RoomName room) {
    throw new UnsupportedOperationException();
  }

  @Nullable Position position(RoomName room) {
    throw new UnsupportedOperationException();
  }

  FromServer.@Nullable Welcome welcome() {
    throw new UnsupportedOperationException();
  }

  int waiting() {
    throw new UnsupportedOperationException();
  }

  <T extends FromServer> CompletableFuture<T> ask(
      Class<T> answer, Function<String, FromClient> request) {
    throw new UnsupportedOperationException();
  }

  CompletableFuture<FromServer.Event> topic(RoomName room, String text) {
    throw new UnsupportedOperationException();
  }

  CompletableFuture<Void> closed() {
    throw new UnsupportedOperationException();
  }

  void close() {
    throw new UnsupportedOperationException();
  }
}
