package io.chatroom.server.web;

import io.chatroom.server.front.Newcomer;
import io.chatroom.server.room.Outlet;
import io.chatroom.server.room.Pieces;
import io.chatroom.server.transport.Abort;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.Future;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends answers to one peer through the outlet of its connection, as rooms do, so that a room can
 * write after them. Disconnects a peer that stops reading its answer.
 */
final class Outgoing {

  /** The time without progress after which a peer is disconnected. */
  static final long STALLED_SECONDS = 30;

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final Newcomer newcomer;
  private final Outlet outlet;

  Outgoing(Newcomer newcomer) {
    this.newcomer = newcomer;
    this.outlet = newcomer.outlet();
  }

  /**
   * The headers of an answer.
   *
   * @param own the answer's own headers, which take precedence
   * @param last true if the connection ends after the answer
   */
  HttpHeaders headers(Map<String, String> own, boolean last) {
    HttpHeaders headers = new DefaultHttpHeaders();
    SafeHeaders.addTo(headers, newcomer.isEncrypted());
    headers
        .set(HttpHeaderNames.DATE, DATE.format(Instant.now()))
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
        // always set, as an HTTP/1.0 client that asked to keep the connection needs the answer
        .set(
            HttpHeaderNames.CONNECTION,
            last ? HttpHeaderValues.CLOSE : HttpHeaderValues.KEEP_ALIVE);
    own.forEach(headers::set);
    return headers;
  }

  /** Sends a head and a body; does not release the body. */
  void send(HttpResponseStatus status, HttpHeaders headers, ByteBuf body) {
    ByteBuf out = newcomer.place().alloc().directBuffer();
    Pieces pieces = new Pieces();
    try {
      ResponseHead.write(out, status, headers);
      boolean isOffHeap = body.hasMemoryAddress();
      if (!isOffHeap) { // the network would make a copy anyway
        out.writeBytes(body, body.readerIndex(), body.readableBytes());
      }
      pieces.add(out, out.readerIndex(), out.writerIndex());
      if (isOffHeap) {
        pieces.add(body, body.readerIndex(), body.writerIndex());
      }
      outlet.send(pieces);
    } finally {
      pieces.clear();
      out.release();
    }
  }

  /** Returns true if the network has taken everything sent. */
  boolean hasTakenAll() {
    return outlet.hasTakenAll();
  }

  /**
   * Waits until the network has taken everything sent.
   *
   * @param over called then, or when the connection has ended
   * @param task called after {@code over}, unless the connection has ended
   */
  void whenTaken(Runnable over, Runnable task) {
    ChannelHandlerContext place = newcomer.place();
    Future<?> watch =
        place
            .executor()
            .scheduleWithFixedDelay(
                new Progress(place.channel()), STALLED_SECONDS, STALLED_SECONDS, TimeUnit.SECONDS);
    outlet
        .taken()
        .addListener(
            taken -> {
              watch.cancel(false);
              over.run();
              if (taken.isSuccess()) {
                task.run();
              }
            });
  }

  /** Ends our side of the stream. */
  void end() {
    outlet.endStream();
  }

  /** Disconnects a peer that has taken nothing since the last check. */
  private static final class Progress implements Runnable {

    private final Channel channel;
    private long bytes = -1;
    private long ofFirst;
    private @Nullable Object first;

    Progress(Channel channel) {
      this.channel = channel;
    }

    @Override
    public void run() {
      ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
      if (waiting == null || waiting.isEmpty()) {
        return; // it has ended, or makes progress
      }
      Object firstNow = waiting.current();
      if (waiting.totalPendingWriteBytes() == bytes
          && waiting.currentProgress() == ofFirst
          && firstNow == first) {
        Abort.close(channel);
      }
      bytes = waiting.totalPendingWriteBytes();
      ofFirst = waiting.currentProgress();
      first = firstNow;
    }
  }
}
