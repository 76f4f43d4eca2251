package io.chatroom.server.web;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Iterator;
import java.util.Map;

/**
 * Writes what stands in front of an answer's body. Answers go out through the outlet of their
 * connection, as all else does; so none of Netty's encoders stands in the pipeline.
 */
final class ResponseHead {

  private ResponseHead() {}

  /**
   * Writes it.
   *
   * @param headers no value of which has an end of a line in it, as Netty sees to
   */
  static void write(ByteBuf out, HttpResponseStatus status, HttpHeaders headers) {
    ByteBufUtil.writeAscii(out, "HTTP/1.1 " + status.code() + " " + status.reasonPhrase() + "\r\n");
    Iterator<Map.Entry<CharSequence, CharSequence>> all = headers.iteratorCharSequence();
    while (all.hasNext()) {
      Map.Entry<CharSequence, CharSequence> header = all.next();
      ByteBufUtil.writeAscii(out, header.getKey());
      ByteBufUtil.writeAscii(out, ": ");
      ByteBufUtil.writeAscii(out, header.getValue());
      ByteBufUtil.writeAscii(out, "\r\n");
    }
    ByteBufUtil.writeAscii(out, "\r\n");
  }
}
