package io.chatroom.client;

import io.chatroom.protocol.FrameEncoder;
import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.Do;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.Position;
import io.chatroom.protocol.session.RoomName;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The life of a {@link SessionClient} over all its connections: connects, sends the hello,
 * reconnects, and ends. {@link SessionLink} is the current connection; {@link SessionInbox} passes
 * what arrives to {@link SessionRooms}, {@link PostSender}, {@link Requests} and {@link NameProof}.
 *
 * <p>Everything that is not marked for any thread runs on the client's own.
 */
final class Session implements SessionWire, SessionLink.Listener {

  private static final Duration GRACE = Duration.ofSeconds(1);

  /** The client ends after this many protocol violations in a row. */
  private static final int MAX_VIOLATIONS = 5;

  /** After this long without a violation, counting starts anew. */
  private static final Duration VIOLATION_MEMORY = Duration.ofMinutes(1);

  private final SessionClient client;
  private final SessionAddress address;
  private final String shownServer;
  private final FromClient.Hello hello;
  private final String idPrefix = ClientIdentity.random(8) + "-";
  private final AtomicLong ids = new AtomicLong();
  private final Spread spread;
  private final Duration closeTimeout;
  private final Duration welcomeTimeout;
  private final SessionListener listener;

  private final NameProof proof;
  private final Requests requests = new Requests();
  private final SessionRooms rooms;
  private final PostSender posts;
  private final SessionInbox inbox;
  private final EventLoop loop;
  private final SessionDialer dialer;
  private final CompletableFuture<Void> begun = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  private volatile FromServer.@Nullable Welcome welcome;

  /** True if the first connection may be retried, too. */
  private boolean retriesAtFirst;

  private @Nullable SessionLink link;
  private boolean welcomed;
  private int failures;
  private int violations;
  private boolean closing;
  private boolean saidBye;
  private boolean ended;

  Session(SessionClient client, SessionClient.Builder settings, SessionAddress server, String name)
      throws ChatException {
    this.client = client;
    address = server;
    shownServer = VisibleText.of(server.toString());
    hello =
        new FromClient.Hello(
            name,
            ClientIdentity.of(settings.clientFile),
            null,
            settings.key,
            settings.agent,
            settings.rooms.keySet().stream()
                .map(room -> new FromClient.Wish(room, null, null))
                .toList());
    proof = new NameProof(settings, server, name);
    spread = settings.spread;
    closeTimeout = settings.closeTimeout;
    welcomeTimeout =
        settings.welcomeTimeout == null ? settings.connectTimeout : settings.welcomeTimeout;
    listener = settings.listener;
    rooms = new SessionRooms(this, client, settings);
    PostQueue queue = new PostQueue(settings.maxWaiting, settings.maxWaitingBytes);
    posts = new PostSender(this, rooms, queue, this::allPostsAnswered);
    inbox = new SessionInbox(this, rooms, posts, requests, proof, client, listener);
    loop =
        new SingleThreadIoEventLoop(
            null, new DefaultThreadFactory("chat-session"), NioIoHandler.newFactory());
    dialer = new SessionDialer(loop, server, settings.tls, settings.connectTimeout);
  }

  // For any thread.

  void connectOnce() throws ChatException {
    run(this::dial);
    try {
      begun.get();
    } catch (InterruptedException e) {
      run(() -> end(null));
      Thread.currentThread().interrupt();
      throw new ChatException(
          "connecting was interrupted", new InterruptedIOException("connecting"));
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ChatException reason
          ? reason
          : new ChatException(
              "the client failed: " + VisibleText.of(String.valueOf(e.getCause())), e);
    }
  }

  void start() {
    run(
        () -> {
          retriesAtFirst = true;
          dial();
        });
  }

  String nextId() {
    return idPrefix + ids.incrementAndGet();
  }

