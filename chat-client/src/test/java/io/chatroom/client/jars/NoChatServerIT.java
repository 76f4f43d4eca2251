package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.Peer;
import io.chatroom.client.Peer.Member;
import io.chatroom.client.bench.FaultyRoom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The commands of scripts against servers that show late, and in few words, what they are. */
class NoChatServerIT {

  private static final String SPEAKS_NOT = " does not speak the chat protocol: ";

  @RegisterExtension final Programs programs = new Programs();

  @Test
  void sendFailsThoughTheAnswerIsShorterThanAHeader() throws Exception {
    for (String answer : new String[] {"bye\n", "42", "12        x"}) {
      try (Peer peer = new Peer()) {
        RunningProgram send =
            programs.client("send", "--name", "ci", "--message", "green", peer.address() + "");
        try (Member member = peer.accept("ci")) {
          assertThat(member.read()).isEqualTo("green");
          assertThat(member.atEnd()).isTrue();
          member.write(answer);
        }

        assertThat(send.awaitExit()).as(answer).isEqualTo(1);
        assertThat(send.err().get(0)).startsWith(peer.address() + SPEAKS_NOT);
      }
    }
  }

  @Test
  void listenFailsThoughItHasHeardAllThatItWanted() throws Exception {
    try (Peer peer = new Peer()) {
      RunningProgram listen = programs.client("listen", "--count", "1", peer.address() + "");
      try (Member member = peer.accept("msg_screen")) {
        member.write(Peer.frame("bob") + Peer.frame("hi") + "bye\n");

        assertThat(listen.awaitExit()).isEqualTo(1);
      }
      assertThat(listen.out()).containsExactly("bob:    hi");
      assertThat(listen.err()).singleElement().asString().contains(SPEAKS_NOT);
    }
  }

  @Test
  void benchFailsThoughAllWasDelivered() throws Exception {
    try (FaultyRoom room = new FaultyRoom(FaultyRoom.Distortion.NONE, "bye\n")) {
      RunningProgram bench =
          programs.client(
              "bench",
              room.address() + "",
              "--receivers=2",
              "--size=16",
              "--messages=100",
              "--warmup=0");

      assertThat(bench.awaitExit()).isEqualTo(1);
      assertThat(bench.err())
          .containsExactly(
              room.address()
                  + SPEAKS_NOT
                  + "it sent \"bye\\n\" where a header of ten bytes with a length was expected");
    }
  }
}
