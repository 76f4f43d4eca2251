package io.chatroom.client.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.chat.Bell;
import io.chatroom.protocol.ChatMessage;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlainWindowTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final PlainWindow window =
      new PlainWindow(
          new Stdio(InputStream.nullInputStream(), out, new PrintStream(out, true, UTF_8), true),
          Bell.OFF,
          new ManualClock());

  @Test
  void showsOurOwnWordsOnlyWhenTheyHadToWait() {
    window.status("no connection", List.of("ok"));
    window.status(null, List.of("ok"));
    window.said(new ChatMessage("alice", "ok"));
    window.said(new ChatMessage("alice", "ok"));

    assertThat(out.toString(UTF_8).lines())
        .containsExactly("23:58 -- no connection", "   … ok", "23:58 alice: ok");
  }
}
