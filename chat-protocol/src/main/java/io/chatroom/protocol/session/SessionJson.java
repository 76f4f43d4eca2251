package io.chatroom.protocol.session;

import io.chatroom.protocol.LengthHeader;
import io.chatroom.protocol.Limits;
import io.chatroom.protocol.Utf8;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Objects of {@code SESSIONS.md} from bytes and to bytes. Reading is strict about types and bounds,
 * and lenient about fields that the page does not know; it throws a {@link BadObjectException} and
 * nothing else, and needs memory in proportion to the bytes it is given, whose number the caller
 * has bounded. Writing always gives the same bytes for the same object: the fields in the order of
 * the page, without spaces. Pure functions, for any thread.
 */
public final class SessionJson {

  /** What a client sends first over TCP, once, where a header would be (S-02). */
  private static final byte[] MAGIC = "CHATROOM/2".getBytes(StandardCharsets.US_ASCII);

  private SessionJson() {}

  /**
   * The ten bytes that a client sends first over TCP, once, and that make the connection a session
   * (S-02). Frames follow in both directions; the server has no such bytes.
   */
  public static byte[] magic() {
    return MAGIC.clone();
  }

  /**
   * Reads what a client sent.
   *
   * @param json all readable bytes are one object; the indices stay as they are
   * @param limits how long names and texts may be here
   * @throws BadObjectException if that is no object of the page; it says what to answer
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
   * Reads what a server sent. A client ignores an object of {@link Code#UNKNOWN_TYPE}: newer
   * servers may say more.
   *
   * @param json all readable bytes are one object; the indices stay as they are
   * @throws BadObjectException if that is no object of the page
   */
  public static FromServer readServer(ByteBuf json) throws BadObjectException {
    return ObjectReader.read(textOf(json), ServerShapes.ALL);
  }

  /** Writes what a client says, without a frame around it. */
  public static void write(FromClient object, ByteBuf out) {
    ObjectWriter.write(out, json -> ClientWriter.write(object, json));
  }

  /** Writes what a server says, without a frame around it. */
  public static void write(FromServer object, ByteBuf out) {
    ObjectWriter.write(out, json -> ServerWriter.write(object, json));
  }

  /** Writes what a server says as the body of an answer, which stands alone: without {@code q}. */
  public static void writeBody(FromServer object, ByteBuf out) {
    ObjectWriter.writeUnmarked(out, json -> ServerWriter.write(object, json));
  }

  /** Writes what a client says as a frame: a header, then the object (S-03). */
  public static void writeFrame(FromClient object, ByteBuf out) {
    int header = beginFrame(out);
    write(object, out);
    endFrame(out, header);
  }

  /** Writes what a server says as a frame: a header, then the object (S-03). */
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
