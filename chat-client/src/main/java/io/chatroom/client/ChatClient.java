package io.chatroom.client;

import io.chatroom.protocol.FrameDecoder;
import io.chatroom.protocol.FrameEncoder;
import io.chatroom.protocol.Limits;
import io.chatroom.protocol.RelayDecoder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One member of a chat room, in the seed's protocol: connects, sends, receives, leaves.
 *
 * <pre>{@code
 * ChatListener echo = (client, message) -> client.send(message.name() + " said " + message.text());
 * try (ChatClient client = ChatClient.connect(ServerAddress.parse("localhost"), "echo", echo)) {
 *   client.closed().join(); // until the connection ends
 * }
 * }</pre>
 *
 * <p>All methods may be called from any thread. Each client has one thread of its own, which calls
 * the listener and completes the futures; so neither a listener nor a callback of a future may wait
 * for this client. The thread keeps the JVM alive until the connection ends.
 *
 * <p>The protocol has no replies: a server neither confirms a message nor says why it closes a
 * connection. A client serves one connection and does not reconnect; {@link #closed()} completes
 * when it is time to make the next one.
 */
public final class ChatClient implements AutoCloseable {

  /**
   * The longest name and message accepted from a server. They bound the memory of one message; a
   * server's own limits are its own business (P-08), and far lower.
   */
  private static final Limits RECEIVING = new Limits(64 * 1024, 16 * 1024 * 1024);

  private static final Duration GRACE = Duration.ofSeconds(1);

  private final EventLoop loop;
  private final Limits limits;
  private final Connection connection;
  private final ChannelHandlerContext context;

  private ChatClient(
      Builder settings, ServerAddress server, Channel channel, ChatListener listener) {
    loop = channel.eventLoop();
    limits = settings.limits;
    connection =
        new Connection(
            this,
            server,
            listener,
            settings.closeTimeout,
            settings.vigilance,
            settings.tls == null
                ? ended -> ((SocketChannel) ended).shutdownOutput()
                : TlsLink::endOutput);
    channel
        .pipeline()
        .addLast(FrameDecoder.ofServer(RECEIVING))
        .addLast(new RelayDecoder())
        .addLast(new FlushAfterBurst())
        .addLast(new FrameEncoder())
        .addLast(connection);
    context = channel.pipeline().context(connection);
  }

  /**
   * Joins a room with the default settings of {@link Builder}.
   *
   * @param server where to connect to
   * @param name what the others see; it need not be unique and may be empty
   * @param listener receives the messages of others from now on
   * @throws ChatException if the connection cannot be made; its message says why
   */
  public static ChatClient connect(ServerAddress server, String name, ChatListener listener)
      throws ChatException {
    return builder().connect(server, name, listener);
  }

  /** Returns a builder with the default timeouts and limits. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Sends a message. Messages of one thread go out in the order of its calls.
   *
   * <p>The future completes when the operating system has accepted the message. It fails with a
   * {@link ChatException} if the connection is lost, the client is closed, or the text exceeds the
   * limit. Until then the text waits in memory, so a program that sends many messages must wait now
   * and then. Futures complete in the order of the calls; waiting for every hundredth is enough:
   *
   * <pre>{@code
   * CompletableFuture<Void> last = client.send(line);
   * if (++waiting == 100) {
   *   last.join();
   *   waiting = 0;
   * }
   * }</pre>
   *
   * <p>A message that the operating system has accepted may still be unread by the server. The
   * closest to a confirmation is a {@link #closed()} that completes with {@link Ending#BY_US}.
   *
   * @param text the message, possibly empty; half of a surrogate pair becomes {@code ?}
   */
  public CompletableFuture<Void> send(String text) {
    int bytes = FrameEncoder.payloadBytes(text);
    if (bytes > limits.maxMessageBytes()) {
      return CompletableFuture.failedFuture(
          tooLong("the message", bytes, limits.maxMessageBytes()));
    }
    CompletableFuture<Void> sent = new CompletableFuture<>();
    if (!run(() -> connection.send(context, text, sent))) {
      sent.completeExceptionally(connection.refusal());
    }
    return sent;
  }

  /**
   * The number of messages, counted from the first, that the server's operating system has
   * acknowledged. It is polled every few seconds, so the true number may be higher; after the end
   * this is the last known one. The server may not have read an acknowledged message yet. One that
   * is not acknowledged may or may not be lost.
   *
   * @return empty on systems other than Linux, which do not expose it
   */
  public OptionalLong acknowledged() {
    return connection.acknowledged();
  }

  /**
   * Completes when the connection is over: normally if it ended in order, else with a {@link
   * ChatException}.
   *
   * @return a new future at each call, so that a timeout or a cancellation affects this one only
   */
  public CompletableFuture<Ending> closed() {
    CompletableFuture<Ending> copy = new CompletableFuture<>();
    Futures.pass(connection.ended(), copy, ending -> ending);
    return copy;
  }

  /**
   * Leaves in order: sends what is queued, ends our side, then waits for the server to end its own.
   * It waits for the close timeout, and longer after many messages: enough for a server that takes
   * 50 messages a second after the first 300. If the server's system has not acknowledged
   * everything by then, it waits ten seconds more. Messages that still arrive are dropped. Blocks
   * until the thread has ended; {@link #closed()} reports the outcome.
   *
   * <p>A second call, or a call after the end, does nothing. Called from the listener or from a
   * callback of a future it does not block: it begins to leave, and {@link #closed()} completes
   * later. If a listener is busy for longer than the close timeout, the connection closes when it
   * returns.
   */
  @Override
  public void close() {
    run(() -> connection.leave(context));
    if (loop.inEventLoop()) {
      return;
    }
    try {
      Duration longest = connection.longestLeave().plus(GRACE);
      loop.awaitTermination(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void join(String name) {
    context.channel().closeFuture().addListener(closed -> release(loop));
    run(
        () -> {
          connection.begin(context);
          connection.send(context, name, new CompletableFuture<>());
          context.channel().config().setAutoRead(true);
        });
  }

  /** Runs on the client's thread; false if that has ended, with the connection. */
  private boolean run(Runnable task) {
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** No quiet period: it would delay the end of the JVM. */
  private static void release(EventLoop loop) {
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
  }

  private static ChatException tooLong(String what, int bytes, int limit) {
    return new ChatException(
        what + " has " + bytes + " bytes of UTF-8, and servers accept " + limit);
  }

  /** Settings for a connection. May be used for any number of them; not thread-safe. */
  public static final class Builder {

    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration closeTimeout = Duration.ofSeconds(2);
    private Limits limits = Limits.DEFAULT;
    private Acknowledgements.Vigilance vigilance = Acknowledgements.Vigilance.DEFAULT;
    private @Nullable TlsTrust tls;

    private Builder() {}

    /**
     * Uses TLS, and only with a trusted server. Without this, nothing is encrypted. {@link
     * #connectTimeout} bounds the handshake.
     */
    public Builder tls(TlsTrust trust) {
      tls = trust;
      return this;
    }

    /**
     * Maximum time for each address of the host to answer, 10 s by default. It does not include
     * looking up the name, which the operating system bounds.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder connectTimeout(Duration timeout) {
      connectTimeout = positive(timeout);
      return this;
    }

    /**
     * Maximum time for {@link ChatClient#close()} to send queued messages, and then to wait for the
     * server to end its side: 2 s each by default. It waits longer for data that may still be in
     * flight: 1 s more per million characters sent, at most 10 s.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder closeTimeout(Duration timeout) {
      closeTimeout = positive(timeout);
      return this;
    }

    /**
     * Maximum size of the name and of a message. Servers silently close the connection over a
     * longer one, so this client refuses it with a reason. Every server should accept {@link
     * Limits#DEFAULT}; raise it only for a server that is known to accept more.
     */
    public Builder limits(Limits accepted) {
      limits = accepted;
      return this;
    }

    /** For tests. */
    Builder vigilance(Acknowledgements.Vigilance other) {
      vigilance = other;
      return this;
    }

    /**
     * Joins a room. Returns when the connection is made and the name is on its way. The protocol
     * has no reply, so a refusal shows only later, in {@link ChatClient#closed()}.
     *
     * @param server where to connect to; uses the first address of its host that answers
     * @param name what the others see; it need not be unique and may be empty
     * @param listener receives the messages of others from now on
     * @throws ChatException if the connection cannot be made, the server is not trusted, or the
     *     name is too long; its message says why
     */
    public ChatClient connect(ServerAddress server, String name, ChatListener listener)
        throws ChatException {
      int nameBytes = FrameEncoder.payloadBytes(name);
      if (nameBytes > limits.maxNameBytes()) {
        throw tooLong("the name", nameBytes, limits.maxNameBytes());
      }
      // Without a group: a global thread that outlives the loop would report the group's end.
      EventLoop loop =
          new SingleThreadIoEventLoop(
              null, new DefaultThreadFactory("chat-client"), NioIoHandler.newFactory());
      try {
        Channel channel = new Connector(loop, connectTimeout).connect(server);
        ChatClient client = new ChatClient(this, server, channel, listener);
        if (tls != null) {
          TlsLink.shakeHands(channel, server, tls, connectTimeout);
        }
        client.join(name);
        return client;
      } catch (ChatException | RuntimeException e) {
        release(loop);
        throw e;
      }
    }

    private static Duration positive(Duration timeout) {
      if (timeout.isNegative() || timeout.isZero()) {
        throw new IllegalArgumentException("a timeout of " + timeout + ", expected more than 0");
      }
      return timeout;
    }
  }
}
