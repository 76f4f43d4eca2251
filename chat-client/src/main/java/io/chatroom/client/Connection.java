package io.chatroom.client;

import io.chatroom.protocol.ChatMessage;
import io.chatroom.protocol.ProtocolException;
import io.chatroom.protocol.VisibleText;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The end of the pipeline: passes messages to the listener, and determines how the connection
 * ended. Everything here runs on the connection's event loop.
 *
 * <p>Leaving follows C-04: flush, send FIN, then wait for the server's FIN while reading and
 * dropping input. A socket that is closed with unread bytes, or that receives data after it was
 * closed, answers with RST, which destroys sent data that is still in flight. So the wait grows
 * with the data that may be in flight; it is bounded, because not every server ends its side.
 */
final class Connection extends SimpleChannelInboundHandler<ChatMessage> {

  /** Our state, which decides what the end of the stream means. */
  private enum State {
    OPEN,
    /** We are leaving; the operating system has not accepted everything yet. */
    FLUSHING,
    /** Our FIN is out; the server's is awaited. */
    FIN_SENT,
    /** The server's FIN did not arrive in time. */
    UNANSWERED,
    /** Over. Further output of the decoder is dropped. */
    ENDED
  }

  /** The most that the two operating systems can buffer. */
  private static final long MAX_IN_FLIGHT_CHARS = 10_000_000;

  /** The rate at which a slow server reads that. */
  private static final long CHARS_PER_MILLI = 1_000;

  /** A server that limits its senders (P-18) takes this many messages at once, then 50 a second. */
  private static final long MESSAGES_AT_ONCE = 300;

  private static final long NANOS_PER_MESSAGE = Duration.ofSeconds(1).dividedBy(50).toNanos();

  private final ChatClient client;
  private final String shownServer;
  private final ChatListener listener;
  private final Duration closeTimeout;
  private final Function<Channel, ChannelFuture> endOutput;
  private final CompletableFuture<Ending> ended = new CompletableFuture<>();

  private State state = State.OPEN;
  private boolean receivedInBurst;

  private final AtomicLong sentChars = new AtomicLong();

  /** The time by which a server that limits its senders has read everything sent. */
  private final AtomicLong takenNanos = new AtomicLong(System.nanoTime());

  private final SentBytes bytes = new SentBytes();
  private final Acknowledgements.Vigilance vigilance;
  private volatile @Nullable Acknowledgements acknowledgements;

  /** Why the connection fails, once known; the channel may close a little later. */
  private @Nullable ChatException failure;

  /**
   * @param endOutput ends our side of the stream
   */
  Connection(
      ChatClient client,
      ServerAddress server,
      ChatListener listener,
      Duration closeTimeout,
      Acknowledgements.Vigilance vigilance,
      Function<Channel, ChannelFuture> endOutput) {
    this.client = client;
    this.shownServer = VisibleText.of(server.toString());
    this.listener = listener;
    this.closeTimeout = closeTimeout;
    this.vigilance = vigilance;
    this.endOutput = endOutput;
  }

  /** Completes when the channel is closed, with how it ended or with a {@link ChatException}. */
  CompletableFuture<Ending> ended() {
    return ended;
  }

  /** Call on the loop, once TLS is in the pipeline and before anything is sent. */
  void begin(ChannelHandlerContext ctx) {
    ctx.pipeline().addFirst(bytes);
    acknowledgements =
        new Acknowledgements(ctx.channel(), bytes, vigilance, () -> fail(ctx, silent()));
  }

  /** See {@link ChatClient#acknowledged}. */
  OptionalLong acknowledged() {
    Acknowledgements known = acknowledgements;
    if (known == null) {
      return OptionalLong.of(0);
    }
    OptionalLong frames = known.frames();
    return frames.isPresent()
        ? OptionalLong.of(Math.max(0, frames.getAsLong() - 1)) // the first is the name
        : frames;
  }

  private ChatException silent() {
    String doubt = doubt();
    return new ChatException(
        shownServer
            + " has acknowledged nothing for "
            + vigilance.patience().toSeconds()
            + " s: the server or the network in between is gone"
            + (doubt.isEmpty() ? "" : "; " + doubt));
  }

  /** A phrase for the messages that may not have arrived; empty if there are none. */
  private String doubt() {
    if (acknowledgements == null || acknowledged().isEmpty()) {
      return "";
    }
    long sent = Math.max(0, acknowledgements.taken() - 1);
    long doubtful = sent - acknowledged().getAsLong();
    if (doubtful <= 0) {
      return "";
    }
    return (doubtful == 1 ? "the last" : "the last " + doubtful)
        + (sent == 1 ? " message" : " of " + sent + " messages")
        + " may not have arrived";
  }

  /** Sends a name or a message; {@link ChatClient#send} describes the future. */
  void send(ChannelHandlerContext ctx, String text, CompletableFuture<Void> sent) {
    if (state != State.OPEN) {
      sent.completeExceptionally(refusal());
      return;
    }
    sentChars.addAndGet(text.length());
    long now = System.nanoTime();
    takenNanos.updateAndGet(taken -> (taken - now > 0 ? taken : now) + NANOS_PER_MESSAGE);
    long before = bytes.queued();
    ChannelFuture write = ctx.write(text);
    long after = bytes.queued();
    write.addListener(
        written -> {
          if (written.isSuccess()) {
            // TLS encrypts later, perhaps together with later messages
            taken(after > before ? after : bytes.queued());
            sent.complete(null);
          } else {
            ChatException gone = gone(written.cause());
            if (!(written.cause() instanceof ClosedChannelException)) {
              remember(gone);
            }
            sent.completeExceptionally(gone);
          }
        });
  }

