package io.chatroom.client;

import io.chatroom.protocol.FrameEncoder;
import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.Code;
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
 * The work of a {@link SessionClient} over all its connections: says hello, dispatches what comes,
 * and reconnects. {@link SessionRooms} knows the rooms, {@link PostQueue} the waiting posts, {@link
 * Requests} the open requests, {@link SessionLink} the connection.
 *
 * <p>Everything that is not marked for any thread runs on the client's own.
 */
final class Session implements SessionLink.Ear {

  private static final Duration GRACE = Duration.ofSeconds(1);

  /** The client ends after this many broken connections in a row. */
  private static final int MAX_VIOLATIONS = 5;

  /** Broken connections closer together than this are in a row. */
  private static final Duration RIGHT_FOR = Duration.ofMinutes(1);

  /** Used where the server tells no limit, or one that is larger than useful. */
  private static final long FEW_UNANSWERED = 100;

  private static final long MAX_UNANSWERED = 10_000;
  private static final long FEW_UNANSWERED_BYTES = 1 << 20;
  private static final long MAX_UNANSWERED_BYTES = 16 << 20;

  private static final long RETRY_MILLIS = 1_000;

  /**
   * The longest wait before a refused request is sent again; where the server asks for longer, it
   * fails.
   */
  private static final long LONGEST_RETRY_MILLIS = 30_000;

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

  private final PostQueue posts;
  private final Requests requests = new Requests();
  private final SessionRooms rooms;
  private final EventLoop loop;
  private final SessionDialer dialer;
  private final CompletableFuture<Void> begun = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  private final @Nullable OwnedNames names;
  private final boolean isEncrypted;

  private volatile FromServer.@Nullable Welcome welcome;
  private volatile boolean isOwned;

  /** Proves that the name is ours, or null; the server may give another one. */
  private @Nullable String token;

