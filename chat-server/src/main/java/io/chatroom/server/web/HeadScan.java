package io.chatroom.server.web;

import io.netty.buffer.ByteBuf;

/**
 * Scans the bytes of a request's head for two forms that allow request smuggling, because HTTP
 * parsers disagree about them: a carriage return that ends no line, and a header that continues on
 * the next line (RFC 9112, 2.2 and 5.2). It also knows whether a request has begun, whether its
 * head is complete, and how long it is.
 */
final class HeadScan {

  private enum At {
    /** Between requests, where only empty lines may come. */
    START,
    LINE,
    LINE_BEGIN,
    CARRIAGE_RETURN,
    EMPTY_LINE_RETURN,
    END
  }

  static final int MOST_BYTES_OF_FIRST_LINE = 4_096;
  static final int MOST_BYTES_OF_HEADERS = 8_192;

  /**
   * The most headers; browsers and proxies send fewer. Each costs far more memory than its bytes.
   */
  static final int MOST_HEADERS = 100;

  private At at = At.START;
  private int bytesOfFirstLine;
  private int bytesOfHeaders;

  /** The number of complete lines. */
  private int lines;

  /** The number of bytes that are scanned, but not decoded. */
  private int ahead;

  /** Returns true if a request has begun. */
  boolean hasBegun() {
    return at != At.START;
  }

  /** Returns true if the head is complete. */
  boolean isWhole() {
    return at == At.END;
  }

  /** Returns true if its first line, or all its headers together, are too long. */
  boolean isTooLong() {
    return bytesOfFirstLine > MOST_BYTES_OF_FIRST_LINE || bytesOfHeaders > MOST_BYTES_OF_HEADERS;
  }

  boolean hasTooManyHeaders() {
    return lines - 1 > MOST_HEADERS;
  }

  /**
   * Scans further bytes, up to the end of the head.
   *
   * @return false if they must be refused
   */
  boolean isFine(ByteBuf in) {
    int i = in.readerIndex() + ahead;
    while (i < in.writerIndex() && at != At.END) {
      if (!take(in.getByte(i))) {
        return false;
      }
      count();
      i++;
    }
    ahead = i - in.readerIndex();
    return true;
  }

  private boolean take(byte next) {
    boolean isReturn = next == '\r';
    boolean isEnd = next == '\n';
    switch (at) {
      case START -> at = next <= ' ' && next >= 0 ? At.START : At.LINE;
      case LINE -> at = isReturn ? At.CARRIAGE_RETURN : isEnd ? At.LINE_BEGIN : At.LINE;
      case LINE_BEGIN -> {
        if (next == ' ' || next == '\t') {
          return false;
        }
        at = isReturn ? At.EMPTY_LINE_RETURN : isEnd ? At.END : At.LINE;
      }
      case CARRIAGE_RETURN -> {
        at = At.LINE_BEGIN;
        return isEnd;
      }
      case EMPTY_LINE_RETURN -> {
        at = At.END;
        return isEnd;
      }
      case END -> {}
    }
    return true;
  }

  /** Counts the last scanned byte. */
  private void count() {
    if (at == At.START) {
      return;
    }
    if (lines == 0) {
      bytesOfFirstLine++;
    } else {
      bytesOfHeaders++;
    }
    if (at == At.LINE_BEGIN) {
      lines++;
    }
  }

  /**
   * Must be called when scanned bytes have been decoded.
   *
   * @param bytes their number
   */
  void decoded(int bytes) {
    ahead = Math.max(0, ahead - bytes);
  }

  /** Must be called when a request is complete, and all its bytes are decoded. */
  void nextRequest() {
    at = At.START;
    ahead = 0;
    bytesOfFirstLine = 0;
    bytesOfHeaders = 0;
    lines = 0;
  }
}
