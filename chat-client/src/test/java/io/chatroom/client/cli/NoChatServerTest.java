package io.chatroom.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.Peer;
import io.chatroom.client.Peer.Member;
import io.chatroom.client.jars.RunningProgram;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands against servers of other protocols, which may show only when we leave. */
class NoChatServerTest {

  private static final Pattern PORT = Pattern.compile("port (\\d+)");

  @Test
  void sendFailsAgainstAWebServer(@TempDir Path empty) throws Exception {
    RunningProgram.assumeInstalled("python3");
    Process web =
        new ProcessBuilder("python3", "-u", "-m", "http.server", "--bind", "127.0.0.1", "0")
            .directory(empty.toFile())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader said =
        new BufferedReader(new InputStreamReader(web.getInputStream(), StandardCharsets.UTF_8))) {
      Matcher port = PORT.matcher(said.readLine());
      assertThat(port.find()).isTrue();
      String address = "127.0.0.1:" + port.group(1);

      CommandRun send =
          new CommandRun().start("send", "--name", "ci", "--message", "green", address);

      assertThat(send.exitCode()).isEqualTo(1);
      assertThat(send.err()).startsWith(address + " does not speak the chat protocol: ");
    } finally {
      web.destroy();
    }
  }

  @Test
  void listenFailsIfItShowsWhileLeaving() throws Exception {
    try (Peer peer = new Peer()) {
      CommandRun listen = new CommandRun().start("listen", "--for", "1ms", peer.address() + "");
      try (Member late = peer.accept("msg_screen")) {
        assertThat(late.atEnd()).isTrue();
        late.write("HTTP/1.0 400 Bad request syntax");

        assertThat(listen.exitCode()).isEqualTo(1);
        assertThat(listen.err()).contains("does not speak the chat protocol");
      }
    }
  }

  /** It has received everything it wanted, and sent nothing that could be lost. */
  @Test
  void listenSucceedsIfItsServerResetsAfterTheTimeIsOver() throws Exception {
    try (Peer peer = new Peer()) {
      CommandRun listen = new CommandRun().start("listen", "--for", "1ms", peer.address() + "");
      Member member = peer.accept("msg_screen");
      assertThat(member.atEnd()).isTrue();
      member.reset();

      assertThat(listen.exitCode()).isZero();
      assertThat(listen.err()).isEmpty();
    }
  }
}
