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
 * One participant of a server that speaks sessions ({@code SESSIONS.md}): joins rooms, posts, hears
 * each room whole and in order, and comes back by itself when the connection is lost.
 *
 * <pre>{@code
 * RoomListener echo =
 *     (client, message) -> client.post(message.room(), message.from() + " said " + message.text());
 * try (SessionClient client =
 *     SessionClient.builder()
 *         .room(RoomName.of("lobby"), Start.live(), echo)
 *         .connect(SessionAddress.parse("localhost"), "echo")) {
 *   client.closed().join(); // for ever, unless the server sends it away
 * }
 * }</pre>
 *
 * <p>What it promises:
 *
 * <ul>
 *   <li><b>Whole or told.</b> A {@link RoomListener} gets each number of its room exactly once, in
 *       order, or within a gap, over any number of connections. What a server sends against that
 *       order never reaches it: see below.
 *   <li><b>Once.</b> A post that was not acknowledged before the connection was lost is sent again
 *       on the next one, with the same id and in the order of the calls, until an {@linkplain
 *       #post(RoomName, String) acknowledgement} or a refusal comes. The server stores it once.
 *   <li><b>It comes back.</b> A lost connection is made again after about a second, times a random
 *       0.5 to 1.5, longer each time that fails, up to half a minute, or when the server says. A
 *       connection on which nothing comes for twice the server's {@code pingSeconds} counts as
 *       lost.
 *   <li><b>It ends</b> when it is {@linkplain #close closed}, and with a {@link ChatException} in
 *       {@link #closed} when only a person can help: the server says {@link
 *       io.chatroom.protocol.session.Do#STOP stop}, or refuses the name, or is not to be trusted,
 *       or a listener throws.
 * </ul>
 *
 * <p>A server that breaks the protocol (a number that is not the next one, another epoch than it
 * says, an acknowledgement for nothing, what is no object of the page, too long a frame) is not
 * believed any more: the connection ends at once, the object is dropped, and the client comes back
 * and resumes as after a loss. The fifth time in a row, with no minute in between in which all was
 * right, the client ends.
 *
 * <p>All methods may be called from any thread. Each client has one thread of its own, which calls
 * the listeners and completes the futures, never the thread that calls a method; so neither a
 * listener nor what hangs on a future may wait for this client. The thread keeps the JVM alive, as
 * a server's would, and ends with the client. A busy listener holds back reading, so TCP holds back
 * the server, and memory does not grow.
 */
public final class SessionClient implements AutoCloseable {

  private final Session session;

  private SessionClient(Builder settings, SessionAddress server, String name) throws ChatException {
    session = new Session(this, settings, server, name);
  }

  /** Settings first, then {@link Builder#connect} or {@link Builder#start}. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Says something in a room that the client has joined, under a new id. Posts go out in the order
   * of the calls, as far as calls have one, and stand in the room in that order, unless the server
   * refuses one for the moment and takes a later one.
   *
   * <p>Without a connection the post waits until there is one again. So posts wait in memory:
   * {@link Builder#waiting} bounds how many, and beyond that the future fails at once. Who posts
   * much waits for every hundredth future.
   *
   * @return completes when the post stands in the room's log, as safe as the server makes it; fails
   *     with a {@link RefusedException} if the server does not take it, and with another {@link
   *     ChatException} if the client ends before that is known, or too much waits already.
   *     Cancelling it changes nothing: what was posted is posted
   * @throws IllegalArgumentException if there is half a surrogate pair in the text
   */
  public CompletableFuture<FromServer.Ack> post(RoomName room, String text) {
    return session.post(new FromClient.Post(session.nextId(), room, text, null));
  }

  /**
   * The same with an id of the caller's own, or as an answer to another message. The same id again,
   * by the same {@linkplain Builder#clientFile client}, is the same post, also after the program
   * was started anew: so a script can try again, and the server stores it once.
   */
  public CompletableFuture<FromServer.Ack> post(FromClient.Post post) {
    return session.post(post);
  }

  /**
   * Joins a room, and stays in it, over connections to come, until {@link #leave} or the server
   * ends that. A room that was joined before goes on where it is, and gets the new listener.
   *
   * @return completes when the client is in the room, before anything of it is heard, and fails
   *     with a {@link RefusedException} if the server does not let it in; {@link
   *     RoomListener#onJoined} and {@link RoomListener#onLeft} tell the same
   */
  public CompletableFuture<FromServer.Joined> join(
      RoomName room, Start start, RoomListener listener) {
    return session.join(room, start, listener);
  }

  /**
   * Leaves a room and forgets its position.
   *
   * @return completes when nothing more of it comes, also if the client was not in it
   */
  public CompletableFuture<Void> leave(RoomName room) {
    return session.leave(room);
  }

  /**
   * How far this room was heard: everything up to there has been handed to its listener, or lies in
   * a gap that was. In a callback the object that was handed over counts already. A later {@link
   * Start#after} with it goes on exactly there.
   *
   * @return null if the client is not in the room, or was not let in yet
   */
  public @Nullable Position position(RoomName room) {
    return session.position(room);
  }

  /**
   * What the server said when the present session began, or the last one; null before the first.
   * Its {@code name} is the one that others see.
   */
  public FromServer.@Nullable Welcome welcome() {
    return session.welcome();
  }

  /** How many posts wait for their acknowledgement. */
  public int waiting() {
    return session.waiting();
  }

  /**
   * Asks for a page of what was said in a room.
   *
   * <p>This, as all requests below, is for the present connection only: without one, or if it ends
   * before the answer, the future fails with a {@link ChatException}, and one may ask again. It
   * fails with a {@link RefusedException} if the server refuses; where that says to retry, the
   * client does so by itself.
   *
   * @param side on which side of {@code seq}
   * @param limit how many at most, 1 to 200
   * @throws IllegalArgumentException if a bound of the protocol is not kept, here and below
   */
  public CompletableFuture<FromServer.Page> history(
      RoomName room, FromClient.Side side, long seq, int limit) {
    return session.ask(
        FromServer.Page.class, q -> new FromClient.History(q, room, side, seq, limit));
  }

  /**
   * Looks for messages that hold all words of a query, the newest first to be found.
   *
   * @param room only there; null is everywhere this client may look
   * @param before the {@code next} of the page before, or null to begin
   * @param limit how many at most, 1 to 50
   */
  public CompletableFuture<FromServer.Page> search(
      String query, @Nullable RoomName room, @Nullable Long before, int limit) {
    return session.ask(
        FromServer.Page.class, q -> new FromClient.Search(q, query, room, before, limit));
  }

  /**
   * Asks which rooms there are.
   *
   * @param after list those behind this one; null is from the first on
   * @param limit how many at most, 1 to 200
   */
  public CompletableFuture<FromServer.Rooms> rooms(@Nullable RoomName after, int limit) {
    return session.ask(FromServer.Rooms.class, q -> new FromClient.Rooms(q, after, (long) limit));
  }

  /**
   * Asks who is in a room.
   *
   * @param room which; null is everybody the server has
   * @param limit how many at most, 1 to 200
   */
  public CompletableFuture<FromServer.Members> members(@Nullable RoomName room, int limit) {
    return session.ask(
        FromServer.Members.class, q -> new FromClient.Members(q, room, (long) limit));
  }

  /**
   * Says what a room is about. All in it hear an event, this client too.
   *
   * @param text empty for no topic
   * @return completes with that event; the room must have been joined
   */
  public CompletableFuture<FromServer.Event> topic(RoomName room, String text) {
    return session.ask(FromServer.Event.class, q -> new FromClient.Topic(q, room, text));
  }

  /**
   * Whether the name belongs to this client now: others see it on all that it says, as {@link
   * FromServer.Message#owned}.
   */
  public boolean isOwned() {
    return session.isOwned();
  }

  /**
   * Makes the name this client's own, or gives it another token if it is already. With {@link
   * Builder#names} the token is kept before this completes; else the caller has to keep it, as it
   * is told once. From then on this client proves by it that the name is its own.
   *
   * @return completes when nobody else can have the name; fails with a {@link RefusedException} of
   *     the code {@code name-owned}, {@code name-looks-alike}, {@code forbidden}, or {@code rate}
   *     where one has to wait for long, as all requests do that the server refuses
   */
  public CompletableFuture<FromServer.Owned> claim() {
    return session.claim();
  }

  /** Asks for a code that stands for a token once, on another device, for some minutes. */
  public CompletableFuture<FromServer.Link> link() {
    return session.ask(FromServer.Link.class, FromClient.Link::new);
  }

  /**
   * Takes a message back: one's own, or any where this client is an operator. All in the room hear
   * an event, this client too.
   *
   * @return completes with that event; the room must have been joined
   */
  public CompletableFuture<FromServer.Event> delete(RoomName room, long seq) {
    return session.ask(FromServer.Event.class, q -> new FromClient.Delete(q, room, seq));
  }

  /**
   * Says how far the person has read a room that this client has joined. For owned names only.
   *
   * @return completes when the mark is there or further on
   */
  public CompletableFuture<FromServer.Read> read(RoomName room, long seq) {
    return session.read(room, seq);
  }

  /**
   * Hears nothing more of somebody, or does again. For owned names only. {@link
   * SessionListener#onBlocked} tells the same.
   *
   * @return completes with all who are blocked
   */
  public CompletableFuture<FromServer.Blocked> block(String name, boolean on) {
    Objects.requireNonNull(name);
    return session.ask(FromServer.Blocked.class, q -> new FromClient.Block(q, name, on));
  }

  /** Asks who is blocked. */
  public CompletableFuture<FromServer.Blocked> blocked() {
    return session.ask(FromServer.Blocked.class, q -> new FromClient.Block(q, null, true));
  }

  /**
   * Keeps order in a room, or in the whole server.
   *
   * @param room where; null is the whole server
   * @param target to whom: a name; from an operator also {@code address:} and an address or
   *     network; null for what is done to a room
   * @param seconds for how long; null is until it is undone
   * @param address whether it holds for the addresses too that the target has now
   * @param why for people, or null
   * @return completes when it holds
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
    return Session.done(
        session.ask(
            answer, q -> new FromClient.Moderate(q, action, room, target, seconds, address, why)));
  }

  /**
   * Makes a token by which a bot comes in under this client's name, in some rooms. It is told once.
   *
   * @param label what people call the bot
   */
  public CompletableFuture<FromServer.Tokens> makeBot(
      String label, List<RoomName> rooms, FromClient.Scope scope) {
    return session.ask(
        FromServer.Tokens.class,
        q -> new FromClient.Tokens(q, FromClient.TokenAction.MAKE, label, rooms, scope));
  }

  /** Asks which bots there are under this client's name. */
  public CompletableFuture<FromServer.Tokens> bots() {
    return session.ask(
        FromServer.Tokens.class,
        q -> new FromClient.Tokens(q, FromClient.TokenAction.LIST, null, List.of(), null));
  }

  /** Takes the token of a bot away, and ends its sessions. */
  public CompletableFuture<FromServer.Tokens> revokeBot(String label) {
    return session.ask(
        FromServer.Tokens.class,
        q -> new FromClient.Tokens(q, FromClient.TokenAction.REVOKE, label, List.of(), null));
  }

  /**
   * How this client ends: completes normally after {@link #close}, else fails with a {@link
   * ChatException}. By then every future of this client is done.
   *
   * @return a new future at each call, so that a timeout set on it or cancelling it touches no one
   *     else
   */
  public CompletableFuture<Void> closed() {
    return session.closed();
  }

  /**
   * Leaves in order: what was posted gets the close timeout to be acknowledged, also over a new
   * connection; then the server gets it to answer what it has accepted and to end the session.
   * Posts that were not acknowledged by then fail, and may stand in the room all the same: the same
   * id again, by the same {@linkplain Builder#clientFile client}, would tell. Waits until all that
   * is done and the thread has ended.
   *
   * <p>Called again, or after the end, it does no more. Called from a listener or from what hangs
   * on a future it cannot wait: it begins, and {@link #closed} completes later.
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

    /** Hears how the connection fares. */
    public Builder listener(SessionListener hears) {
      listener = hears;
      return this;
    }

    /**
     * A room to join with the hello, at most 1,000. What the server does not let the client into is
     * told by {@link RoomListener#onLeft}.
     */
    public Builder room(RoomName room, Start start, RoomListener hears) {
      rooms.put(room, new Asked(start, hears));
      return this;
    }

    /**
     * Hears private rooms ({@code @NAME}) that nobody joined here: the server opens them unasked.
     * The 200 in which something was said last are followed, and each opens again when something is
     * said there. Without this they are dropped.
     */
    public Builder privateRooms(RoomListener hears) {
      others = hears;
      return this;
    }

    /**
     * Whom to believe to be the server, where TLS is talked: {@link TlsTrust#authorities()} by
     * default. An address without a scheme means TLS if this is set, and none if it is not.
     */
    public Builder tls(TlsTrust trust) {
      tls = trust;
      return this;
    }

    /**
     * How long each address of the host may take to answer, a TLS or WebSocket handshake, and then
     * the server until its welcome: 10 s each by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder connectTimeout(Duration timeout) {
      connectTimeout = positive(timeout);
      return this;
    }

    /**
     * How long the server may take until its welcome, once the connection is there: as long as
     * {@link #connectTimeout} says by default. Who has another protocol to fall back to waits less:
     * some servers that know no sessions keep silent.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder welcomeTimeout(Duration timeout) {
      welcomeTimeout = positive(timeout);
      return this;
    }

    /**
     * How long {@link SessionClient#close} waits for acknowledgements, and then for the server to
     * end the session, 2 s each by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder closeTimeout(Duration timeout) {
      closeTimeout = positive(timeout);
      return this;
    }

    /**
     * Where to keep who this client is, for its owner alone (mode 600): 128 random bits, made at
     * the first start. With them a post is known again when a program was started anew. It is a
     * secret, and for one client at a time: a server may put the first one out when a second comes.
     * Without a file each client is a new one.
     */
    public Builder clientFile(Path file) {
      clientFile = file;
      return this;
    }

    /**
     * Where the tokens of names are kept: the one for this name on this server is used, and {@link
     * SessionClient#claim} puts a new one there. With them no token and no key goes without TLS to
     * a server that was reached with TLS before: connecting fails then.
     */
    public Builder names(OwnedNames kept) {
      names = kept;
      return this;
    }

    /**
     * Proves that an owned name belongs to this client: a token, or once a code of {@link
     * SessionClient#link}. Goes before one that is kept.
     */
    public Builder token(String proof) {
      token = proof;
      return this;
    }

    /** Lets in where a server asks for a key. */
    public Builder key(String secret) {
      key = secret;
      return this;
    }

    /** What the server's log shall call this program, for instance {@code dice-bot/1.0}. */
    public Builder agent(String program) {
      agent = program;
      return this;
    }

    /**
     * How much may wait for acknowledgements, or for a connection: 10,000 posts and 16 MiB of text
     * by default. What is beyond fails at once.
     *
     * @param posts how many, at least 1
     * @param bytes how many bytes of UTF-8 their texts have in all, at least 1; one post may always
     *     wait, however long
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

    /** For tests, which cannot wait for seconds. */
    Builder spread(Spread other) {
      spread = other;
      return this;
    }

    /**
     * Connects, and waits for the first session. Later connections are made without a word here.
     *
     * @param name what others see
     * @throws NoSessionsException if the server begins no session, as one of the seed's protocol
     * @throws RefusedException if the server refuses the name or the client; {@link
     *     RefusedException#act} tells what helps
     * @throws UntrustedServerException if it shows a certificate that does not count
     * @throws ChatException if there is no session for another reason, or the file of {@link
     *     #clientFile} cannot be used; its message says why
     * @throws IllegalArgumentException if the name or another setting cannot be
     */
    public SessionClient connect(SessionAddress server, String name) throws ChatException {
      SessionClient client = new SessionClient(this, server, name);
      client.session.connectOnce();
      return client;
    }

    /**
     * The same without waiting: connects in the background, and tries again for as long as that
     * fails for a reason that may pass. What is posted meanwhile waits. {@link
     * SessionClient#closed} fails with what {@link #connect} would throw where trying again cannot
     * help, a {@link NoSessionsException} among them.
     *
     * @throws ChatException if the file of {@link #clientFile} cannot be used
     * @throws IllegalArgumentException if the name or another setting cannot be
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
