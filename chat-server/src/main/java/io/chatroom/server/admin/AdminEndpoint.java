package io.chatroom.server.admin;

import io.chatroom.server.transport.NoReadAfterEnd;
import io.chatroom.server.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerExpectContinueHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A small HTTP server for the state of another server. One thread, a few connections at once, short
 * requests one after the other.
 */
public final class AdminEndpoint implements AutoCloseable {

  /** A scrape and a probe at once, a browser, and as many again. */
  static final int MAX_CONNECTIONS = 8;

  private static final int MAX_REQUEST_LINE_BYTES = 1_024;
  private static final int MAX_HEADER_BYTES = 8_192;
  private static final int MAX_CHUNK_BYTES = 1_024;

  /**
   * Maximum number of pipelined requests. Nothing is read while an answer is due, so there are at
   * most those of one read: 64 KiB, at 14 bytes or more each. With the codec's default of 128 it
   * would close a connection with some requests unanswered, depending on how the bytes arrive.
   */
  private static final int MAX_WAITING_REQUESTS = 8_192;

  private static final int ACCEPT_BACKLOG = 64;

  private final EventLoopGroup loop;
  private final Channel listener;

  private AdminEndpoint(EventLoopGroup loop, Channel listener) {
    this.loop = loop;
    this.listener = listener;
  }

  /** The outcome of a start: an endpoint, or the reason why there is none. */
  public sealed interface Start {

    /** It listens. */
    record Running(AdminEndpoint endpoint) implements Start {}

    /** It cannot. */
    record Failed(Throwable cause) implements Start {}
  }

  /**
   * Starts to listen.
   *
   * @param address the address to listen on
   * @param pages the pages by path, such as {@code /healthz}
   */
  public static Start start(
      InetSocketAddress address, Transport transport, Map<String, Page> pages) {
    EventLoopGroup loop;
    try {
      loop =
          new MultiThreadIoEventLoopGroup(
              1, new DefaultThreadFactory("chat-admin"), transport.ioHandlers());
    } catch (IllegalStateException e) { // most likely a lack of file descriptors
      return new Start.Failed(e);
    }
    OpenConnections open = new OpenConnections(MAX_CONNECTIONS);
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loop)
            .channel(transport.serverChannel())
            .option(ChannelOption.SO_BACKLOG, ACCEPT_BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .handler(open)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(new NoReadAfterEnd())
                        .addLast(new HttpServerCodec(requests(), MAX_WAITING_REQUESTS))
                        .addLast(new HttpServerExpectContinueHandler())
                        .addLast(new RequestHandler(pages));
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      shutDown(loop);
      return new Start.Failed(bound.cause());
    }
    return new Start.Running(new AdminEndpoint(loop, bound.channel()));
  }

  /** Accepts lines without a carriage return, such as those of a shell's printf (RFC 9112, 2.2). */
  private static HttpDecoderConfig requests() {
    return new HttpDecoderConfig()
        .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
        .setMaxHeaderSize(MAX_HEADER_BYTES)
        .setMaxChunkSize(MAX_CHUNK_BYTES)
        .setStrictLineParsing(false);
  }

  /** The address it listens on, with the port in use. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /** Stops at once. */
  @Override
  public void close() {
    shutDown(loop);
  }

  private static void shutDown(EventLoopGroup loop) {
    loop.shutdownGracefully(0, 100, TimeUnit.MILLISECONDS).awaitUninterruptibly(500);
  }
}
