package io.chatroom.client.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.chat.Bell;
import io.chatroom.client.chat.Standing;
import io.chatroom.protocol.ChatMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PlainWindowTest {

  private static final Instant NOW = Instant.parse("2026-11-23T23:58:00Z");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final PlainWindow window =
      new PlainWindow(
          new Stdio(InputStream.nullInputStream(), out, new PrintStream(out, true, UTF_8), true),
          Bell.OFF,
          new ManualClock());

  @Test
  void showsOwnMessagesOnlyIfTheyHadToWait() {
    window.status(new Standing("no connection", null, List.of(), List.of("ok")));
    window.status(new Standing(null, null, List.of(), List.of("ok")));
    window.said(NOW, new ChatMessage("alice", "ok"));
    window.said(NOW, new ChatMessage("alice", "ok"));

    assertThat(out.toString(UTF_8).lines())
        .containsExactly("23:58 -- no connection", "   … ok", "23:58 alice: ok");
  }

  @Test
  void showsOnceThatSomethingIsUnread() {
    for (int messages = 1; messages <= 3; messages++) {
      window.status(unread(new Standing.Unread(2, "dev", messages, false)));
    }
    window.status(unread(new Standing.Unread(2, "dev", 4, true)));
    window.status(Standing.NOTHING);
    window.status(unread(new Standing.Unread(2, "dev", 1, false)));

    assertThat(out.toString(UTF_8).lines())
        .containsExactly(
            "23:58 -- unread: Alt-2 dev 1",
            "23:58 -- unread: Alt-2 dev 4 (your name)",
            "23:58 -- unread: Alt-2 dev 1");
  }

  private static Standing unread(Standing.Unread room) {
    return new Standing(null, null, List.of(room), List.of());
  }

  @Test
  @Timeout(60)
  void endsWhenNothingCanBeShownAnyMore() throws IOException {
    PipedOutputStream nothingTyped = new PipedOutputStream();
    PlainWindow lost = window(new PipedInputStream(nothingTyped));
    lost.heard(NOW, new ChatMessage("bob", "hello"), false);
    lost.note("and more");

    assertThat(lost.read("").key()).isEqualTo(Window.Key.END);
  }

  @Test
  @Timeout(60)
  void endsWhenInputAndOutputFail() throws IOException {
    PlainWindow lost =
        window(
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("Input/output error");
              }

              @Override
              public int read(byte[] bytes, int offset, int length) throws IOException {
                return read();
              }
            });

    assertThat(lost.read("").key()).isEqualTo(Window.Key.END);
  }

  /** On a terminal that is gone. */
  private PlainWindow window(InputStream in) {
    OutputStream gone =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Input/output error");
          }
        };
    Stdio stdio = new Stdio(in, gone, new PrintStream(out, true, UTF_8), true);
    return new PlainWindow(stdio, Bell.OFF, new ManualClock());
  }
}
