package io.chatroom.protocol.session;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.chatroom.protocol.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Objects as text, for tests. */
final class Json {

  private Json() {}

  static FromClient client(String json) throws BadObjectException {
    return SessionJson.readClient(bytes(json), Limits.DEFAULT);
  }

  static FromServer server(String json) throws BadObjectException {
    return SessionJson.readServer(bytes(json));
  }

  static BadObjectException refusedOfClient(String json) {
    return refusedOfClient(bytes(json));
  }

  static BadObjectException refusedOfClient(ByteBuf json) {
    return catchThrowableOfType(
        BadObjectException.class, () -> SessionJson.readClient(json, Limits.DEFAULT));
  }

  static BadObjectException refusedOfServer(String json) {
    return catchThrowableOfType(BadObjectException.class, () -> server(json));
  }

  static String of(FromClient object) {
    ByteBuf out = Unpooled.buffer();
    SessionJson.write(object, out);
    return out.toString(StandardCharsets.UTF_8);
  }

  static String of(FromServer object) {
    ByteBuf out = Unpooled.buffer();
    SessionJson.write(object, out);
    return out.toString(StandardCharsets.UTF_8);
  }

  static ByteBuf bytes(String json) {
    return Unpooled.wrappedBuffer(json.getBytes(StandardCharsets.UTF_8));
  }
}
