package io.chatroom.server.carrier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.WsPeer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Decoding and encoding of WebSocket frames. */
class WebSocketFramesTest {

  /** The lengths at which the encoding of a length changes. */
  @ParameterizedTest
  @ValueSource(ints = {0, 20, 40, 41, 42, 43, 65_450, 65_451, 65_452, 65_453, 65_454, 70_000})
  void writesEachLengthInItsShortestForm(int textBytes) {
    FromServer message =
        new FromServer.Message(
            RoomName.of("lobby"), 1, 2, "bob", false, "x".repeat(textBytes), null);
    ByteBuf out = Unpooled.directBuffer().writeByte('!'); // earlier bytes do not change
    WebSocketFraming.write(message, out);
    WebSocketFraming.write(message, out);
    out.skipBytes(1);
    int content = contentBytes(textBytes);
    int header = content < 126 ? 2 : content < 65_536 ? 4 : 10;
    assertThat(out.readableBytes()).isEqualTo(2 * (header + content));

    EmbeddedChannel client =
        new EmbeddedChannel(new WebSocket13FrameDecoder(false, false, 1_000_000));
    client.writeInbound(out);
    for (int i = 0; i < 2; i++) {
      TextWebSocketFrame frame = client.readInbound();
      assertThat(frame.text())
          .startsWith("{\"type\":\"message\"")
          .endsWith("\"text\":\"" + "x".repeat(textBytes) + "\"}");
      frame.release();
    }
    client.finishAndReleaseAll();
  }

  private static int contentBytes(int textBytes) {
    return "{\"type\":\"message\",\"room\":\"lobby\",\"seq\":1,\"at\":2,\"from\":\"bob\",\"text\":\"\"}"
            .length()
        + textBytes;
  }

  @Test
  void readsTheSameForAnySegmentation() {
    byte[] bytes =
        Unpooled.wrappedBuffer(
                WsPeer.frame(false, WsPeer.TEXT, "{".getBytes(UTF_8)),
                WsPeer.frame(true, WsPeer.PING, "p".getBytes(UTF_8)),
                WsPeer.frame(true, 0, "}".getBytes(UTF_8)),
                WsPeer.frame(true, WsPeer.TEXT, "é".repeat(70).getBytes(UTF_8)))
            .copy()
            .array();
    List<String> whole = null;
    for (int cut = 0; cut <= bytes.length; cut++) {
      EmbeddedChannel server =
          new EmbeddedChannel(new WebSocketDecoder(WebSocketDecoder.rules(1_000)));
      server.writeInbound(Unpooled.copiedBuffer(bytes, 0, cut));
      server.writeInbound(Unpooled.copiedBuffer(bytes, cut, bytes.length - cut));
      List<String> seen = seen(server);
      whole = whole == null ? seen : whole;
      assertThat(seen).as("cut at %d", cut).isEqualTo(whole).hasSize(4);
    }
  }

  /**
   * A session must receive nothing while reading is off, even if a read has brought many frames.
   */
  @Test
  void holdsFramesAndTheEndBackWhileNothingIsRead() {
    EmbeddedChannel server =
        new EmbeddedChannel(new WebSocketDecoder(WebSocketDecoder.rules(1_000)));
    byte[] frame = WsPeer.frame(true, WsPeer.TEXT, "{}".getBytes(UTF_8));
    server.config().setAutoRead(false);
    server.writeInbound(Unpooled.wrappedBuffer(frame, frame));
    server.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    assertThat(seen(server)).isEmpty();

    server.config().setAutoRead(true);
    server.writeInbound(Unpooled.EMPTY_BUFFER);
    assertThat(seen(server)).hasSize(2);
  }

  @Test
  void refusesAnOversizedFrameByItsHeaderAndDropsTheRest() {
    EmbeddedChannel server =
        new EmbeddedChannel(new WebSocketDecoder(WebSocketDecoder.rules(1_000)));
    byte[] frame = WsPeer.frame(true, WsPeer.TEXT, new byte[1_001]);
    assertThatThrownBy(() -> server.writeInbound(Unpooled.copiedBuffer(frame, 0, 8)))
        .isInstanceOf(CorruptedWebSocketFrameException.class);
    server.writeInbound(Unpooled.copiedBuffer(frame, 8, frame.length - 8));
    server.writeInbound(
        Unpooled.wrappedBuffer(WsPeer.frame(true, WsPeer.TEXT, "{}".getBytes(UTF_8))));
    assertThat(seen(server)).isEmpty();
  }

  /** Otherwise the fragment would take memory in addition to the earlier ones. */
  @Test
  void refusesAnOversizedMessageByTheHeaderOfItsFragment() {
    for (int length : List.of(1, 125, 126, 900)) {
      EmbeddedChannel server =
          new EmbeddedChannel(new WebSocketDecoder(WebSocketDecoder.rules(1_000)));
      byte[] first = WsPeer.frame(false, WsPeer.TEXT, new byte[1_000 - length]);
      server.writeInbound(Unpooled.copiedBuffer(first));
      server.writeInbound(Unpooled.copiedBuffer(WsPeer.frame(true, WsPeer.PING, new byte[125])));
      byte[] tooLong = WsPeer.frame(true, 0, new byte[length + 1]);
      int header = tooLong.length - length - 1 - 4; // and no mask
      for (int i = 0; i < header - 1; i++) {
        server.writeInbound(Unpooled.copiedBuffer(tooLong, i, 1));
      }
      assertThatThrownBy(() -> server.writeInbound(Unpooled.copiedBuffer(tooLong, header - 1, 1)))
          .isInstanceOf(CorruptedWebSocketFrameException.class);
      assertThat(seen(server)).as("%d more", length).hasSize(2);
    }
  }

  @Test
  void takesTheLongestMessageInFragments() {
    EmbeddedChannel server =
        new EmbeddedChannel(new WebSocketDecoder(WebSocketDecoder.rules(1_000)));
    for (int i = 0; i < 2; i++) { // each is counted on its own
      server.writeInbound(
          Unpooled.wrappedBuffer(
              WsPeer.frame(false, WsPeer.TEXT, new byte[300]),
              WsPeer.frame(false, 0, new byte[0]),
              WsPeer.frame(false, 0, new byte[100]),
              WsPeer.frame(true, 0, new byte[600])));
    }
    assertThat(seen(server)).hasSize(8);
  }

  private static List<String> seen(EmbeddedChannel server) {
    List<String> seen = new ArrayList<>();
    for (WebSocketFrame frame = server.readInbound(); frame != null; frame = server.readInbound()) {
      seen.add(frame.getClass().getSimpleName() + " " + frame.content().toString(UTF_8));
      frame.release();
    }
    return seen;
  }
}
