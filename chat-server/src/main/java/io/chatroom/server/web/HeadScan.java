package io.chatroom.server.web;

import io.netty.buffer.ByteBuf;

/**
 * Looks at the bytes of a request's head for what two readers of HTTP may read differently, so that
 * one of them takes for a request what the other took for a part of one: a carriage return that
 * ends no line, and a header that goes on in the next line (RFC 9112, 2.2 and 5.2). It also knows
 * whether a request has begun, whether its head is there to the end, and how long that is.
 */
final class HeadScan {

  private enum At {
    /** Nothing has come but what may stand between requests. */
    START,
    LINE,
    LINE_BEGIN,
    CARRIAGE_RETURN,
    EMPTY_LINE_RETURN,
    END
  }

  static final int MOST_BYTES_OF_FIRST_LINE = 4_096;
  static final int MOST_BYTES_OF_HEADERS = 8_192;

  /** More than any browser or proxy sends; each costs far more memory than its bytes. */
  static final int MOST_HEADERS = 100;

  private At at = At.START;
  private int bytesOfFirstLine;
  private int bytesOfHeaders;

  /** How many lines have come to their end. */
  private int lines;

  /** How many bytes were looked at that have not been decoded. */
  private int ahead;

  /** Whether there is something of a request. */
  boolean hasBegun() {
    return at != At.START;
  }

  /** Whether it has come to its end. */
  boolean isWhole() {
    return at == At.END;
  }

  /** Whether its first line, or all its headers, have more bytes than they may. */
  boolean isTooLong() {
    return bytesOfFirstLine > MOST_BYTES_OF_FIRST_LINE || bytesOfHeaders > MOST_BYTES_OF_HEADERS;
  }

  boolean hasTooManyHeaders() {
    return lines - 1 > MOST_HEADERS;
  }

  /**
   * Looks at what has not been looked at yet, up to the end of the head.
   *
   * @return whether all is well
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

  /** Counts the byte that was looked at last. */
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
   * Must be called when some of what was looked at has been decoded.
   *
   * @param bytes how many
   */
  void decoded(int bytes) {
    ahead = Math.max(0, ahead - bytes);
  }

  /** Must be called when a request has come to its end, all of whose bytes have been decoded. */
  void nextRequest() {
    at = At.START;
    ahead = 0;
    bytesOfFirstLine = 0;
    bytesOfHeaders = 0;
    lines = 0;
  }
}
