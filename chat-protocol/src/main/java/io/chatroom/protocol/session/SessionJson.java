package io.chatroom.protocol.session;

import io.chatroom.protocol.LengthHeader;
import io.chatroom.protocol.Limits;
import io.chatroom.protocol.Utf8;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Reads and writes the objects of {@code SESSIONS.md} as JSON. Reading is strict about types and
 * limits, and ignores unknown fields. It throws no exception but {@link BadObjectException}, and
 * needs memory in proportion to its input, which the caller must limit. Writing always gives the
 * same bytes for the same object: the fields in the order of {@code SESSIONS.md}, without spaces.
 * Pure functions, for any thread.
 */
public final class SessionJson {

  /** The first bytes of a client over TCP, in place of a header (S-02). */
  private static final byte[] MAGIC = "CHATROOM/2".getBytes(StandardCharsets.US_ASCII);

  private SessionJson() {}

  /**
   * The ten bytes that a client sends first over TCP, and only once, to begin a session (S-02).
   * Frames follow in both directions; the server sends no such bytes.
   */
  public static byte[] magic() {
    return MAGIC.clone();
  }

  /**
   * Reads an object from a client.
   *
   * @param json all readable bytes are the object; the indices do not change
   * @param limits maximum sizes of names and texts
   * @throws BadObjectException if it is not a valid object; it has the answer to send
   */
  public static FromClient readClient(ByteBuf json, Limits limits) throws BadObjectException {
    String asText = textOf(json);
    FromClient plain = PlainPost.read(asText);
    FromClient object = plain == null ? ObjectReader.read(asText, ClientShapes.ALL) : plain;
    if (object instanceof FromClient.Post post) {
      int bytes = Check.utf8Length(post.text());
      if (bytes > limits.maxMessageBytes()) {
        String sentence = "text has " + bytes + " bytes, limit " + limits.maxMessageBytes();
        throw new BadObjectException(Code.TOO_LONG, sentence, null, post.id());
      }
    } else if (object instanceof FromClient.Hello hello) {
      int bytes = Check.utf8Length(hello.name());
      if (bytes > limits.maxNameBytes()) {
        String sentence = "name has " + bytes + " bytes, limit " + limits.maxNameBytes();
        throw new BadObjectException(Code.NAME_BAD, sentence, null, null);
      }
    }
    return object;
  }

  /**
   * Reads an object from a server. A client ignores objects of {@link Code#UNKNOWN_TYPE}, because
   * newer servers may send more types.
   *
   * @param json all readable bytes are the object; the indices do not change
   * @throws BadObjectException if it is not a valid object
   */
  public static FromServer readServer(ByteBuf json) throws BadObjectException {
    return ObjectReader.read(textOf(json), ServerShapes.ALL);
  }

  /** Writes an object of a client without a frame. */
  public static void write(FromClient object, ByteBuf out) {
    ObjectWriter.write(out, json -> ClientWriter.write(object, json));
  }

  /** Writes an object of a server without a frame. */
  public static void write(FromServer object, ByteBuf out) {
    ObjectWriter.write(out, json -> ServerWriter.write(object, json));
  }

  /** Writes an object of a server as the body of an HTTP answer: without {@code q}. */
  public static void writeBody(FromServer object, ByteBuf out) {
    ObjectWriter.writeUnmarked(out, json -> ServerWriter.write(object, json));
  }

  /** Writes an object of a client as a frame: a header, then the object (S-03). */
  public static void writeFrame(FromClient object, ByteBuf out) {
    int header = beginFrame(out);
    write(object, out);
    endFrame(out, header);
  }

  /** Writes an object of a server as a frame: a header, then the object (S-03). */
  public static void writeFrame(FromServer object, ByteBuf out) {
    int header = beginFrame(out);
    write(object, out);
    endFrame(out, header);
  }

  private static int beginFrame(ByteBuf out) {
    int header = out.writerIndex();
    out.writeZero(LengthHeader.BYTES);
    return header;
  }

  private static void endFrame(ByteBuf out, int header) {
    int end = out.writerIndex();
    out.writerIndex(header);
    LengthHeader.write(out, end - header - LengthHeader.BYTES);
    out.writerIndex(end);
  }

  private static String textOf(ByteBuf json) throws BadObjectException {
    if (!Utf8.isValid(json, json.readerIndex(), json.readableBytes())) {
      throw new BadObjectException(
          Code.BAD_REQUEST,
          "the object of " + json.readableBytes() + " bytes is not UTF-8, expected JSON in UTF-8",
          null,
          null);
    }
    return json.toString(StandardCharsets.UTF_8);
  }
}
