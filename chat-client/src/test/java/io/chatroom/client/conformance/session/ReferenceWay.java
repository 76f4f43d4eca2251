package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.SessionDefect.*;

import io.chatroom.client.conformance.Bytes;
import io.chatroom.client.conformance.Framing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Carries the objects of a {@link ReferenceSession}. */
interface ReferenceWay {

  /** Reads the next object; returns null if the client ended its stream. */
  @Nullable Bytes read() throws IOException, Violation;

  Bytes frame(Bytes object);

  /** Returns what the server sends last. */
  Bytes ending(int closeNumber);

  /** The client sent bytes that no session sends. */
  final class Violation extends Exception {}

  /** Objects in the frames of the seed's protocol. */
  record Tcp(SessionReference server, InputStream in) implements ReferenceWay {

    @Override
    public @Nullable Bytes read() throws IOException, Violation {
      Bytes header = server.next(in, Framing.HEADER_BYTES);
      if (header == null) {
        return null;
      }
      boolean spaced = header.at(0) == ' ' && server.has(REJECTS_LEADING_SPACES);
      long length = spaced ? -1 : Framing.length(header);
      if (length < 0 || length > server.mostBytes()) {
        throw new Violation();
      }
      byte[] payload = in.readNBytes((int) length);
      return payload.length < length ? null : Bytes.copyOf(payload);
    }

    @Override
    public Bytes frame(Bytes object) {
      return Framing.frame(object);
    }

    @Override
    public Bytes ending(int closeNumber) {
      return Bytes.EMPTY;
    }
  }

  /** Objects as text messages of a WebSocket. */
  record WebSocket(SessionReference server, InputStream in, ReferenceSession.Pen pen)
      implements ReferenceWay {

    @Override
    public @Nullable Bytes read() throws IOException, Violation {
      ByteArrayOutputStream message = new ByteArrayOutputStream();
      boolean within = false;
      while (true) {
        Bytes head = server.next(in, 2);
        if (head == null) {
          return null;
        }
        boolean last = head.at(0) < 0;
        int kind = head.at(0) & 0x7f;
        long length = lengthOf(head.at(1) & 0x7f);
        boolean control = kind >= 8;
        boolean masked = head.at(1) < 0;
        if (kind == 2 && server.has(TAKES_BINARY)) {
          kind = 1;
        }
        boolean due = control ? kind <= 10 && last && length < 126 : kind == (within ? 0 : 1);
        if (!server.has(TAKES_ODD_FRAMES) && (!due || !masked)) {
          throw new Violation();
        }
        if (length + message.size() > server.mostBytes()) {
          throw new Violation();
        }
        byte[] key = masked ? in.readNBytes(4) : new byte[4];
        byte[] payload = in.readNBytes((int) length);
        for (int i = 0; i < payload.length; i++) {
          payload[i] ^= key[i % 4];
        }
        if (kind == 8) {
          if (!server.has(NO_CLOSE_FRAMES)) {
            pen.write(unmasked(8, Bytes.copyOf(payload)));
          }
          return null;
        } else if (kind == 9 && !server.has(NO_PONGS)) {
          pen.write(unmasked(10, Bytes.copyOf(payload)));
        } else if (!control) {
          message.writeBytes(payload);
          within = !last && !server.has(NO_FRAGMENTS);
          if (!within) {
            return Bytes.copyOf(message.toByteArray());
          }
        }
      }
    }

    private long lengthOf(int code) throws IOException {
      if (code < 126) {
        return code;
      }
      long length = 0;
      for (byte b : in.readNBytes(code == 126 ? 2 : 8)) {
        length = (length << 8) | Byte.toUnsignedInt(b);
      }
      return length;
    }

    @Override
    public Bytes frame(Bytes object) {
      return unmasked(1, object);
    }

    private static Bytes unmasked(int kind, Bytes payload) {
      return WebSocketWire.head(true, kind, false, payload.length()).plus(payload);
    }

    @Override
    public Bytes ending(int closeNumber) {
      if (server.has(NO_CLOSE_FRAMES)) {
        return Bytes.EMPTY;
      }
      int number = server.has(CLOSES_WITH_1000) ? 1000 : closeNumber;
      return unmasked(8, Bytes.copyOf(new byte[] {(byte) (number >> 8), (byte) number}));
    }
  }
}