  CompletableFuture<FromServer.Ack> post(FromClient.Post post) {
    CompletableFuture<FromServer.Ack> ack = new CompletableFuture<>();
    int textBytes = FrameEncoder.payloadBytes(post.text());
    if (!posts.admit(textBytes)) {
      ack.completeExceptionally(
          new ChatException(
              "too much waits to be acknowledged, "
                  + posts.size()
                  + " posts: wait for some before posting more"));
    } else if (!run(() -> add(post, textBytes, ack))) {
      posts.release(textBytes);
      ack.completeExceptionally(isClosed());
    }
    return ack;
  }

  private void add(FromClient.Post post, int textBytes, CompletableFuture<FromServer.Ack> ack) {
    if (ended || closing) {
      posts.release(textBytes);
      ack.completeExceptionally(isClosed());
    } else {
      posts.add(post, textBytes, ack);
    }
  }

  CompletableFuture<FromServer.Joined> join(RoomName room, Start start, RoomListener roomListener) {
    CompletableFuture<FromServer.Joined> joined = new CompletableFuture<>();
    runOrFail(joined, () -> rooms.join(room, start, roomListener, joined));
    return joined;
  }

  CompletableFuture<Void> leave(RoomName room) {
    CompletableFuture<Void> left = new CompletableFuture<>();
    runOrFail(left, () -> rooms.leave(room, left));
    return left;
  }

  @Nullable Position position(RoomName room) {
    return rooms.position(room);
  }

  FromServer.@Nullable Welcome welcome() {
    return welcome;
  }

  int waiting() {
    return posts.size();
  }

  boolean isOwned() {
    return proof.isOwned();
  }

  CompletableFuture<FromServer.Owned> claim() {
    try {
      proof.checkMayClaim();
    } catch (ChatException e) {
      return CompletableFuture.failedFuture(e);
    }
    return ask(FromServer.Owned.class, FromClient.Claim::new);
  }

  CompletableFuture<FromServer.Read> read(RoomName room, long seq) {
    FromClient.Read read = new FromClient.Read(room, seq);
    CompletableFuture<FromServer.Read> marked = new CompletableFuture<>();
    runOrFail(
        marked,
        () -> {
          if (!rooms.isIn(room)) {
            marked.completeExceptionally(
                new ChatException(
                    "the room " + VisibleText.of(room.text()) + " is not joined now"));
          } else if (requests.addRead(read, marked)) {
            send(read);
          } else {
            marked.completeExceptionally(tooMuchAsked());
          }
        });
    return marked;
  }

  private static ChatException tooMuchAsked() {
    return new ChatException(
        "too much is asked at once, wait for some of " + Requests.MAX_WAITING + " answers");
  }

  <T extends FromServer> CompletableFuture<T> ask(
      Class<T> expected, Function<String, FromClient> request) {
    Objects.requireNonNull(request.apply("q")); // a bad argument fails in the caller's thread
    CompletableFuture<T> answer = new CompletableFuture<>();
    CompletableFuture<FromServer> any = new CompletableFuture<>();
    Futures.pass(any, answer, expected::cast);
    runOrFail(
        answer,
        () -> {
          if (!welcomed) {
            any.completeExceptionally(
                new ChatException("there is no session now, ask again later"));
          } else if (requests.isFull()) {
            any.completeExceptionally(tooMuchAsked());
          } else {
            request(expected, request, any);
          }
        });
    return answer;
  }

  /** A new future for each caller. */
  CompletableFuture<Void> closed() {
    return Futures.done(closed);
  }

