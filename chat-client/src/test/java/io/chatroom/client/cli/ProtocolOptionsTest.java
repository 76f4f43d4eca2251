package io.chatroom.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.client.ServerAddress;
import io.chatroom.client.chat.Protocols;
import io.chatroom.client.chat.Protocols.Choice;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the client remembers about the protocols of servers. */
class ProtocolOptionsTest {

  @TempDir Path dir;

  private final ServerAddress server = ServerAddress.parse("localhost:4000");
  private final ProtocolOptions options = new ProtocolOptions();
  private Map<String, String> environment = Map.of();

  @BeforeEach
  void keepThemHere() {
    environment = Map.of("XDG_CONFIG_HOME", dir.toString());
  }

  @Test
  void aServerThatHadSessionsIsNotTreatedAsSeedOnlyAtOnce() {
    Protocols protocols = options.protocols(false, null, environment);
    protocols.sessionWorks(server);

    protocols.seedWorks(server); // the server was slow
    assertThat(protocols.choice(server)).isEqualTo(Choice.SESSION_FIRST);

    protocols.seedWorks(server); // the server was replaced
    assertThat(protocols.choice(server)).isEqualTo(Choice.SEED);

    protocols.sessionWorks(server);
    assertThat(protocols.choice(server)).isEqualTo(Choice.SESSION_FIRST);
  }

  @Test
  void aServerThatHadSessionsHasMoreTimeToAnswer() {
    List<Duration> patience = new ArrayList<>();
    attempt(patience);
    options.protocols(false, null, environment).sessionWorks(server);
    attempt(patience);

    assertThat(patience).containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(10));
  }

  private void attempt(List<Duration> patience) {
    assertThatThrownBy(
            () ->
                options.session(
                    server,
                    false,
                    null,
                    environment,
                    welcomeTimeout -> {
                      patience.add(welcomeTimeout);
                      throw new IOException("no connection");
                    }))
        .hasMessage("no connection");
  }
}
