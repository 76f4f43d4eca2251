package io.chatroom.client;

import io.chatroom.protocol.VisibleText;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the connections of a {@link Session}: TCP, then TLS and WebSocket where the address asks
 * for them. {@link #start} and {@link #interrupt} are for the client's thread.
 */
final class SessionDialer {

  private final EventLoop loop;
  private final SessionAddress address;
  private final @Nullable TlsTrust tls;
  private final Duration timeout;
  private @Nullable Thread dialing;

  SessionDialer(
      EventLoop loop, SessionAddress address, @Nullable TlsTrust trust, Duration timeout) {
    this.loop = loop;
    this.address = address;
    this.timeout = timeout;
    tls =
        switch (address.way()) {
          case TCP -> trust;
          case CHAT, WS -> null;
          case CHATS, WSS -> trust == null ? TlsTrust.authorities() : trust;
        };
  }

  /** Whether this server is reached with TLS. */
  static boolean isEncrypted(SessionAddress address, @Nullable TlsTrust trust) {
    return switch (address.way()) {
      case TCP -> trust != null;
      case CHAT, WS -> false;
      case CHATS, WSS -> true;
    };
  }

  /**
   * Makes a connection on a thread of its own, as looking up a name can take long.
   *
   * @param failed called on that thread if it fails
   */
  void start(SessionLink link, Consumer<Exception> failed) {
    Thread thread =
        new Thread(
            () -> {
              try {
                dial(link);
              } catch (ChatException | RuntimeException e) {
                failed.accept(e);
              }
            },
            "chat-session-connect");
    thread.setDaemon(true);
    dialing = thread;
    thread.start();
  }

  /** Interrupts the latest attempt, if it still runs. */
  void interrupt() {
    if (dialing != null) {
      dialing.interrupt();
    }
  }

  /**
   * Blocks until the connection is made, and begins a session on it.
   *
   * @throws ChatException if it cannot be made; its message says why
   */
  private void dial(SessionLink link) throws ChatException {
    ServerAddress server = address.server();
    Channel channel = new Connector(loop, timeout).connect(server);
    try {
      if (tls != null) {
        TlsLink.shakeHands(channel, server, tls, timeout);
      }
      ChannelPromise begun = channel.newPromise();
      loop.execute(() -> begin(channel, link, begun));
      await(begun);
    } catch (ChatException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private void begin(Channel channel, SessionLink link, ChannelPromise begun) {
    if (address.way().isWebSocket()) {
      List<ChannelHandler> session =
          List.of(new WebSocketMessages(link::maxBytes), new FlushAfterBurst(), link);
      WebSocketUpgrade.begin(channel, address, SessionLink.MAX_BYTES, session, begun);
      return;
    }
    channel.pipeline().addLast(new SessionFrames(link::maxBytes), new FlushAfterBurst(), link);
    if (channel.isActive()) {
      channel.config().setAutoRead(true);
    } else {
      link.channelInactive(channel.pipeline().lastContext());
    }
    begun.trySuccess();
  }

  private void await(ChannelPromise begun) throws ChatException {
    String shown = VisibleText.of(address.toString());
    boolean done;
    try {
      done = begun.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ChatException(
          "connecting was interrupted", new InterruptedIOException("connecting"));
    }
    if (!done) {
      throw new ChatException(
          shown
              + " did not answer the request for a WebSocket within "
              + timeout.toMillis()
              + " ms: check that a chat server with sessions is there");
    }
    if (begun.cause() instanceof ChatException reason) {
      throw reason;
    }
    if (!begun.isSuccess()) {
      throw new ChatException("cannot begin a session with " + shown, begun.cause());
    }
  }
}