  void close() {
    run(this::leave);
    if (loop.inEventLoop()) {
      return;
    }
    try {
      long longest = closeTimeout.multipliedBy(2).plus(GRACE).toMillis();
      loop.awaitTermination(longest, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs on the client's thread; false if that has ended. */
  private boolean run(Runnable task) {
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  private void runOrFail(CompletableFuture<?> future, Runnable task) {
    boolean runs =
        run(
            () -> {
              if (ended || closing) {
                future.completeExceptionally(isClosed());
              } else {
                task.run();
              }
            });
    if (!runs) {
      future.completeExceptionally(isClosed());
    }
  }

  private static ChatException isClosed() {
    return new ChatException("the client is closed");
  }

  // For the other parts, on the client's thread.

  @Override
  public boolean isWelcomed() {
    return welcomed && !saidBye;
  }

  @Override
  public void send(FromClient object) {
    if (link != null) {
      link.send(object);
    }
  }

  @Override
  public int requests() {
    return requests.size();
  }

  @Override
  public void request(
      Class<? extends FromServer> expected,
      Function<String, FromClient> request,
      CompletableFuture<FromServer> answer) {
    String q = requests.nextQ();
    FromClient object = request.apply(q);
    requests.add(q, new Requests.Asked(object, expected, answer));
    send(object);
  }

  @Override
  public void later(long millis, Runnable task) {
    SessionLink now = link;
    loop.schedule(
        () -> {
          if (link != null && link == now) {
            task.run();
          }
        },
        millis,
        TimeUnit.MILLISECONDS);
  }

  @Override
  public void tell(Runnable call) {
    if (ended) {
      return;
    }
    try {
      call.run();
    } catch (RuntimeException e) {
      end(new ChatException("the listener failed: " + VisibleText.of(e.toString()), e));
    }
  }

  // The connection.

  private void dial() {
    if (ended || link != null) {
      return;
    }
    SessionLink next = new SessionLink(this, address.way().isWebSocket());
    link = next;
    dialer.start(next, failure -> run(() -> cannotConnect(next, failure)));
  }

  private void cannotConnect(SessionLink failed, Exception reason) {
    failed.cut();
    if (failed != link || ended) {
      return;
    }
    ChatException sentence =
        reason instanceof ChatException chat
            ? chat
            : new ChatException("the client failed: " + VisibleText.of(reason.toString()), reason);
    if (reason instanceof UntrustedServerException) {
      end(sentence);
    } else {
      comeBack(sentence, null);
    }
  }

  @Override
  public void opened(SessionLink opened) {
    if (opened != link || ended) {
      opened.cut();
      return;
    }
    opened.send(
        new FromClient.Hello(
            hello.name(),
            hello.client(),
            proof.token(),
            hello.key(),
            hello.agent(),
            rooms.hello()));
    later(welcomeTimeout.toMillis(), this::giveUpOnAWelcome);
  }

  private void giveUpOnAWelcome() {
    if (!welcomed) {
      String sentence =
          shownServer
              + " did not answer the hello within "
              + welcomeTimeout.toMillis()
              + " ms: check that a chat server runs there";
      comeBack(welcome == null ? noSessions(sentence, null) : new ChatException(sentence), null);
    }
  }

  private NoSessionsException noSessions(String sentence, @Nullable Throwable cause) {
    return new NoSessionsException(address.server(), sentence, cause);
  }

  @Override
  public void received(SessionLink from, FromServer object) {
    if (from != link || ended) {
      return;
    }
    try {
      if (object instanceof FromServer.Bye bye) {
        act(RefusedException.of(bye), bye.afterMillis());
      } else if (object instanceof FromServer.Error error && isAboutConnection(error)) {
        act(RefusedException.of(error), error.afterMillis());
      } else if (welcomed) {
        inbox.take(object);
      } else if (object instanceof FromServer.Welcome answer) {
        beWelcome(answer);
      } else {
        RuleBrokenException.check(
            object instanceof FromServer.Pong, object.type() + " comes before the welcome");
      }
    } catch (RuleBrokenException e) {
      violated(e);
    }
  }

  private boolean isAboutConnection(FromServer.Error error) {
    return !welcomed || error.act() == Do.RECONNECT || error.act() == Do.STOP;
  }

  @Override
  public void pause(SessionLink from) {
    if (from == link && welcomed) {
      tell(() -> listener.onPause(client));
    }
  }

  @Override
  public void ended(SessionLink over, @Nullable Throwable reason) {
    if (over != link || ended) {
      return;
    }
    if (reason instanceof RuleBrokenException broken) {
      violated(broken);
    } else if (reason instanceof SessionLink.ClosedByNumber number && number.meansStop()) {
      end(RefusedException.ofCloseNumber(shownServer, number.number()));
    } else if (reason instanceof RuntimeException) {
      end(new ChatException("the client failed: " + VisibleText.of(reason.toString()), reason));
    } else if (welcome == null && !over.hasReceivedAnything() && !over.isWebSocket()) {
      end(
          noSessions(
              shownServer
                  + " ended the connection instead of beginning a session: it speaks the seed's"
                  + " protocol only, or is no chat server",
              null));
    } else {
      comeBack(new ChatException("the connection to " + shownServer + " is gone", reason), null);
    }
  }

  private void violated(RuleBrokenException broken) {
    violations++;
    String sentence = shownServer + " breaks the protocol of sessions: " + broken.getMessage();
    ChatException reason =
        welcome == null ? noSessions(sentence, broken) : new ChatException(sentence, broken);
    if (welcome == null || violations >= MAX_VIOLATIONS) {
      end(reason);
    } else {
      failures = Math.max(failures, violations - 1);
      comeBack(reason, null);
    }
  }

  /** Follows an error or a bye about the connection as a whole. */
  private void act(RefusedException reason, @Nullable Long afterMillis) {
    switch (reason.act()) {
      case RETRY, RECONNECT -> comeBack(reason, afterMillis);
      case CHANGE, ASK, STOP -> end(reason);
    }
  }

  /** Drops the connection, if there is one, and reconnects later. */
  private void comeBack(ChatException reason, @Nullable Long afterMillis) {
    disconnect();
    if (saidBye || (closing && posts.size() == 0)) {
      end(null);
      return;
    }
    if (welcome == null && !retriesAtFirst) {
      end(reason);
      return;
    }
    Duration wait = spread.next(failures++, afterMillis);
    loop.schedule(this::dial, wait.toMillis(), TimeUnit.MILLISECONDS);
    tell(() -> listener.onDisconnected(client, reason, wait));
  }

  private void disconnect() {
    SessionLink old = link;
    link = null;
    welcomed = false;
    if (old != null) {
      old.cut();
    }
    posts.disconnected();
    rooms.disconnected();
    requests.failAll(
        new ChatException("the connection was lost before the answer came, ask again"));
  }

  private void beWelcome(FromServer.Welcome answer) {
    welcome = answer;
    welcomed = true;
    failures = 0;
    if (link != null) {
      link.welcome(answer);
    }
    later(VIOLATION_MEMORY.toMillis(), () -> violations = 0);
    try {
      proof.welcomed(answer.owned());
    } catch (ChatException e) {
      tell(() -> listener.onTrouble(client, e));
    }
    inbox.welcomed(answer);
    tell(() -> listener.onConnected(client, answer));
    begun.complete(null);
    rooms.welcomed();
    posts.welcomed(answer);
  }

  // The end.

  private void leave() {
    if (closing || ended) {
      return;
    }
    closing = true;
    loop.schedule(this::sayBye, closeTimeout.toMillis(), TimeUnit.MILLISECONDS);
    if (posts.size() == 0) {
      sayBye();
    }
  }

  private void allPostsAnswered() {
    if (closing) {
      sayBye();
    }
  }

  private void sayBye() {
    if (saidBye || ended) {
      return;
    }
    saidBye = true;
    if (!welcomed) {
      end(null);
      return;
    }
    send(new FromClient.Bye());
    loop.schedule(() -> end(null), closeTimeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Ends the client.
   *
   * @param reason null if the caller closed it
   */
  private void end(@Nullable ChatException reason) {
    if (ended) {
      return;
    }
    disconnect();
    ended = true;
    ChatException told = reason == null ? isClosed() : reason;
    posts.end(told);
    rooms.end(told);
    begun.completeExceptionally(told);
    if (reason == null) {
      closed.complete(null);
    } else {
      closed.completeExceptionally(reason);
    }
    dialer.interrupt();
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
  }
}
