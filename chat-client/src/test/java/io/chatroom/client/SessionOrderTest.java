package io.chatroom.client;

import static io.chatroom.client.SessionPeer.LOBBY;
import static io.chatroom.client.SessionPeer.joined;
import static io.chatroom.client.SessionPeer.welcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.Do;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Owned names, moderation and private rooms with a SessionClient. */
class SessionOrderTest {

  private static final Spread AT_ONCE =
      new Spread(Duration.ofMillis(1), Duration.ofMillis(1), () -> 0.5);

  @TempDir Path dir;
  private final RoomRecord room = new RoomRecord();
  private final BlockingQueue<List<String>> blocked = new LinkedBlockingQueue<>();
  private SessionPeer peer;
  private OwnedNames names = new OwnedNames(Path.of("unused"));
  private final List<AutoCloseable> toClose = new ArrayList<>();

  SessionOrderTest() throws IOException {
    peer = new SessionPeer(false);
  }

  @BeforeEach
  void namesInAFile() {
    names = new OwnedNames(dir.resolve("tokens"));
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : toClose) {
      each.close();
    }
    peer.close();
  }

  private SessionClient.Builder builder() {
    return SessionClient.builder()
        .spread(AT_ONCE)
        .closeTimeout(Duration.ofMillis(1))
        .names(names)
        .listener(
            new SessionListener() {
              @Override
              public void onBlocked(SessionClient client, List<String> all) {
                blocked.add(all);
              }
            })
        .room(LOBBY, Start.live(), room);
  }

  private SessionPeer.Link accept(FromClient.@Nullable Hello[] hello) throws IOException {
    SessionPeer.Link link = peer.accept();
    toClose.add(link);
    hello[0] = link.hear(FromClient.Hello.class);
    link.say(welcome(60), joined("e1", 3, null));
    return link;
  }

  private SessionClient start(SessionClient.Builder builder) throws ChatException {
    SessionClient client = builder.start(peer.address(), "alice");
    toClose.add(client);
    return client;
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  private static RefusedException refusal(CompletableFuture<?> future) throws Exception {
    try {
      future.get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RefusedException refusal) {
        return refusal;
      }
      throw e;
    }
    throw new AssertionError("it was not refused");
  }

  /** Waits for the session, which requests need. */
  private void awaitJoined() throws InterruptedException {
    assertThat(room.next()).startsWith("joined");
  }

  @Test
  void claimsANameKeepsItsTokenAndSendsItFromThenOn() throws Exception {
    FromClient.Hello[] hello = new FromClient.Hello[1];
    SessionClient client = start(builder());
    SessionPeer.Link link = accept(hello);
    assertThat(hello[0].token()).isNull();
    awaitJoined();
    assertThat(client.isOwned()).isFalse();
    CompletableFuture<FromServer.Owned> owned = client.claim();
    link.say(new FromServer.Owned(link.hear(FromClient.Claim.class).q(), "t0ken", 365L));
    assertThat(get(owned).keepDays()).isEqualTo(365);
    assertThat(client.isOwned()).isTrue();
    assertThat(names.token(peer.address().server(), "alice")).isEqualTo("t0ken");

    link.close();
    accept(hello);
    assertThat(hello[0].token()).isEqualTo("t0ken");

    start(builder());
    accept(hello);
    assertThat(hello[0].token()).as("of another client with the same file").isEqualTo("t0ken");
  }

  @Test
  void refusesToSendASecretInTheClearAfterTls() throws Exception {
    ServerAddress server = peer.address().server();
    names.rememberTls(server);
    FromClient.Hello[] hello = new FromClient.Hello[1];
    SessionClient client = start(builder());
    accept(hello);
    awaitJoined();
    assertThatThrownBy(() -> get(client.claim()))
        .hasRootCauseInstanceOf(ChatException.class)
        .hasMessageContaining("was reached with TLS before, so the token of the name alice");

    names.keep(server, "alice", "t0ken");
    assertThatThrownBy(() -> builder().start(peer.address(), "alice"))
        .isInstanceOf(ChatException.class)
        .hasMessageContaining("the token of the name alice does not go there without");
    assertThatThrownBy(() -> builder().key("k").start(peer.address(), "bob"))
        .isInstanceOf(ChatException.class)
        .hasMessageContaining("the key does not go there without");
  }

  @Test
  void reportsRefusalsByTheirCodeAndLongDelaysAtOnce() throws Exception {
    SessionClient client = start(builder());
    SessionPeer.Link link = accept(new FromClient.Hello[1]);
    awaitJoined();
    CompletableFuture<FromServer.Owned> owned = client.claim();
    link.say(
        FromServer.Error.ofRequest(
            link.hear(FromClient.Claim.class).q(), Code.RATE, 3_600_000L, "Later."));
    assertThat(refusal(owned).code()).isEqualTo("rate");

    CompletableFuture<FromServer.Link> code = client.link();
    link.say(
        FromServer.Error.ofRequest(
            link.hear(FromClient.Link.class).q(), Code.FORBIDDEN, null, "Not yours."));
    assertThat(refusal(code)).hasMessage("Not yours.");
  }

  @Test
  void deletesAndModeratesAndReceivesTheEventLikeEveryone() throws Exception {
    SessionClient client = start(builder());
    SessionPeer.Link link = accept(new FromClient.Hello[1]);
    awaitJoined();
    CompletableFuture<FromServer.Event> deleted = client.delete(LOBBY, 2);
    assertThat(link.hear(FromClient.Delete.class).seq()).isEqualTo(2);
    link.say(new FromServer.Event(LOBBY, 4, 1, "deleted", "alice", 2L, null, null));
    assertThat(get(deleted).seq()).isEqualTo(4);
    assertThat(room.next()).startsWith("event").endsWith("deleted");

    CompletableFuture<Void> muted =
        client.moderate(FromClient.Action.MUTE, LOBBY, "Bob", 60L, false, "spam");
    link.hear(FromClient.Moderate.class);
    link.say(
        new FromServer.Event(LOBBY, 5, 1, "moderated", "alice", null, "carol", "mute"),
        new FromServer.Event(LOBBY, 6, 1, "moderated", "alice", null, "bob", "mute spam"));
    get(muted);

    CompletableFuture<Void> banned =
        client.moderate(FromClient.Action.BAN, null, "bob", null, true, null);
    FromClient.Moderate ban = link.hear(FromClient.Moderate.class);
    link.say(new FromServer.Moderated(ban.q(), "ban", "bob"));
    get(banned);
  }

  @Test
  void setsReadMarksAndReportsRefusals() throws Exception {
    SessionClient client = start(builder());
    SessionPeer.Link link = accept(new FromClient.Hello[1]);
    awaitJoined();
    CompletableFuture<FromServer.Read> read = client.read(LOBBY, 3);
    link.hear(FromClient.Read.class);
    link.say(new FromServer.Read(LOBBY, 2), new FromServer.Read(LOBBY, 3));
    assertThat(get(read).seq()).isEqualTo(3);

    read = client.read(LOBBY, 4);
    link.hear(FromClient.Read.class);
    link.say(FromServer.Error.ofRoom(LOBBY, Code.FORBIDDEN, null, "Not yours."));
    assertThat(refusal(read).code()).isEqualTo("forbidden");
  }

  @Test
  void receivesTheBlockedNames() throws Exception {
    SessionClient client = start(builder());
    SessionPeer.Link link = accept(new FromClient.Hello[1]);
    awaitJoined();
    CompletableFuture<FromServer.Blocked> all = client.block("mallory", true);
    link.say(
        new FromServer.Blocked(link.hear(FromClient.Block.class).q(), List.of("mallory")),
        new FromServer.Blocked(null, List.of()));
    assertThat(get(all).names()).containsExactly("mallory");
    assertThat(blocked.poll(60, TimeUnit.SECONDS)).containsExactly("mallory");
    assertThat(blocked.poll(60, TimeUnit.SECONDS)).isEmpty();
  }

  @Test
  void endsWithAReasonWhenItIsKickedFromTheServer() throws Exception {
    SessionClient client = start(builder());
    SessionPeer.Link link = accept(new FromClient.Hello[1]);
    link.say(new FromServer.Bye("kicked", Do.STOP, null, "bob has put you out: spam"));
    assertThat(refusal(client.closed())).hasMessage("bob has put you out: spam");

    client = start(builder());
    link = accept(new FromClient.Hello[1]);
    link.say(new FromServer.Bye("key-wrong", Do.STOP, null, ""));
    assertThat(refusal(client.closed()))
        .hasMessage("this server needs an access key, and yours is wrong or missing");
  }

  @Test
  void reportsWhyItWasRemovedFromARoom() throws Exception {
    start(builder());
    SessionPeer.Link link = accept(new FromClient.Hello[1]);
    awaitJoined();
    link.say(new FromServer.Left(null, LOBBY, "bob has put you out."));
    assertThat(room.next()).isEqualTo("left lobby kicked");
  }

  private static FromServer.Joined opened(int number) {
    return new FromServer.Joined(
        null, RoomName.of("@u" + number), "p", 0, 1, 2, null, null, null, "member", null);
  }

  @Test
  void leavesTheQuietestPrivateRoomsIfThereAreTooMany() throws Exception {
    RoomRecord others = new RoomRecord();
    SessionClient client = start(builder().privateRooms(others));
    SessionPeer.Link link = accept(new FromClient.Hello[1]);
    for (int number = 0; number < SessionRooms.MAX_UNASKED; number++) {
      link.say(opened(number));
    }
    link.say(new FromServer.Message(RoomName.of("@u0"), 1, 1, "u0", true, "hi", null));
    link.say(opened(SessionRooms.MAX_UNASKED));
    FromClient.Leave leave = link.hear(FromClient.Leave.class);
    assertThat(leave.room()).isEqualTo(RoomName.of("@u1"));
    link.say(new FromServer.Left(leave.q(), leave.room()));
    String heard = others.next();
    while (!heard.startsWith("left")) {
      heard = others.next();
    }
    assertThat(heard).isEqualTo("left @u1");
    assertThat(client.position(RoomName.of("@u0"))).isNotNull();
  }

  @Test
  void disconnectsAServerThatOpensPrivateRoomsWithoutEnd() throws Exception {
    start(builder().privateRooms(new RoomRecord()));
    for (int time = 0; time < 5; time++) {
      SessionPeer.Link link = accept(new FromClient.Hello[1]);
      assertThatThrownBy(
              () -> {
                for (int number = 0; number < 100_000; number++) {
                  link.say(opened(number));
                }
              })
          .as("it has gone")
          .isInstanceOf(IOException.class);
    }
  }
}
