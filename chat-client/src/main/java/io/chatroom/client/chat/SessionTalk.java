package io.chatroom.client.chat;

import io.chatroom.client.ChatException;
import io.chatroom.client.NoSessionsException;
import io.chatroom.client.OwnedNames;
import io.chatroom.client.RefusedException;
import io.chatroom.client.RoomListener;
import io.chatroom.client.ServerAddress;
import io.chatroom.client.SessionAddress;
import io.chatroom.client.SessionClient;
import io.chatroom.client.SessionListener;
import io.chatroom.client.Start;
import io.chatroom.client.UnknownServerException;
import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.Do;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A conversation in sessions. The {@link SessionClient} outlives connections, resends what was not
 * acknowledged, and reports every gap; this class shows the person what happens.
 *
 * <p>A typed message stays below the conversation, marked, until the server has acknowledged it.
 * Then it appears among the others' messages at its place in the room's order, with the server's
 * time. So the lines above look the same to everyone and never change, which a terminal could not
 * do once they have scrolled.
 */
final class SessionTalk implements Talk, SessionListener, RoomListener {

  /** The settings that stay the same for all servers. Without rooms, the server suggests one. */
  record Terms(List<RoomName> rooms, long last, boolean reconnect, @Nullable OwnedNames names) {

    /** Holds what is typed before the server has suggested a room. */
    List<RoomName> firstRooms() {
      return rooms.isEmpty() ? List.of(FromServer.Welcome.LOBBY) : rooms;
    }
  }

  private static final Duration TICK = Duration.ofSeconds(1);

  /** A post is reported after this long without an acknowledgement. */
  private static final Duration SLOW = Duration.ofSeconds(3);

  private final ServerAddress server;
  private final Terms terms;
  private final boolean orSeed;
  private final SessionClient.Builder settings;
  private final Ticker ticker;
  private final Desk desk;
  private final Events events;
  private final Rooms rooms;
  private final Posts posts = new Posts();
  private final RoomCommands commands;
  private final ClaimQuestion question;

  private volatile @Nullable SessionClient client;
  private @Nullable CompletableFuture<Farewell> farewell;
  private boolean isOver;
  private boolean wasConnected;
  private int waits;
  private boolean isSlow;

  /**
   * @param orSeed true if the seed's protocol can be tried where there are no sessions
   * @param settings how to connect; not shared
   */
  SessionTalk(
      ServerAddress server,
      Terms terms,
      boolean orSeed,
      SessionClient.Builder settings,
      Ticker ticker,
      Desk desk,
      Events events) {
    this.server = server;
    this.terms = terms;
    this.orSeed = orSeed;
    this.settings = settings;
    this.ticker = ticker;
    this.desk = desk;
    this.events = events;
    rooms = new Rooms(desk);
    commands = new RoomCommands(rooms, desk, room -> Start.last(terms.last), this, this::post);
    question = new ClaimQuestion(server, terms.names, desk.name(), events::note);
  }

  @Override
  public synchronized void start() {
    events.connecting(server);
    settings.listener(this).privateRooms(this).waiting(2 * Outbox.MAX_MESSAGES, Long.MAX_VALUE);
    for (RoomName room : terms.firstRooms()) {
      rooms.enter(room);
      settings.room(room, Start.last(terms.last), this);
    }
    try {
      SessionClient begun = settings.start(SessionAddress.of(server), desk.name());
      client = begun;
      commands.client(begun);
      begun.closed().whenComplete((nothing, failure) -> ended(failure));
    } catch (ChatException | IllegalArgumentException e) {
      isOver = true;
      giveUp(e, e instanceof IllegalArgumentException); // no hello can have this name
    }
  }

  // Requests of the person.

  @Override
  public @Nullable String say(List<String> texts) {
    RoomName room = rooms.current();
    return room == null
        ? "you are in no room: join one with /join ROOM"
        : texts.isEmpty() ? null : post(room, texts);
  }

