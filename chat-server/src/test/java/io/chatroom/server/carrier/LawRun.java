package io.chatroom.server.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * One random conversation of sessions and seed members. Every received object is checked against
 * the laws of SESSIONS.md (S-50 to S-56).
 *
 * <p>An observer is in all rooms from the beginning and always reads; the order in which it
 * receives messages is the order of the rooms. All others join, leave, disconnect at any byte, stop
 * reading, resume from the state that a client would keep, and repeat unanswered posts.
 *
 * <p>{@link LawSession} acts, {@link LawHearing} checks the received objects, {@link RoomOrders} is
 * the model.
 */
final class LawRun {

  /** The first two are one client's. */
  static final List<String> NAMES = List.of("twin", "twin", "person2", "person3", "person4");

  /** All but one, who must receive none of the others' private messages. */
  static final List<String> OWNED = List.of("twin", "person2", "person3");

  private static final int PEOPLE = NAMES.size();
  private static final int SEEDS = 2;

  /** Number of steps between two restarts, if there are any. */
  private static final int RESTARTS = 300;

  /** Number of rounds within which an expected object must arrive. */
  private static final int PATIENCE = 200_000;

  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private final LawScene scene;
  private final Random random;
  private final int historyMessages;
  private final LawSession observer;
  private final List<LawSession> people = new ArrayList<>();
  private final List<LawSeed> seeds = new ArrayList<>();
  private final LawPoster poster;
  private final List<LawFollower> followers;

  LawRun(long seed, World world, Carriage carriage, int historyMessages, int longest) {
    this(seed, world, carriage, historyMessages, longest, List.of(), name -> "");
  }

  /**
   * @param owned those of {@link #NAMES} that belong to somebody, who talk in private, too
   * @param tokens what proves that
   */
  LawRun(
      long seed,
      World world,
      Carriage carriage,
      int historyMessages,
      int longest,
      List<String> owned,
      UnaryOperator<String> tokens) {
    this.random = new Random(seed);
    this.scene = new LawScene(seed, random, world, carriage, longest, owned, tokens);
    this.historyMessages = historyMessages;
    LawClient client = new LawClient("observer", new LawClient.Identity("f".repeat(32)));
    client.rooms.addAll(LawScene.ROOMS);
    observer = new LawSession(scene, client, true);
    poster = new LawPoster(scene, "poster");
    followers = LawScene.ROOMS.stream().map(room -> new LawFollower(scene, room)).toList();
  }

  /** Runs a number of random steps, lets everything settle, and checks the result. */
  void run(int steps) {
    observe();
    scene.world.trouble();
    begin();
    for (int i = 0; i < steps; i++) {
      if (scene.once(6)) {
        seeds.get(random.nextInt(SEEDS)).talk();
      } else if (scene.once(6)) {
        poster.act();
      } else if (scene.once(8)) {
        followers.get(random.nextInt(followers.size())).act();
      } else {
        people.get(random.nextInt(PEOPLE)).act(this::pump);
      }
      if (scene.world.canRestart() && scene.once(RESTARTS)) {
        restart();
      }
      if (random.nextInt(3) > 0) {
        pump();
      }
    }
    nobodyWaits();
    settle();
    lookBack();
    drain();
  }

  private void begin() {
    LawClient.Identity twins = new LawClient.Identity("a".repeat(32));
    for (int i = 0; i < PEOPLE; i++) {
      LawClient client =
          i < 2
              ? new LawClient(NAMES.get(i), twins)
              : new LawClient(NAMES.get(i), new LawClient.Identity(("" + i).repeat(32)));
      people.add(new LawSession(scene, client, false));
    }
    for (int i = 0; i < SEEDS; i++) {
      seeds.add(new LawSeed(scene, "seed" + i));
    }
  }

  private void observe() {
    observer.connect();
    until(
        "the observer is in all rooms",
        () -> LawScene.ROOMS.stream().allMatch(room -> observer.newest(room) != null));
  }

  /** Restarts the server. All connections end, and the observer reconnects. */
  private void restart() {
    scene.world.restart();
    people.forEach(LawSession::gone);
    seeds.forEach(LawSeed::comeBack);
    poster.gone();
    followers.forEach(LawFollower::gone);
    observer.gone();
    observe();
  }

  private void pump() {
    scene.world.pump();
    observer.hear();
    people.forEach(LawSession::hear);
    seeds.forEach(LawSeed::hear);
    poster.hear();
    followers.forEach(LawFollower::hear);
  }

  private interface Condition {
    boolean holds();
  }

  private void until(String what, Condition condition) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    for (int i = 0; !condition.holds(); i++) {
      assertThat(i < PATIENCE || System.nanoTime() < deadline)
          .as("%s: %s", scene.seed, what)
          .isTrue();
      pump();
    }
  }

  private void untilAllAreAnswered(String what) {
    until(what, () -> observer.isAnswered() && people.stream().allMatch(LawSession::isAnswered));
  }

  /** S-56: clients that do not read do not affect the others, who receive everything. */
  private void nobodyWaits() {
    observer.post("lobby");
    List<LawSession> readers = people.stream().filter(person -> !person.isStuck()).toList();
    readers.forEach(LawSession::ping);
    observer.ping();
    until(
        "those who read are answered while others do not",
        () -> observer.isAnswered() && readers.stream().allMatch(LawSession::isAnswered));
  }

  private void settle() {
    scene.world.calm();
    people.forEach(LawSession::unstick);
    followers.forEach(LawFollower::unstick);
    untilAllAreAnswered("everybody is answered");
    until("the poster is answered", poster::isAnswered);
    observer.ping();
    until("the observer has everything", observer::isAnswered);
    for (int i = 0; i < LawScene.ROOMS.size(); i++) {
      String room = LawScene.ROOMS.get(i);
      LawFollower follower = followers.get(i);
      long newest = newest(observer, room);
      until("a follower hears all of " + room, () -> follower.newest() >= newest);
      until(
          "everybody hears all of " + room,
          () ->
              people.stream()
                  .filter(person -> person.newest(room) != null)
                  .allMatch(person -> newest(person, room) >= newest));
    }
    people.forEach(LawSession::ping);
    observer.ping();
    untilAllAreAnswered("the last pings are answered");
    until("nobody is leaving", () -> people.stream().noneMatch(LawSession::isLeaving));
    people.forEach(LawSession::postPrivately);
    untilAllAreAnswered("what was said in private is answered");
    until(
        "S-17: all sessions of the two hear it",
        () -> people.stream().allMatch(LawSession::hasHeardPrivately));
  }

  private static long newest(LawSession session, String room) {
    return Objects.requireNonNull(session.newest(room), room);
  }

  private void lookBack() {
    scene.orders.lookBack(historyMessages);
    until("seed members hear the end", () -> seeds.stream().allMatch(LawSeed::hasHeardAll));
    seeds.forEach(LawSeed::judge);
  }

  /** S-65: accepted requests are answered before the bye. */
  private void drain() {
    people.forEach(LawSession::expectGoodbye);
    observer.expectGoodbye();
    followers.forEach(LawFollower::expectGoodbye);
    if (!scene.world.stop()) {
      return;
    }
    until(
        "everybody is told goodbye",
        () ->
            !observer.isConnected()
                && people.stream().noneMatch(LawSession::isConnected)
                && followers.stream().noneMatch(LawFollower::isConnected));
  }
}
