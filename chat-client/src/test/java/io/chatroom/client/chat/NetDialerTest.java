package io.chatroom.client.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.client.ChatClient;
import io.chatroom.client.ChatException;
import io.chatroom.client.Ending;
import io.chatroom.client.Peer;
import io.chatroom.client.Peer.Member;
import io.chatroom.protocol.ChatMessage;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The counterpart of {@link ScriptedDialer}, over real sockets. */
class NetDialerTest {

  private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();

  private final Dialer.Listener listener =
      new Dialer.Listener() {
        @Override
        public void received(ChatMessage message) {
          heard.add(message);
        }

        @Override
        public void pause() {
          heard.add("pause");
        }
      };

  @Test
  void joinsTalksHearsAndLeaves() throws Exception {
    try (Peer peer = new Peer()) {
      var answer =
          new NetDialer(ChatClient.builder().closeTimeout(Duration.ofSeconds(60)))
              .dial(peer.address(), "alice", listener);
      try (Member member = peer.accept("alice")) {
        Link link = answer.get(60, TimeUnit.SECONDS);
        link.send("hello").get(60, TimeUnit.SECONDS);
        assertThat(member.read()).isEqualTo("hello");
        member.relay("bob", "hi");
        assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo(new ChatMessage("bob", "hi"));
        assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo("pause");
        link.leave();
        assertThat(member.atEnd()).isTrue();
        member.fin();
        assertThat(link.closed().get(60, TimeUnit.SECONDS)).isEqualTo(Ending.BY_US);
      }
    }
  }

  @Test
  void reportsWhyThereIsNoConnection() {
    assertThatThrownBy(
            () ->
                new NetDialer(ChatClient.builder())
                    .dial(Peer.nobody(), "alice", listener)
                    .get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(ChatException.class)
        .hasMessageContaining("refused the connection");
  }
}