  private @Nullable String post(RoomName room, List<String> texts) {
    SessionClient now = client;
    long number = posts.add(room, texts);
    if (number == 0) {
      return Outbox.FULL;
    }
    long next = number;
    for (String text : texts) {
      long mine = next++;
      if (now != null) {
        // Half of a surrogate pair becomes a question mark, as in the seed's protocol.
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        now.post(room, new String(bytes, StandardCharsets.UTF_8))
            .whenComplete((ack, failure) -> answered(mine, text, failure));
      }
    }
    tellWaiting();
    ticker.later(SLOW, () -> tellIfSlow(number + texts.size() - 1));
    return null;
  }

  /** Reports waiting posts on a terminal that cannot mark them. */
  private synchronized void tellIfSlow(long number) {
    if (posts.isOnItsWay(number) && !rooms.isMuted()) {
      isSlow = true;
      desk.board().sentenceIfNone("the server has not acknowledged this yet");
    }
  }

  /**
   * Reports a refused post. Any other failure ends the client, too, and the farewell names the
   * post.
   */
  private void answered(long number, String text, @Nullable Throwable failure) {
    if (failure != null && !(failure instanceof RefusedException)) {
      return;
    }
    posts.remove(number);
    if (failure != null) {
      events.note(InDoubt.refusal(text, String.valueOf(failure.getMessage())));
    }
    tellWaiting();
  }

  private synchronized void tellWaiting() {
    if (rooms.isMuted()) {
      return;
    }
    events.waiting(posts.shown(rooms.current()));
    if (isSlow && posts.isEmpty()) {
      isSlow = false;
      desk.board().sentence(null);
    }
  }

  @Override
  public ChatSession.Reply run(Verb verb, String argument) {
    ChatSession.Reply reply = commands.run(verb, argument);
    tellWaiting();
    return reply;
  }

  @Override
  public void switchTo(int number) {
    // The input line is locked now, and showing something needs that lock.
    ticker.execute(
        () -> {
          RoomName room = rooms.find("" + number);
          if (room != null) {
            commands.goTo(room);
            tellWaiting();
          }
        });
  }

  @Override
  public ChatSession.@Nullable Reply answer(String line) {
    SessionClient now = client;
    return now == null ? null : question.answer(line, () -> commands.order().claim(now));
  }

  // Events of the connection.

  @Override
  public synchronized void onConnected(SessionClient from, FromServer.Welcome welcome) {
    waits++;
    posts.connected(true);
    rooms.namesAreOwned(Unproven.areNamesOwned(welcome));
    rooms.own(welcome.owned());
    if (welcome.owned() && welcome.features().contains("block")) {
      from.blocked().exceptionally(failure -> null); // onBlocked gets the answer
    }
    if (wasConnected) {
      events.resumed(server);
    } else {
      wasConnected = true;
      events.connected(server);
      RoomName usual = welcome.usualRoom();
      if (terms.rooms.isEmpty() && rooms.number(usual) == 0) {
        commands.run(Verb.JOIN, usual.text());
      }
      commands.askForRooms();
      question.ask(welcome);
    }
  }

  @Override
  public void onBlocked(SessionClient from, List<String> names) {
    rooms.block(names);
  }

  @Override
  public void onTrouble(SessionClient from, ChatException trouble) {
    events.note(String.valueOf(trouble.getMessage()));
  }

  @Override
  public void onRead(SessionClient from, FromServer.Read read) {
    rooms.read(read);
  }

  @Override
  public synchronized void onDisconnected(SessionClient from, ChatException reason, Duration wait) {
    posts.connected(false);
    if (isOver || farewell != null) {
      return;
    }
    if (!terms.reconnect || (orSeed && reason instanceof NoSessionsException)) {
      isOver = true;
      from.close(); // begins to
      giveUp(reason, reason instanceof NoSessionsException);
    } else {
      countDown(++waits, reason, ticker.nanoTime() + wait.toNanos());
    }
  }

  private synchronized void countDown(int mine, ChatException reason, long untilNanos) {
    Duration left = Duration.ofNanos(untilNanos - ticker.nanoTime());
    if (mine == waits && !isOver && farewell == null && !left.isNegative() && !left.isZero()) {
      events.retrying(String.valueOf(reason.getMessage()), left);
      ticker.later(
          left.compareTo(TICK) < 0 ? left : TICK, () -> countDown(mine, reason, untilNanos));
    }
  }