  private boolean triesAgainAtFirst;
  private @Nullable Thread dialing;
  private @Nullable SessionLink link;
  private boolean welcomed;
  private boolean isHeld;
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
    names = settings.names;
    spread = settings.spread;
    closeTimeout = settings.closeTimeout;
    welcomeTimeout =
        settings.welcomeTimeout == null ? settings.connectTimeout : settings.welcomeTimeout;
    listener = settings.listener;
    token = settings.token;
    if (token == null && names != null) {
      token = names.token(server.server(), name);
    }
    posts = new PostQueue(settings.maxWaiting, settings.maxWaitingBytes);
    rooms = new SessionRooms(this, client, settings);
    isEncrypted = SessionDialer.isEncrypted(server, settings.tls);
    if (token != null) {
      checkMayGo("the token of the name " + VisibleText.of(name));
    }
    if (settings.key != null) {
      checkMayGo("the key");
    }
    loop =
        new SingleThreadIoEventLoop(
            null, new DefaultThreadFactory("chat-session"), NioIoHandler.newFactory());
    dialer = new SessionDialer(loop, server, settings.tls, settings.connectTimeout);
  }

  private void checkMayGo(String secret) throws ChatException {
    if (names != null) {
      names.checkMayGo(address.server(), isEncrypted, secret);
    }
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
          triesAgainAtFirst = true;
          dial();
        });
  }

  String nextId() {
    return idPrefix + ids.incrementAndGet();
  }

  CompletableFuture<FromServer.Ack> post(FromClient.Post post) {
    CompletableFuture<FromServer.Ack> ack = new CompletableFuture<>();
    int bytes = FrameEncoder.payloadBytes(post.text());
    if (!posts.admit(bytes)) {
      ack.completeExceptionally(
          new ChatException(
              "too much waits to be acknowledged, "
                  + posts.size()
                  + " posts: wait for some before posting more"));
    } else if (!run(() -> enqueue(post, bytes, ack))) {
      posts.release(bytes);
      ack.completeExceptionally(isClosed());
    }
    return ack;
  }

  CompletableFuture<FromServer.Joined> join(RoomName room, Start start, RoomListener hears) {
    CompletableFuture<FromServer.Joined> joined = new CompletableFuture<>();
    runOrFail(joined, () -> rooms.join(room, start, hears, joined));
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
    return isOwned;
  }

  CompletableFuture<FromServer.Owned> claim() {
    if (names != null) {
      try {
        checkMayGo("the token of the name " + VisibleText.of(hello.name()));
      } catch (ChatException e) {
        return CompletableFuture.failedFuture(e);
      }
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
            say(read);
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
    any.whenComplete(
        (object, failure) -> {
          if (failure == null) {
            answer.complete(expected.cast(object));
          } else {
            answer.completeExceptionally(failure);
          }
        });
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

  /** The same without what was answered; failures are not wrapped. */
  static CompletableFuture<Void> done(CompletableFuture<?> answer) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    answer.whenComplete(
        (object, failure) -> {
          if (failure == null) {
            done.complete(null);
          } else {
            done.completeExceptionally(failure);
          }
        });
    return done;
  }

  /** A new future for each caller. */
  CompletableFuture<Void> closed() {
    return done(closed);
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

  /** Whether there is a session now. */
  boolean isWelcomed() {
    return welcomed;
  }

  void say(FromClient object) {
    if (link != null) {
      link.say(object);
    }
  }

  /** How many requests await their answers. */
  int requests() {
    return requests.size();
  }

  /** Asks with a q, and completes the future with the answer. */
  void request(
      Class<? extends FromServer> expected,
      Function<String, FromClient> request,
      CompletableFuture<FromServer> answer) {
    String q = requests.nextQ();
    FromClient object = request.apply(q);
    requests.add(q, new Requests.Asked(object, expected, answer));
    say(object);
  }

  /** Runs a task later, if the present connection is still open then. */
  void later(long millis, Runnable task) {
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

  /** How long to wait before the same request is sent again. */
  static long retryMillis(FromServer.Error error) {
    return error.afterMillis() == null ? RETRY_MILLIS : Math.max(1, error.afterMillis());
  }

  /** Calls a listener; what it throws ends the client. */
  void tell(Runnable call) {
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
    Thread thread =
        new Thread(
            () -> {
              try {
                dialer.dial(next);
              } catch (ChatException | RuntimeException e) {
                run(() -> cannotConnect(next, e));
              }
            },
            "chat-session-connect");
    thread.setDaemon(true);
    dialing = thread;
    thread.start();
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
    opened.say(
        new FromClient.Hello(
            hello.name(), hello.client(), token, hello.key(), hello.agent(), rooms.hello()));
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
  public void heard(SessionLink from, FromServer object) {
    if (from != link || ended) {
      return;
    }
    try {
      if (welcomed) {
        take(object);
      } else {
        takeFirst(object);
      }
    } catch (RuleBrokenException e) {
      violated(e);
    }
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
    } else if (welcome == null && !over.heardAtAll() && !over.isWebSocket()) {
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

  /** Handles an error about the connection as a whole. */
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
    if (welcome == null && !triesAgainAtFirst) {
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
    isHeld = false;
    if (old != null) {
      old.cut();
    }
    posts.disconnected();
    rooms.disconnected();
    requests.failAll(
        new ChatException("the connection was lost before the answer came, ask again"));
  }

  // Incoming objects.

  private void takeFirst(FromServer object) throws RuleBrokenException {
    if (object instanceof FromServer.Welcome answer) {
      beWelcome(answer);
    } else if (object instanceof FromServer.Error error) {
      act(RefusedException.of(error), error.afterMillis());
    } else if (object instanceof FromServer.Bye bye) {
      act(RefusedException.of(bye), bye.afterMillis());
    } else {
      RuleBrokenException.check(
          object instanceof FromServer.Pong, object.type() + " comes before the welcome");
    }
  }

  private void beWelcome(FromServer.Welcome answer) {
    welcome = answer;
    isOwned = answer.owned();
    welcomed = true;
    failures = 0;
    if (link != null) {
      link.welcome(answer);
    }
    later(RIGHT_FOR.toMillis(), () -> violations = 0);
    rememberTls();
    tell(() -> listener.onConnected(client, answer));
    begun.complete(null);
    rooms.welcomed();
    pump();
  }

  private void rememberTls() {
    if (names != null && isEncrypted) {
      try {
        names.rememberTls(address.server());
      } catch (ChatException e) {
        tell(() -> listener.onTrouble(client, e));
      }
    }
  }

  private void take(FromServer object) throws RuleBrokenException {
    if (object instanceof FromServer.Message message) {
      rooms.take(message);
    } else if (object instanceof FromServer.Event event) {
      rooms.take(event);
      FromServer.Welcome answer = welcome;
      requests.answerEvent(event, answer == null ? "" : answer.name());
    } else if (object instanceof FromServer.Ack ack) {
      take(ack);
    } else if (object instanceof FromServer.Gap gap) {
      rooms.take(gap);
    } else if (object instanceof FromServer.Joined joined) {
      if (joined.q() != null) {
        requests.answer(joined.q(), joined);
      }
      rooms.take(joined);
    } else if (object instanceof FromServer.Left left) {
      if (left.q() != null) {
        requests.answer(left.q(), left);
      } else {
        rooms.putOut(left.room(), left.text());
      }
    } else if (object instanceof FromServer.Presence presence) {
      rooms.take(presence);
    } else if (object instanceof FromServer.Pong pong) {
      rooms.take(pong);
    } else if (object instanceof FromServer.Page page) {
      requests.answer(page.q(), page);
    } else if (object instanceof FromServer.Rooms list) {
      requests.answer(list.q(), list);
    } else if (object instanceof FromServer.Members list) {
      requests.answer(list.q(), list);
    } else if (object instanceof FromServer.Error error) {
      take(error);
    } else if (object instanceof FromServer.Bye bye) {
      act(RefusedException.of(bye), bye.afterMillis());
    } else if (object instanceof FromServer.Owned owned) {
      take(owned);
    } else if (object instanceof FromServer.Link code) {
      requests.answer(code.q(), code);
    } else if (object instanceof FromServer.Tokens tokens) {
      requests.answer(tokens.q(), tokens);
    } else if (object instanceof FromServer.Moderated act) {
      requests.answer(act.q(), act);
    } else if (object instanceof FromServer.Blocked blocked) {
      if (blocked.q() != null) {
        requests.answer(blocked.q(), blocked);
      }
      tell(() -> listener.onBlocked(client, blocked.names()));
    } else if (object instanceof FromServer.Read read) {
      requests.answerRead(read);
      rooms.take(read);
    } else {
      throw new RuleBrokenException(object.type() + " comes without having been asked for");
    }
  }

  /** The name is ours; the token is kept before any caller hears of it. */
  private void take(FromServer.Owned owned) throws RuleBrokenException {
    Requests.Asked asked = requests.get(owned.q());
    if (asked == null || !(asked.request() instanceof FromClient.Claim)) {
      throw new RuleBrokenException("owned comes without having been asked for");
    }
    token = owned.token();
    isOwned = true;
    try {
      if (names != null) {
        names.keep(address.server(), hello.name(), owned.token());
      }
    } catch (ChatException e) {
      requests.fail(
          owned.q(),
          new ChatException(
              "the name is yours, but what proves it cannot be kept, so claim it again when that is"
                  + " mended: "
                  + e.getMessage(),
              e));
      return;
    }
    requests.answer(owned.q(), owned);
  }

  private void take(FromServer.Ack ack) throws RuleBrokenException {
    PostQueue.Waiting waiting = posts.sent(ack.id());
    if (waiting == null || !waiting.post().room().equals(ack.room())) {
      throw new RuleBrokenException(
          "an ack comes for " + VisibleText.of(ack.id()) + ", which was not posted there");
    }
    if (!ack.duplicate()) {
      rooms.take(ack, waiting.post());
    }
    posts.remove(waiting);
    waiting.ack().complete(ack);
    pump();
  }

  private void take(FromServer.Error error) throws RuleBrokenException {
    if (error.act() == Do.RECONNECT || error.act() == Do.STOP) {
      act(RefusedException.of(error), error.afterMillis());
    } else if (error.id() != null) {
      refused(error, error.id());
    } else if (rooms.refused(error)) {
      return;
    } else {
      if (error.q() == null
          && error.room() != null
          && requests.failRead(error.room(), RefusedException.of(error))) {
        return;
      }
      Requests.Asked asked = requests.get(error.q());
      if (asked == null || error.q() == null) {
        throw new RuleBrokenException(
            "an error comes for nothing that was asked: " + VisibleText.of(error.text()));
      }
      if (error.act() == Do.RETRY && retryMillis(error) <= LONGEST_RETRY_MILLIS) {
        later(retryMillis(error), () -> say(asked.request()));
      } else {
        requests.fail(error.q(), RefusedException.of(error));
      }
    }
  }

  // Posts.

  private void enqueue(FromClient.Post post, int bytes, CompletableFuture<FromServer.Ack> ack) {
    if (ended || closing) {
      posts.release(bytes);
      ack.completeExceptionally(isClosed());
    } else if (!posts.add(post, bytes, ack)) {
      posts.release(bytes);
      ack.completeExceptionally(
          new ChatException("a post with the id " + VisibleText.of(post.id()) + " waits already"));
    } else {
      pump();
    }
  }

  /** Sends the posts that may go out now. */
  private void pump() {
    if (closing && posts.size() == 0) {
      sayBye();
      return;
    }
    FromServer.Welcome limits = welcome;
    if (!welcomed || saidBye || isHeld || limits == null) {
      return;
    }
    int most =
        (int) limit(limits, FromServer.Welcome.MAX_UNANSWERED, FEW_UNANSWERED, MAX_UNANSWERED);
    long mostBytes =
        limit(
            limits,
            FromServer.Welcome.MAX_UNANSWERED_BYTES,
            FEW_UNANSWERED_BYTES,
            MAX_UNANSWERED_BYTES);
    Long longest = limits.limits().get(FromServer.Welcome.MAX_MESSAGE_BYTES);
    for (PostQueue.Waiting waiting = posts.next(most, mostBytes);
        waiting != null;
        waiting = posts.next(most, mostBytes)) {
      if (longest != null && waiting.textBytes() > longest) {
        fail(waiting, tooLong(waiting.textBytes(), longest));
      } else {
        say(waiting.post());
      }
    }
  }

  private static long limit(FromServer.Welcome limits, String name, long usual, long most) {
    return Math.max(1, Math.min(most, limits.limits().getOrDefault(name, usual)));
  }

  /** Refuses a post whose frame the server would close the connection over. */
  private static RefusedException tooLong(int bytes, long limit) {
    return new RefusedException(
        "the text has " + bytes + " bytes of UTF-8, and the server accepts " + limit,
        Code.TOO_LONG.text(),
        Do.CHANGE);
  }

  private void refused(FromServer.Error error, String id) throws RuleBrokenException {
    PostQueue.Waiting waiting = posts.sent(id);
    if (waiting == null) {
      throw new RuleBrokenException(
          "an error comes for " + VisibleText.of(id) + ", which was not posted");
    }
    // No failure: the room is about to be joined again.
    boolean isEarly =
        error.code().equals(Code.NOT_JOINED.text()) && rooms.isComing(waiting.post().room());
    if (error.act() != Do.RETRY && !isEarly) {
      fail(waiting, RefusedException.of(error));
      pump();
      return;
    }
    posts.refuse(waiting);
    if (!isHeld) {
      isHeld = true;
      later(retryMillis(error), this::release);
    }
  }

  /** The pause of the posts is over. */
  private void release() {
    if (posts.isToBeSentAgain()) {
      isHeld = false;
      posts.sendAgain();
      pump();
    } else {
      later(RETRY_MILLIS, this::release);
    }
  }

  private void fail(PostQueue.Waiting waiting, ChatException reason) {
    posts.remove(waiting);
    waiting.ack().completeExceptionally(reason);
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

  private void sayBye() {
    if (saidBye || ended) {
      return;
    }
    saidBye = true;
    if (!welcomed) {
      end(null);
      return;
    }
    say(new FromClient.Bye());
    loop.schedule(() -> end(null), closeTimeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Ends everything.
   *
   * @param reason null if that was wanted
   */
  private void end(@Nullable ChatException reason) {
    if (ended) {
      return;
    }
    disconnect();
    ended = true;
    ChatException told = reason == null ? isClosed() : reason;
    posts.drain().forEach(waiting -> waiting.ack().completeExceptionally(told));
    rooms.end(told);
    begun.completeExceptionally(told);
    if (reason == null) {
      closed.complete(null);
    } else {
      closed.completeExceptionally(reason);
    }
    if (dialing != null) {
      dialing.interrupt(); // it is not needed any more
    }
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
  }
}
