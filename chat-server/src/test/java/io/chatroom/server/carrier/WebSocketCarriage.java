package io.chatroom.server.carrier;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.WsPeer;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * WebSocket messages, without the server's codec: sometimes in fragments, with pings and pongs in
 * between, as RFC 6455 permits.
 */
final class WebSocketCarriage implements Carriage {

  private static final String END_OF_HEAD = "\r\n\r\n";
  private static final int CONTINUATION = 0;

  private final Random random;

  WebSocketCarriage(Random random) {
    this.random = random;
  }

  @Override
  public byte[] opening() {
    return WsPeer.request("/ws").getBytes(US_ASCII);
  }

  @Override
  public byte[] wrap(byte[] json) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int from = 0;
    int opcode = WsPeer.TEXT;
    while (random.nextInt(4) == 0) {
      int to = from + random.nextInt(json.length - from + 1);
      out.writeBytes(WsPeer.frame(false, opcode, Arrays.copyOfRange(json, from, to)));
      int control = random.nextBoolean() ? WsPeer.PING : WsPeer.PONG;
      out.writeBytes(WsPeer.frame(true, control, new byte[random.nextInt(126)]));
      from = to;
      opcode = CONTINUATION;
    }
    out.writeBytes(WsPeer.frame(true, opcode, Arrays.copyOfRange(json, from, json.length)));
    return out.toByteArray();
  }

  @Override
  public Unwrapper unwrapper() {
    return new FrameUnwrapper();
  }

  private static final class FrameUnwrapper implements Unwrapper {

    private byte[] rest = {};
    private boolean agreed;
    private boolean closed;

    @Override
    public List<byte[]> unwrap(byte[] bytes) {
      ByteBuffer in = ByteBuffer.allocate(rest.length + bytes.length).put(rest).put(bytes).flip();
      List<byte[]> messages = new ArrayList<>();
      if (agreed || agrees(in)) {
        for (WsPeer.Received frame = frame(in); frame != null; frame = frame(in)) {
          assertThat(closed).as("nothing stands behind the close frame").isFalse();
          if (frame.opcode() == WsPeer.TEXT) {
            messages.add(bytes(frame.content(), frame.content().remaining()));
          } else if (frame.opcode() == WsPeer.CLOSE) {
            closed = true;
          } else {
            assertThat(frame.opcode()).isIn(WsPeer.PING, WsPeer.PONG);
          }
        }
      }
      rest = bytes(in, in.remaining());
      return messages;
    }

    private boolean agrees(ByteBuffer in) {
      String all = US_ASCII.decode(in.duplicate()).toString();
      int end = all.indexOf(END_OF_HEAD);
      if (end >= 0) {
        assertThat(all).startsWith("HTTP/1.1 101 ");
        in.position(in.position() + end + END_OF_HEAD.length());
        agreed = true;
      }
      return agreed;
    }

    /** Null if not all of it is here. */
    private static WsPeer.@Nullable Received frame(ByteBuffer in) {
      int start = in.position();
      try {
        return WsPeer.read(length -> bytes(in, length));
      } catch (BufferUnderflowException e) {
        in.position(start);
        return null;
      }
    }

    private static byte[] bytes(ByteBuffer in, int length) {
      byte[] bytes = new byte[length];
      in.get(bytes);
      return bytes;
    }
  }
}
