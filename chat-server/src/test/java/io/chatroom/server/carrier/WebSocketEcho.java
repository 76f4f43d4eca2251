package io.chatroom.server.carrier;

import io.chatroom.protocol.session.FromServer.Bye;
import io.chatroom.server.front.ConnectionLog;
import io.chatroom.server.metrics.Metrics;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Echoes every text message, for a conformance suite: the server's own decoder, handler and framing
 * without a session. After an error it closes without a close code, because the code of sessions
 * (4500) is specific to them.
 *
 * <p>{@code chat-server/bench/autobahn.sh} runs it. Prints its port, and serves until it is killed.
 */
public final class WebSocketEcho {

  private static final int TEXT = 0x1;

  /** The largest message of the suite has 16 MiB. */
  private static final int LONGEST = 17 << 20;

  private WebSocketEcho() {}

  /** Serves on a free loopback port. */
  public static void main(String[] args) {
    ConnectionLog log = new ConnectionLog(false, Metrics.NOOP);
    Channel server =
        new ServerBootstrap()
            .group(new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()))
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(new HttpServerCodec(), new HttpObjectAggregator(1024))
                        .addLast(new Upgrade(log));
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
    System.out.println(((InetSocketAddress) server.localAddress()).getPort());
    server.closeFuture().syncUninterruptibly();
  }

  /** Accepts every upgrade, then removes itself. */
  private static final class Upgrade extends SimpleChannelInboundHandler<FullHttpRequest> {

    private final ConnectionLog log;

    Upgrade(ConnectionLog log) {
      super(FullHttpRequest.class);
      this.log = log;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
      ctx.writeAndFlush(Agreement.to(request));
      ctx.pipeline()
          .addLast(new WebSocketDecoder(WebSocketDecoder.rules(LONGEST)))
          .addLast(new WebSocketHandler(new Echo(ctx.channel(), log), LONGEST));
      ctx.pipeline().remove(this);
      ctx.pipeline().remove(HttpObjectAggregator.class);
      ctx.pipeline().remove(HttpServerCodec.class);
    }
  }

  private static final class Agreement extends WebSocketServerHandshaker13 {

    private Agreement() {
      super(null, null, WebSocketDecoderConfig.newBuilder().build());
    }

    static FullHttpResponse to(FullHttpRequest request) {
      return new Agreement().newHandshakeResponse(request, EmptyHttpHeaders.INSTANCE);
    }
  }

  private static final class Echo implements WebSocketReceiver {

    private final Channel channel;
    private final ConnectionLog log;
    private boolean ending;

    Echo(Channel channel, ConnectionLog log) {
      this.channel = channel;
      this.log = log;
    }

    @Override
    public void received(ByteBuf message) {
      send(TEXT, message);
    }

    @Override
    public void pong(ByteBuf content) {
      send(WebSocketFraming.PONG, content);
    }

    @Override
    public void ping() {
      send(WebSocketFraming.PING, Unpooled.EMPTY_BUFFER);
    }

    private void send(int opcode, ByteBuf content) {
      ByteBuf frame = channel.alloc().buffer();
      WebSocketFraming.writeControl(opcode, content, frame); // of any length, if it is no control
      channel.writeAndFlush(frame);
    }

    @Override
    public void closeReceived(int number) {
      ByteBuf content = channel.alloc().buffer();
      if (number >= 0) {
        content.writeShort(number);
      }
      close(content);
    }

    @Override
    public void endSession(Bye why) {
      close(Unpooled.EMPTY_BUFFER);
    }

    private void close(ByteBuf content) {
      if (!ending) {
        ending = true;
        send(WebSocketFraming.CLOSE, content);
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      }
      content.release();
    }

    @Override
    public void inputEnded() {
      channel.close();
    }

    @Override
    public void closed() {
      ending = true;
    }

    @Override
    public boolean isEnding() {
      return ending;
    }

    @Override
    public boolean isRead() {
      return true;
    }

    @Override
    public boolean isWelcome() {
      return true;
    }

    @Override
    public ConnectionLog connections() {
      return log;
    }
  }
}
