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
 * One member of a chat room: connects, sends, hears the others, leaves.
 *
 * <pre>{@code
 * ChatListener echo = (client, message) -> client.send(message.name() + " said " + message.text());
 * try (ChatClient client = ChatClient.connect(ServerAddress.parse("localhost"), "echo", echo)) {
 *   client.closed().join(); // until the server goes away
 * }
 * }</pre>
 *
 * <p>All methods may be called from any thread. Each client has one thread of its own, which calls
 * the listener and completes the futures; so neither a listener nor what hangs on a future may wait
 * for this client. The thread keeps the JVM alive, as a server's would, and ends with the
 * connection, whoever ended it.
 *
 * <p>The protocol has no replies: a server neither confirms a message nor says why it closes a
 * connection. There is no reconnecting here either: a client is for one connection, and {@link
 * #closed()} tells when to make the next one.
 */
public final class ChatClient implements AutoCloseable {

  /**
   * What a server may send us. Much more than any should: its limits are its own business (P-08),
   * and these only bound the memory that one message can take.
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
   * @param listener hears what the others say, from now on
   * @throws ChatException if there is no connection; its message says why
   */
  public static ChatClient connect(ServerAddress server, String name, ChatListener listener)
      throws ChatException {
    return builder().connect(server, name, listener);
  }

  /** For other timeouts and limits. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Says something. Messages go out in the order of the calls, as far as calls have one.
   *
   * <p>The future completes when the operating system has the message, or fails with a {@link
   * ChatException} when it cannot have it any more: the connection is gone, the client is closed,
   * or the text is longer than the limit. Texts wait in memory until then; who sends much must wait
   * now and then. As futures complete in the order of the calls, it is enough to wait for the last
   * of every few:
   *
   * <pre>{@code
   * CompletableFuture<Void> last = client.send(line);
   * if (++waiting == 100) {
   *   last.join();
   *   waiting = 0;
   * }
   * }</pre>
   *
   * <p>That the operating system has a message does not mean that the server has read it. The
   * closest to that is a {@link #closed()} that completes with {@link Ending#BY_US}.
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
   * How many messages, from the first on, the server's operating system has acknowledged. It may
   * have more, as this is looked up every few seconds; also after the end it is what was known
   * last. That it has a message does not mean that the server has read it; but one that it has not
   * acknowledged may be lost, and nobody knows.
   *
   * @return empty where this system does not tell: all but Linux
   */
  public OptionalLong acknowledged() {
    return connection.acknowledged();
  }

  /**
   * How this connection ends: completes when it is over, normally if that was in order, else with a
   * {@link ChatException}.
   *
   * @return a new future at each call, so that a timeout set on it or cancelling it touches no one
   *     else
   */
  public CompletableFuture<Ending> closed() {
    // Not copy(): that would wrap the failure.
    CompletableFuture<Ending> copy = new CompletableFuture<>();
    connection
        .ended()
        .whenComplete(
            (ending, failure) -> {
              if (failure == null) {
                copy.complete(ending);
              } else {
                copy.completeExceptionally(failure);
              }
            });
    return copy;
  }

  /**
   * Leaves in order: what was sent before goes out, then our side is ended, then the server gets
   * time to end its own: the close timeout, longer the more was sent, and as long as a server needs
   * that takes 50 messages a second after the first 300. A server whose system has not acknowledged
   * all by then gets ten seconds more. What still arrives is dropped. Waits until that is done and
   * the thread has ended; {@link #closed()} tells how it went.
   *
   * <p>Called again, or after the end, it does no more. Called from the listener or from what hangs
   * on a future it cannot wait: it begins, and {@link #closed()} completes later. If a listener is
   * busy for longer than the close timeout, the connection closes when it returns.
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

  /** No quiet period: whoever ends a JVM with this should not have to wait for it. */
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
     * Talks TLS, and only with a server that is to be trusted. Without this, nothing is encrypted.
     * The handshake has as long as {@link #connectTimeout} says.
     */
    public Builder tls(TlsTrust trust) {
      tls = trust;
      return this;
    }

    /**
     * How long each address of the host may take to answer, 10 s by default. Looking the name up is
     * not part of it: that takes as long as the operating system lets it.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder connectTimeout(Duration timeout) {
      connectTimeout = positive(timeout);
      return this;
    }

    /**
     * How long {@link ChatClient#close()} may take to hand over what was sent, and how long then to
     * wait for the server to end its side, 2 s each by default. After much was sent it waits
     * longer, a second for each million characters of the last ten, as that may still be on its
     * way.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder closeTimeout(Duration timeout) {
      closeTimeout = positive(timeout);
      return this;
    }

    /**
     * How long the name and messages may be. A server closes a connection that says more than it
     * accepts, without a word; so it is refused here, with a word. {@link Limits#DEFAULT} is what
     * every server should accept; say more only when the server is known to.
     */
    public Builder limits(Limits accepted) {
      limits = accepted;
      return this;
    }

    /** For tests, which cannot wait for a minute. */
    Builder vigilance(Acknowledgements.Vigilance other) {
      vigilance = other;
      return this;
    }

    /**
     * Joins a room. Returns when the connection is there and the name is on its way; there is no
     * reply to wait for, so whether the server accepts it shows only later, in {@link
     * ChatClient#closed()}.
     *
     * @param server where to connect to; the first address of its host that answers is taken
     * @param name what the others see; it need not be unique and may be empty
     * @param listener hears what the others say, from now on
     * @throws ChatException if there is no connection, the server is not to be trusted, or the name
     *     is too long; its message says why
     */
    public ChatClient connect(ServerAddress server, String name, ChatListener listener)
        throws ChatException {
      int nameBytes = FrameEncoder.payloadBytes(name);
      if (nameBytes > limits.maxNameBytes()) {
        throw tooLong("the name", nameBytes, limits.maxNameBytes());
      }
      // A loop without a group: a group's end is told by a global thread, which outlives it.
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
