package io.chatroom.client.bench;

import io.chatroom.protocol.LengthHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * Cuts the stream of a server into pairs of a name frame and a message frame, of any length, and
 * passes each pair to a listener without copying it. Only an incomplete pair at the end of a read
 * is copied.
 *
 * <p>One instance serves one connection.
 */
final class PairCutter {

  /** More than any server should send (P-08); limits the memory for one pair. */
  private static final long MAX_PAYLOAD_BYTES = 16L * 1024 * 1024;

  /** Receives every pair. */
  interface Listener {

    /**
     * Called for each pair, in the order of the stream.
     *
     * @param in holds the pair until the call returns; its indices must not change
     * @param name index of the payload of the name
     * @param text index of the payload of the message
     * @return true to go on; if false, the rest stays in the buffer
     */
    boolean pair(ByteBuf in, int name, int nameBytes, int text, int textBytes);
  }

  /** The stream is not one of frames, and cannot be parsed any further. */
  static final class MalformedException extends Exception {
    MalformedException(String sentence) {
      super(sentence);
    }
  }

  private final Listener listener;
  private ByteBuf unfinished = Unpooled.EMPTY_BUFFER;

  PairCutter(Listener listener) {
    this.listener = listener;
  }

  /**
   * Processes what was read. If the listener stops, drops the rest and returns its size in bytes;
   * otherwise returns 0.
   *
   * @throws MalformedException if the bytes are not frames of the protocol
   */
  int cut(ByteBuf in) throws MalformedException {
    if (!unfinished.isReadable()) {
      if (!cutWhole(in)) {
        return in.readableBytes();
      }
      if (in.isReadable()) {
        unfinished = Unpooled.buffer(in.readableBytes()).writeBytes(in);
      }
      return 0;
    }
    unfinished.discardReadBytes().writeBytes(in);
    return cutWhole(unfinished) ? 0 : unfinished.readableBytes();
  }

  /** Returns false if the listener stopped. */
  private boolean cutWhole(ByteBuf in) throws MalformedException {
    int end = in.writerIndex();
    while (true) {
      int name = in.readerIndex() + LengthHeader.BYTES;
      if (name > end) {
        checkBeginning(in, in.readerIndex());
        return true;
      }
      int nameBytes = length(in, name);
      int text = name + nameBytes + LengthHeader.BYTES;
      if (text > end) {
        checkBeginning(in, text - LengthHeader.BYTES);
        return true;
      }
      int textBytes = length(in, text);
      if (text + textBytes > end) {
        return true;
      }
      boolean goOn = listener.pair(in, name, nameBytes, text, textBytes);
      in.readerIndex(text + textBytes);
      if (!goOn) {
        return false;
      }
    }
  }

  /** Returns the length of a payload, from the header before it. */
  private static int length(ByteBuf in, int payload) throws MalformedException {
    long length = LengthHeader.parse(in, payload - LengthHeader.BYTES);
    if (length == LengthHeader.MALFORMED) {
      throw noHeader(in, payload - LengthHeader.BYTES, LengthHeader.BYTES);
    }
    if (length > MAX_PAYLOAD_BYTES) {
      throw new MalformedException(
          "it announced " + length + " bytes, expected at most " + MAX_PAYLOAD_BYTES);
    }
    return (int) length;
  }

  /** Refuses the first bytes of a header if it cannot become valid, before all ten are there. */
  private static void checkBeginning(ByteBuf in, int header) throws MalformedException {
    int bytes = in.writerIndex() - header;
    if (bytes > 0 && !LengthHeader.mayBegin(in, header, bytes)) {
      throw noHeader(in, header, bytes);
    }
  }

  private static MalformedException noHeader(ByteBuf in, int header, int bytes) {
    return new MalformedException(
        "it sent \""
            + in.toString(header, bytes, StandardCharsets.UTF_8)
            + "\" where a header of ten bytes with a length was expected");
  }
}