  private synchronized void ended(@Nullable Throwable failure) {
    waits++;
    if (isOver || farewell != null || failure == null) {
      return;
    }
    isOver = true;
    // In the seed's protocol, a taken or an empty name is as good as any.
    boolean isRefusedName =
        !wasConnected
            && failure instanceof RefusedException refusal
            && (refusal.act() == Do.ASK || refusal.act() == Do.CHANGE)
            && !refusal.isAboutOwnership();
    giveUp(failure, isRefusedName || failure instanceof NoSessionsException);
  }

  /** Not at once: the handler may call back, and holds other locks. */
  private void giveUp(Throwable failure, boolean otherProtocolMayDo) {
    String reason =
        failure instanceof ChatException || failure instanceof IllegalArgumentException
            ? sentence(failure)
            : "the client failed: " + VisibleText.of(failure.toString());
    boolean isOldServer = failure instanceof NoSessionsException;
    ticker.execute(
        () -> {
          if (failure instanceof UnknownServerException unknown) {
            events.unknown(unknown);
          } else if (!orSeed || !otherProtocolMayDo) {
            events.over(reason);
          } else {
            if (!isOldServer) {
              events.note(
                  "this name gets no rooms and no history; for those, use another --name: "
                      + reason);
            }
            events.noSessions(isOldServer);
          }
        });
  }

  private static String sentence(Throwable failure) {
    return failure instanceof RefusedException refusal
        ? Advice.sentence(refusal)
        : String.valueOf(failure.getMessage());
  }

  @Override
  public void onPause(SessionClient from) {
    rooms.pause();
    commands.markRead(from);
  }

  // Events of the rooms.

  @Override
  public void onJoined(SessionClient from, FromServer.Joined joined) {
    if (terms.last == 0) {
      rooms.joinedWithoutPast(joined);
    } else {
      rooms.joined(joined);
    }
  }

  @Override
  public void onMessage(SessionClient from, FromServer.Message message) {
    rooms.message(message);
  }

  @Override
  public void onAck(SessionClient from, FromServer.Ack ack, FromClient.Post post) {
    rooms.acknowledged(ack, post.text());
  }

  @Override
  public void onEvent(SessionClient from, FromServer.Event event) {
    rooms.event(event);
  }

  @Override
  public void onGap(SessionClient from, FromServer.Gap gap) {
    rooms.gap(gap);
  }

  @Override
  public void onPresence(SessionClient from, FromServer.Presence presence) {
    rooms.presence(presence);
  }

  @Override
  public void onLeft(SessionClient from, RoomName room, @Nullable RefusedException reason) {
    if (reason != null || !isLeaving()) { // on leaving all rooms, there is none to go to
      commands.left(room, reason);
      tellWaiting();
    }
  }

  // The end.

  private synchronized boolean isLeaving() {
    return farewell != null;
  }

  @Override
  public synchronized CompletableFuture<Farewell> leave() {
    if (farewell == null) {
      CompletableFuture<Farewell> parting = new CompletableFuture<>();
      farewell = parting;
      SessionClient leaving = client;
      if (leaving == null || leaving.closed().isDone()) {
        parted(parting);
      } else {
        Thread thread =
            new Thread(
                () -> {
                  leaving.close();
                  parted(parting);
                },
                "leave");
        thread.setDaemon(true);
        thread.start();
      }
    }
    return farewell;
  }

  @Override
  public CompletableFuture<Farewell> part() {
    rooms.mute();
    return leave();
  }

  private void parted(CompletableFuture<Farewell> parting) {
    RoomName first = terms.firstRooms().get(0);
    List<String> elsewhere = posts.unsentElsewhere(first);
    elsewhere.forEach(text -> events.note("not sent, as it was for another room: " + text));
    parting.complete(new Farewell(posts.unsent(first), posts.doubtful(), null));
    ticker.stop();
  }
}