  private void taken(long endByte) {
    if (acknowledgements != null) {
      acknowledgements.taken(endByte);
    }
  }

  /** The failure for a text that comes too late. For any thread. */
  ChatException refusal() {
    return new ChatException("nothing can be sent any more: the connection is closed");
  }

  /**
   * The time, beyond the close timeout, that sent data may be in flight: there is much of it, or
   * the server reads more slowly than we have sent. For any thread.
   */
  long transitMillis() {
    return delayedMillis() + Math.min(sentChars.get(), MAX_IN_FLIGHT_CHARS) / CHARS_PER_MILLI;
  }

  private long delayedMillis() {
    long nanos = takenNanos.get() - System.nanoTime() - MESSAGES_AT_ONCE * NANOS_PER_MESSAGE;
    return Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  /** Maximum total time for leaving. For any thread. */
  Duration longestLeave() {
    return closeTimeout.plusMillis(transitMillis()).multipliedBy(2).plus(vigilance.leaving());
  }

  /** Begins to leave; does nothing on a second call. */
  void leave(ChannelHandlerContext ctx) {
    if (state != State.OPEN) {
      return;
    }
    state = State.FLUSHING;
    long patienceMillis = closeTimeout.toMillis() + delayedMillis();
    ctx.executor()
        .schedule(() -> giveUpFlushing(ctx, patienceMillis), patienceMillis, TimeUnit.MILLISECONDS);
    // Everything written before this empty buffer goes out first, and nothing is written after it.
    ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> sendFin(ctx));
  }

  private void sendFin(ChannelHandlerContext ctx) {
    ChannelFuture fin = endOutput.apply(ctx.channel());
    fin.addListener(
        done -> {
          if (state == State.FLUSHING && done.isSuccess()) {
            state = State.FIN_SENT;
            if (acknowledgements != null) {
              acknowledgements.finSent();
            }
            long waitNanos =
                TimeUnit.MILLISECONDS.toNanos(transitMillis()) + closeTimeout.toNanos();
            awaitAnswer(
                ctx, waitNanos, System.nanoTime() + waitNanos + vigilance.leaving().toNanos());
          }
        });
  }

  private void awaitAnswer(ChannelHandlerContext ctx, long waitNanos, long lastNanos) {
    ctx.executor()
        .schedule(() -> giveUpOnAnAnswer(ctx, lastNanos), waitNanos, TimeUnit.NANOSECONDS);
  }

  private void giveUpFlushing(ChannelHandlerContext ctx, long patienceMillis) {
    if (state == State.FLUSHING) {
      fail(
          ctx,
          new ChatException(
              shownServer + " did not take all that was sent within " + patienceMillis + " ms"));
    }
  }

  /**
   * A server that has acknowledged everything need not answer. Unacknowledged data may still be in
   * flight, perhaps resent after a loss, so a single poll proves nothing.
   */
  private void giveUpOnAnAnswer(ChannelHandlerContext ctx, long lastNanos) {
    if (state != State.FIN_SENT) {
      return;
    }
    if (acknowledgements != null) {
      acknowledgements.poll();
    }
    String doubt = doubt();
    long leftNanos = lastNanos - System.nanoTime();
    if (doubt.isEmpty()) {
      state = State.UNANSWERED;
      ctx.close();
    } else if (leftNanos > 0) {
      awaitAnswer(ctx, Math.min(leftNanos, closeTimeout.toNanos()), lastNanos);
    } else {
      fail(ctx, new ChatException(shownServer + " has not acknowledged all: " + doubt));
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, ChatMessage message) {
    if (state != State.OPEN || failure != null) {
      return;
    }
    receivedInBurst = true;
    tell(ctx, () -> listener.onMessage(client, message));
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (!receivedInBurst) {
      return;
    }
    receivedInBurst = false;
    tell(ctx, listener::onPause);
  }

  /** Calls the listener; an exception of the listener ends the connection. */
  private void tell(ChannelHandlerContext ctx, Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      fail(ctx, new ChatException("the listener failed: " + VisibleText.of(e.toString()), e));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (state == State.UNANSWERED) {
      return; // we have closed the connection
    }
    if (cause instanceof ProtocolException) {
      // Also while leaving: no chat server, so it has understood nothing that we sent.
      fail(
          ctx,
          new ChatException(
              shownServer + " does not speak the chat protocol: " + cause.getMessage(), cause));
    } else if (cause instanceof IOException) {
      fail(ctx, gone(cause));
    } else {
      fail(ctx, new ChatException("the client failed: " + VisibleText.of(cause.toString()), cause));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    State last = state;
    state = State.ENDED;
    if (last == State.FLUSHING) {
      remember(gone(null));
    }
    if (failure != null) {
      ended.completeExceptionally(failure);
    } else {
      ended.complete(
          switch (last) {
            case FIN_SENT -> Ending.BY_US;
            case UNANSWERED -> Ending.UNANSWERED;
            default -> Ending.BY_SERVER;
          });
    }
  }

  private void fail(ChannelHandlerContext ctx, ChatException reason) {
    remember(reason);
    ctx.close();
  }

  /** The first reason counts; later ones are its consequences. */
  private void remember(ChatException reason) {
    if (failure == null) {
      failure = reason;
    }
  }

  /** In the words of the seed's client. */
  private static ChatException gone(@Nullable Throwable cause) {
    return new ChatException("connection is gone", cause);
  }
}
