package io.chatroom.client.chat;

import io.chatroom.client.Ending;
import io.chatroom.client.ServerAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Connections that do what a test says. */
final class ScriptedDialer implements Dialer {

  /** One attempt to connect, and the connection if it succeeds. */
  static final class Call implements Link {
    final ServerAddress server;
    final String name;
    final Ear ear;
    final CompletableFuture<Link> answer = new CompletableFuture<>();
    final List<String> sent = new ArrayList<>();
    final List<CompletableFuture<Void>> confirmations = new ArrayList<>();
    final CompletableFuture<Ending> closed = new CompletableFuture<>();
    boolean left;

    /** How many messages the system tells to have arrived. */
    OptionalLong acknowledged = OptionalLong.of(Long.MAX_VALUE);

    /** Whether what is sent is taken at once. */
    boolean quick = true;

    private Call(ServerAddress server, String name, Ear ear) {
      this.server = server;
      this.name = name;
      this.ear = ear;
    }

    void accept() {
      answer.complete(this);
    }

    void refuse() {
      refuse(new IllegalStateException("refused"));
    }

    void refuse(Exception why) {
      answer.completeExceptionally(why);
    }

    @Override
    public CompletableFuture<Void> send(String text) {
      sent.add(text);
      CompletableFuture<Void> confirmation = new CompletableFuture<>();
      confirmations.add(confirmation);
      if (quick) {
        confirmation.complete(null);
      }
      return confirmation;
    }

    @Override
    public OptionalLong acknowledged() {
      return acknowledged;
    }

    @Override
    public CompletableFuture<Ending> closed() {
      return closed;
    }

    @Override
    public void leave() {
      left = true;
    }
  }

  final List<Call> calls = new ArrayList<>();

  @Override
  public CompletableFuture<Link> dial(ServerAddress server, String name, Ear ear) {
    Call call = new Call(server, name, ear);
    calls.add(call);
    return call.answer;
  }

  Call last() {
    return calls.get(calls.size() - 1);
  }
}
