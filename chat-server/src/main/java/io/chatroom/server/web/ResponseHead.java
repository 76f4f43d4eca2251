package io.chatroom.server.web;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Iterator;
import java.util.Map;

/**
 * Writes the head of an answer. Answers go through the outlet of their connection, so the pipeline
 * contains none of Netty's encoders.
 */
final class ResponseHead {

  private ResponseHead() {}

  /**
   * Writes the head.
   *
   * @param headers the headers, whose values must not contain line ends, as Netty has checked
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
