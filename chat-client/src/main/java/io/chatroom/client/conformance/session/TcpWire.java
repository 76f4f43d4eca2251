package io.chatroom.client.conformance.session;

import io.chatroom.client.conformance.Bytes;
import io.chatroom.client.conformance.Framing;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Carries objects in the frames of PROTOCOL.md, after the ten bytes that open a session. */
final class TcpWire implements Wire {

  static final Bytes MAGIC = Bytes.utf8("CHATROOM/2");

  @Override
  public Bytes opening() {
    return MAGIC;
  }

  @Override
  public void readOpening(InputStream in) {
    // a server sends nothing before its first object
  }

  @Override
  public Bytes frame(Bytes object) {
    return Framing.frame(object);
  }

  @Override
  public Bytes announce(long lengthBytes) {
    return Framing.header(lengthBytes);
  }

  @Override
  public @Nullable Bytes read(InputStream in, Reply reply) throws IOException {
    Framing.Frame frame = Framing.read(in);
    return frame == null ? null : frame.payload();
  }

  @Override
  public Bytes ending() {
    return Bytes.EMPTY;
  }
}
