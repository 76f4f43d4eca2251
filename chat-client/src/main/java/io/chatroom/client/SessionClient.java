package io.chatroom.client;

import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.Position;
import io.chatroom.protocol.session.RoomName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One participant on a server that speaks sessions ({@code SESSIONS.md}): joins rooms, posts,
 * receives everything in each room in order, and reconnects by itself.
 *
 * <pre>{@code
 * RoomListener echo =
 *     (client, message) -> client.post(message.room(), message.from() + " said " + message.text());
 * try (SessionClient client =
 *     SessionClient.builder()
 *         .room(RoomName.of("lobby"), Start.live(), echo)
 *         .connect(SessionAddress.parse("localhost"), "echo")) {
 *   client.closed().join(); // until it is closed, or the server turns it away for good
 * }
 * }</pre>
 *
 * <p>It promises:
 *
 * <ul>
 *   <li><b>No silent loss.</b> A {@link RoomListener} gets each number of its room exactly once, in
 *       order, or within a gap, over any number of connections. An object that breaks that order
 *       never reaches it: see below.
 *   <li><b>Once.</b> A post that was not acknowledged before the connection was lost is sent again
 *       on the next one, with the same id and in the order of the calls, until an {@linkplain
 *       #post(RoomName, String) acknowledgement} or a refusal comes. The server stores it once.
 *   <li><b>It reconnects.</b> After a lost connection it waits as long as the server asks, else
 *       about a second, times a random 0.5 to 1.5; the delay grows with each failure, up to half a
 *       minute. A connection that is silent for twice the server's {@code pingSeconds} counts as
 *       lost.
 *   <li><b>It ends</b> when it is {@linkplain #close closed}, and with a {@link ChatException} in
 *       {@link #closed} when only a person can help: the server tells it to {@link
 *       io.chatroom.protocol.session.Do#STOP stop}, refuses the name or is not trusted, or a
 *       listener throws.
 * </ul>
 *
 * <p>When a server breaks the protocol (a number that is not the next one, an unexpected epoch, an
 * acknowledgement without a post, an unrequested object, too long a frame), the client drops the
 * object, closes the connection, and resumes on a new one. At the fifth violation in a row, each
 * within a minute of the last, the client ends.
 *
 * <p>All methods may be called from any thread. Each client has one thread of its own, which alone
 * calls the listeners and completes the futures; so neither a listener nor a callback of a future
 * may wait for this client. The thread keeps the JVM alive until the client ends. While a listener
 * is busy nothing is read: TCP holds back the server, and memory does not grow.
 */
public final class SessionClient implements AutoCloseable {

  private final Session session;

  private SessionClient(Builder settings, SessionAddress server, String name) throws ChatException {
    session = new Session(this, settings, server, name);
  }

  /** Returns a builder; end with {@link Builder#connect} or {@link Builder#start}. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Posts a message, with a new id, to a room that the client has joined. Posts of one thread are
   * sent and stored in the order of its calls, unless the server refuses one temporarily and
   * accepts a later one.
   *
   * <p>Without a connection the post waits, in memory, for the next one. {@link Builder#waiting}
   * limits the waiting posts; beyond that the future fails at once. A program that posts much
   * should wait for every hundredth future.
   *
   * @return completes when the post is in the room's log, as safe as the server makes it; fails
   *     with a {@link RefusedException} if the server refuses it, and with another {@link
   *     ChatException} if the client ends before the answer, or too much waits already. Cancelling
   *     it does not cancel the post
   * @throws IllegalArgumentException if the text contains half of a surrogate pair
   */
  public CompletableFuture<FromServer.Ack> post(RoomName room, String text) {
    return session.post(new FromClient.Post(session.nextId(), room, text, null));
  }

  /**
   * Posts a message with an id of the caller's own, or as a reply to another message. The same id
   * from the same {@linkplain Builder#clientFile client} is the same post, even after a restart of
   * the program: a script can retry, and the server stores the post once.
   */
  public CompletableFuture<FromServer.Ack> post(FromClient.Post post) {
    return session.post(post);
  }

  /**
   * Joins a room and stays in it, over all later connections, until {@link #leave} is called or the
   * server removes the client. A room that is joined already continues where it is, with the new
   * listener.
   *
   * @return completes when the client is in the room, before it receives anything there; fails with
   *     a {@link RefusedException} if the server refuses. {@link RoomListener#onJoined} and {@link
   *     RoomListener#onLeft} report the same
   */
  public CompletableFuture<FromServer.Joined> join(
      RoomName room, Start start, RoomListener listener) {
    return session.join(room, start, listener);
  }

  /**
   * Leaves a room and forgets its position.
   *
   * @return completes when nothing more arrives from it, also if the client was not in it
   */
  public CompletableFuture<Void> leave(RoomName room) {
    return session.leave(room);
  }

  /**
   * The position in this room up to which its listener has received everything, or a gap. During a
   * callback its object is included. {@link Start#after} with this position continues exactly here.
   *
   * @return null if the client is not in the room, or its first join is not confirmed yet
   */
  public @Nullable Position position(RoomName room) {
    return session.position(room);
  }

  /**
   * The welcome of the current session, or of the last one; null before the first. Its {@code name}
   * is the one that others see.
   */
  public FromServer.@Nullable Welcome welcome() {
    return session.welcome();
  }

  /** The number of posts that wait for their acknowledgements. */
  public int waiting() {
    return session.waiting();
  }

  /**
   * Asks for a page of a room's history.
   *
   * <p>This request and those below are for the current connection only: without one, or if it ends
   * before the answer, the future fails with a {@link ChatException}, and the caller may ask again.
   * It fails with a {@link RefusedException} if the server refuses; if the server says to retry,
   * the client does so by itself.
   *
   * @param side the side of {@code seq}
   * @param limit maximum number of entries, 1 to 200
   * @throws IllegalArgumentException if an argument is outside the protocol's bounds, here and
   *     below
   */
  public CompletableFuture<FromServer.Page> history(
      RoomName room, FromClient.Side side, long seq, int limit) {
    return session.ask(
        FromServer.Page.class, q -> new FromClient.History(q, room, side, seq, limit));
  }

  /**
   * Searches for messages that contain all words of a query, the newest first.
   *
   * @param room the room to search; null for all rooms that this client is in
   * @param before the {@code next} of the previous page, or null for the first
   * @param limit maximum number of messages, 1 to 50
   */
  public CompletableFuture<FromServer.Page> search(
      String query, @Nullable RoomName room, @Nullable Long before, int limit) {
    return session.ask(
        FromServer.Page.class, q -> new FromClient.Search(q, query, room, before, limit));
  }

  /**
   * Lists the rooms.
   *
   * @param after the last room of the previous list; null for the first
   * @param limit maximum number of rooms, 1 to 200
   */
  public CompletableFuture<FromServer.Rooms> rooms(@Nullable RoomName after, int limit) {
    return session.ask(FromServer.Rooms.class, q -> new FromClient.Rooms(q, after, (long) limit));
  }

  /**
   * Lists the members of a room.
   *
   * @param room null for everybody on the server
   * @param limit maximum number of names, 1 to 200
   */
  public CompletableFuture<FromServer.Members> members(@Nullable RoomName room, int limit) {
    return session.ask(
        FromServer.Members.class, q -> new FromClient.Members(q, room, (long) limit));
  }

  /**
   * Sets the topic of a room. Everyone in it receives an event, including this client.
   *
   * @param text empty for no topic
   * @return completes with that event; the room must have been joined
   */
  public CompletableFuture<FromServer.Event> topic(RoomName room, String text) {
    return session.ask(FromServer.Event.class, q -> new FromClient.Topic(q, room, text));
  }

  /**
   * True if this client has proved that it owns its name. All its messages are marked so: {@link
   * FromServer.Message#owned}.
   */
  public boolean isOwned() {
    return session.isOwned();
  }

  /**
   * Claims the client's name, or makes a new token if it is owned already. With {@link
   * Builder#names} the token is kept before this completes; otherwise the caller must keep it, as
   * it is shown once. From then on this client proves with it that it owns the name.
   *
   * @return completes when the name is owned; fails with a {@link RefusedException} with the code
   *     {@code name-owned}, {@code name-looks-alike} or {@code forbidden}, or {@code rate} if the
   *     delay would be long
   */
  public CompletableFuture<FromServer.Owned> claim() {
    return session.claim();
  }

  /**
   * Asks for a code that another device can use once, within a few minutes, in place of the token.
   */
  public CompletableFuture<FromServer.Link> link() {
    return session.ask(FromServer.Link.class, FromClient.Link::new);
  }

  /**
   * Deletes a message: one's own, or any message if this client is an operator. Everyone in the
   * room receives an event, including this client.
   *
   * @return completes with that event; the room must have been joined
   */
  public CompletableFuture<FromServer.Event> delete(RoomName room, long seq) {
    return session.ask(FromServer.Event.class, q -> new FromClient.Delete(q, room, seq));
  }

  /**
   * Sets the read mark of a joined room: the number up to which the person has read. For owned
   * names only.
   *
   * @return completes when the mark is at {@code seq} or beyond
   */
  public CompletableFuture<FromServer.Read> read(RoomName room, long seq) {
    return session.read(room, seq);
  }

  /**
   * Blocks or unblocks a name. For owned names only. {@link SessionListener#onBlocked} reports the
   * same.
   *
   * @return completes with all blocked names
   */
  public CompletableFuture<FromServer.Blocked> block(String name, boolean on) {
    Objects.requireNonNull(name);
    return session.ask(FromServer.Blocked.class, q -> new FromClient.Block(q, name, on));
  }

  /** Asks for the blocked names. */
  public CompletableFuture<FromServer.Blocked> blocked() {
    return session.ask(FromServer.Blocked.class, q -> new FromClient.Block(q, null, true));
  }

  /**
   * Moderates a room, or the whole server.
   *
   * @param room null for the whole server
   * @param target a name; from an operator also {@code address:} and an address or network; null
   *     for an action on the room itself
   * @param seconds duration; null until it is undone
   * @param address true to apply it to the target's current addresses, too
   * @param why the reason, for people, or null
   * @return completes when it is in force
   */
  public CompletableFuture<Void> moderate(
      FromClient.Action action,
      @Nullable RoomName room,
      @Nullable String target,
      @Nullable Long seconds,
      boolean address,
      @Nullable String why) {
    Class<? extends FromServer> answer =
        room == null ? FromServer.Moderated.class : FromServer.Event.class;
    return Futures.done(
        session.ask(
            answer, q -> new FromClient.Moderate(q, action, room, target, seconds, address, why)));
  }

  /**
   * Makes a token with which a bot can act under this client's name in some rooms. It is shown
   * once.
   *
   * @param label identifies the bot for people
   */
  public CompletableFuture<FromServer.Tokens> makeBot(
      String label, List<RoomName> rooms, FromClient.Scope scope) {
    return session.ask(
        FromServer.Tokens.class,
        q -> new FromClient.Tokens(q, FromClient.TokenAction.MAKE, label, rooms, scope));
  }

  /** Lists the bots under this client's name. */
  public CompletableFuture<FromServer.Tokens> bots() {
    return session.ask(
        FromServer.Tokens.class,
        q -> new FromClient.Tokens(q, FromClient.TokenAction.LIST, null, List.of(), null));
  }

  /** Revokes the token of a bot, and ends its sessions. */
  public CompletableFuture<FromServer.Tokens> revokeBot(String label) {
    return session.ask(
        FromServer.Tokens.class,
        q -> new FromClient.Tokens(q, FromClient.TokenAction.REVOKE, label, List.of(), null));
  }

  /**
   * Completes normally after {@link #close}, and fails with a {@link ChatException} if the client
   * ends in another way. By then every future of this client is done.
   *
   * @return a new future at each call, so that a timeout or a cancellation affects this one only
   */
  public CompletableFuture<Void> closed() {
    return session.closed();
  }

  /**
   * Leaves in order: waits up to the close timeout for the acknowledgements of all posts,
   * reconnecting if needed, and then as long again for the server to end the session. Posts that
   * are not acknowledged by then fail, but may be in the room all the same; to find out, post the
   * same id again as the same {@linkplain Builder#clientFile client}. Blocks until the thread has
   * ended.
   *
   * <p>A second call, or a call after the end, does nothing. Called from a listener or from a
   * callback of a future it does not block: it begins to leave, and {@link #closed} completes
   * later.
   */
  @Override
  public void close() {
    session.close();
  }

  /** Settings for a client. May be used for any number of them; not thread-safe. */
  public static final class Builder {

    SessionListener listener = SessionListener.NONE;
    final Map<RoomName, Asked> rooms = new LinkedHashMap<>();
    @Nullable RoomListener others;
    boolean skipsReplays;
    Duration connectTimeout = Duration.ofSeconds(10);
    @Nullable Duration welcomeTimeout;
    Duration closeTimeout = Duration.ofSeconds(2);
    @Nullable TlsTrust tls;
    @Nullable Path clientFile;
    @Nullable OwnedNames names;
    @Nullable String token;
    @Nullable String key;
    @Nullable String agent;
    int maxWaiting = 10_000;
    long maxWaitingBytes = 16 << 20;
    Spread spread = Spread.DEFAULT;

    /** A room to join at once. */
    record Asked(Start start, RoomListener listener) {}

    private Builder() {}

    /** Sets the listener for the state of the connection. */
    public Builder listener(SessionListener sessionListener) {
      listener = sessionListener;
      return this;
    }

    /**
     * Adds a room to join at the start, at most 1,000. {@link RoomListener#onLeft} is called if the
     * server refuses.
     */
    public Builder room(RoomName room, Start start, RoomListener roomListener) {
      rooms.put(room, new Asked(start, roomListener));
      return this;
    }

    /**
     * Sets the listener for private rooms ({@code @NAME}) that this program did not join: the
     * server opens them unasked. The client follows the 200 with the latest messages; another one
     * opens again with its next message. Without a listener they are dropped.
     */
    public Builder privateRooms(RoomListener roomListener) {
      others = roomListener;
      return this;
    }

    /**
     * Skips messages and events that a new log repeats. A room has a new log, and a new epoch,
     * after a backup was restored, for example: {@link RoomListener#onGap} is called, and then the
     * server sends everything that the log holds, most of it for the second time. By default all of
     * it reaches the listener. With this setting, whatever the log held when the client rejoined is
     * skipped up to the time ({@code at}) of the newest message, event or acknowledgement that this
     * client had received in the room. If there was none, the time at which it first joined with
     * {@link Start#live} counts, by this machine's clock. The numbers of the two logs are
     * unrelated. {@link SessionClient#position} advances over what is skipped.
     *
     * <p>For bots that answer messages, and must not answer them twice. Not for programs that copy
     * a room, whose copy has the old numbers. A client remembers times while it runs: one that
     * starts with {@link Start#after} has received nothing yet, and skips nothing.
     */
    public Builder skipReplays() {
      skipsReplays = true;
      return this;
    }

    /**
     * Sets the servers to trust over TLS: {@link TlsTrust#authorities()} by default. An address
     * without a scheme uses TLS only if this is set.
     */
    public Builder tls(TlsTrust trust) {
      tls = trust;
      return this;
    }

    /**
     * Maximum time for each address of the host to answer, then for a TLS or WebSocket handshake,
     * and then for the welcome: 10 s each by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder connectTimeout(Duration timeout) {
      connectTimeout = positive(timeout);
      return this;
    }

    /**
     * Maximum time for the welcome, once connected: {@link #connectTimeout} by default. A program
     * that can fall back to another protocol should wait less, as some servers without sessions
     * stay silent.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder welcomeTimeout(Duration timeout) {
      welcomeTimeout = positive(timeout);
      return this;
    }

    /**
     * Maximum time for {@link SessionClient#close} to wait for acknowledgements, and then for the
     * server to end the session: 2 s each by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder closeTimeout(Duration timeout) {
      closeTimeout = positive(timeout);
      return this;
    }

    /**
     * Sets the file for the identity of this client (mode 600): 128 random bits, made at the first
     * start. With it the server recognises a post even after a restart of the program. It is a
     * secret, and for one client at a time: a server may disconnect the first client when a second
     * one connects. Without a file each client has a new identity.
     */
    public Builder clientFile(Path file) {
      clientFile = file;
      return this;
    }

    /**
     * Sets the file with the tokens of names: the client uses the one for this name on this server,
     * and {@link SessionClient#claim} adds a new one. It also makes connecting fail rather than
     * send a token or a key without TLS to a server that was reached with TLS before.
     */
    public Builder names(OwnedNames kept) {
      names = kept;
      return this;
    }

    /**
     * Proves that this client owns its name: a token, or a code of {@link SessionClient#link},
     * which works once. Takes precedence over a kept token.
     */
    public Builder token(String proof) {
      token = proof;
      return this;
    }

    /** Sets the access key, for a server that requires one. */
    public Builder key(String secret) {
      key = secret;
      return this;
    }

    /** Sets the name of this program in the server's log, for instance {@code dice-bot/1.0}. */
    public Builder agent(String program) {
      agent = program;
      return this;
    }

    /**
     * Limits the posts that wait for acknowledgements or for a connection: 10,000 posts and 16 MiB
     * of text by default. Posts beyond that fail at once.
     *
     * @param posts maximum number of posts, at least 1
     * @param bytes maximum total size of their texts in bytes of UTF-8, at least 1; a single post
     *     may always wait, whatever its size
     * @throws IllegalArgumentException if one of them is not positive
     */
    public Builder waiting(int posts, long bytes) {
      if (posts < 1 || bytes < 1) {
        throw new IllegalArgumentException(
            posts + " posts and " + bytes + " bytes may wait, expected at least 1 of each");
      }
      maxWaiting = posts;
      maxWaitingBytes = bytes;
      return this;
    }

    /** For tests. */
    Builder spread(Spread other) {
      spread = other;
      return this;
    }

    /**
     * Connects, and waits for the first session. Later connections are made in the background.
     *
     * @param name what others see
     * @throws NoSessionsException if the server begins no session: it may speak the seed's protocol
     * @throws RefusedException if the server refuses the name or the client; {@link
     *     RefusedException#act} says what to do
     * @throws UntrustedServerException if its certificate is not trusted
     * @throws ChatException if there is no session for another reason, or the file of {@link
     *     #clientFile} cannot be used; its message says why
     * @throws IllegalArgumentException if the name or another setting is invalid
     */
    public SessionClient connect(SessionAddress server, String name) throws ChatException {
      SessionClient client = new SessionClient(this, server, name);
      client.session.connectOnce();
      return client;
    }

    /**
     * Connects in the background, and retries while the failure may be temporary. Posts wait
     * meanwhile. If a retry cannot help, {@link SessionClient#closed} fails with the exception that
     * {@link #connect} would throw, such as a {@link NoSessionsException}.
     *
     * @throws ChatException if the file of {@link #clientFile} cannot be used
     * @throws IllegalArgumentException if the name or another setting is invalid
     */
    public SessionClient start(SessionAddress server, String name) throws ChatException {
      SessionClient client = new SessionClient(this, server, name);
      client.session.start();
      return client;
    }

    private static Duration positive(Duration timeout) {
      if (timeout.isNegative() || timeout.isZero()) {
        throw new IllegalArgumentException("a timeout of " + timeout + ", expected more than 0");
      }
      return timeout;
    }
  }
}
