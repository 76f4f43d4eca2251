package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.SessionDiceBot;
import io.chatroom.client.SessionPeer;
import io.chatroom.protocol.session.FromClient;
import java.io.File;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The jar has all that sessions need, over TCP and WebSocket, however small it was made. */
class SessionJarIT {

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void holdsWhatASessionNeeds(boolean isWebSocket) throws Exception {
    assertThatTheBotPlays(
        Programs.CLIENT_JAR + File.pathSeparator + "target/test-classes", isWebSocket);
  }

  /** The bot of bots.md, as a process that has this class path and nothing else. */
  static void assertThatTheBotPlays(String classPath, boolean isWebSocket) throws Exception {
    try (SessionPeer peer = new SessionPeer(isWebSocket);
        RunningProgram bot =
            RunningProgram.start(
                QuickJava.OURS,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                SessionDiceBot.class.getName(),
                peer.address().toString());
        SessionPeer.Link link = peer.accept()) {
      link.hear(FromClient.Hello.class);
      link.say(
          SessionPeer.welcome(60),
          SessionPeer.joined("e1", 0, null),
          SessionPeer.message(1, "!roll"));
      assertThat(link.hear(FromClient.Post.class).text()).matches("bob rolls a [1-6]");
      assertThat(bot.err()).isEmpty();
    }
  }
}
