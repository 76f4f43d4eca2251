package io.chatroom.server.carrier;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Frames over TCP, without the server's codec. */
final class TcpCarriage implements Carriage {

  private static final int HEADER = 10;

  @Override
  public byte[] opening() {
    return "CHATROOM/2".getBytes(US_ASCII);
  }

  @Override
  public byte[] wrap(byte[] json) {
    return frame(json);
  }

  /** Also what seed members send. */
  static byte[] frame(byte[] payload) {
    byte[] header = String.format("%-10d", payload.length).getBytes(US_ASCII);
    byte[] both = Arrays.copyOf(header, HEADER + payload.length);
    System.arraycopy(payload, 0, both, HEADER, payload.length);
    return both;
  }

  @Override
  public Unwrapper unwrapper() {
    return new Unwrapper() {
      private byte[] rest = {};

      @Override
      public List<byte[]> unwrap(byte[] bytes) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(rest);
        all.writeBytes(bytes);
        byte[] waiting = all.toByteArray();
        List<byte[]> payloads = new ArrayList<>();
        int from = 0;
        while (waiting.length - from >= HEADER) {
          int length = Integer.parseInt(new String(waiting, from, HEADER, US_ASCII).strip());
          if (waiting.length - from - HEADER < length) {
            break;
          }
          payloads.add(Arrays.copyOfRange(waiting, from + HEADER, from + HEADER + length));
          from += HEADER + length;
        }
        rest = Arrays.copyOfRange(waiting, from, waiting.length);
        return payloads;
      }
    };
  }
}
