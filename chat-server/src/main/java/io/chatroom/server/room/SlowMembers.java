package io.chatroom.server.room;

import io.chatroom.server.metrics.LoopMetrics;
import io.netty.channel.EventLoop;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The members of one event loop that have not taken all they were given, and what is kept for them.
 *
 * <p>Each has a place in {@link RecentBursts}, which they share, and in its channel no more than
 * the round during which it stopped reading. Belongs to its event loop.
 */
final class SlowMembers {

  private final Broadcaster broadcaster;
  private final BacklogPolicy policy;
  private final BurstMemory memory;
  private final BackPressure backPressure;
  private final Patience patience;
  private final RoomLog log;
  private final LoopMetrics metrics;
  private final Skipped skipped;

  private final RecentBursts recent = new RecentBursts();

  /** For whom everything is kept that they have not got. */
  private final Set<Member> behind = new LinkedHashSet<>();

  /** For whom nothing is kept beyond what there is; who has lagged for the longest comes first. */
  private final Set<Member> lagging = new LinkedHashSet<>();

  private Runnable whenCaughtUp = () -> {};

  SlowMembers(
      Broadcaster broadcaster,
      BacklogPolicy policy,
      BurstMemory memory,
      BackPressure backPressure,
      Patience patience,
      RoomLog log,
      LoopMetrics metrics) {
    this.broadcaster = broadcaster;
    this.policy = policy;
    this.memory = memory;
    this.backPressure = backPressure;
    this.patience = patience;
    this.log = log;
    this.skipped = new Skipped(metrics);
    this.metrics = metrics;
  }

  BackPressure backPressure() {
    return backPressure;
  }

  Patience patience() {
    return patience;
  }

  BacklogPolicy policy() {
    return policy;
  }

  EventLoop loop() {
    return broadcaster.loop();
  }

  /** The end of what this event loop's members have been given. */
  long place() {
    return recent.end();
  }

  /**
   * A round has been given to all members but these.
   *
   * @param round what was said
   * @param fallen who has not taken the round before, and gets this one when it has
   */
  void grow(List<Burst> round, List<Member> fallen) {
    for (Member member : fallen) {
      member.openBacklog(this).begin(recent.end());
      behind.add(member);
    }
    if (behind.isEmpty() && lagging.isEmpty()) {
      round.forEach(recent::pass);
      return;
    }
    round.forEach(recent::keep);
    fallen.forEach(this::awaitTaken); // it may have been, by now
    for (Member member : List.copyOf(behind)) {
      backlog(member).growTo(recent.end());
    }
    trim();
    tell();
    while (memory.isTight() && !lagging.isEmpty()) {
      disconnect(lagging.iterator().next(), "it has not read for long, and memory is short");
    }
  }

  private void awaitTaken(Member member) {
    broadcaster
        .taken(member)
        .addListener(
            taken -> {
              if (taken.isSuccess()) {
                bringUp(member);
              }
            });
  }

  /** It has taken all it was given: it gets a round more, of what is kept. */
  private void bringUp(Member member) {
    Backlog backlog = backlog(member);
    if (!member.listens()) {
      remove(member);
      return;
    }
    if (lagging.remove(member)) {
      skipped.readsAgain(backlog, recent.messagesBeforeStart());
      backlog.readAgain(recent.start());
      behind.add(member);
    } else if (!behind.contains(member)) {
      return; // it has left
    }
    long place = backlog.place();
    long roundEnds = place + Broadcaster.ROUND_BYTES;
    while (place < recent.end() && place < roundEnds) {
      Burst burst = recent.at(place);
      broadcaster.bringUp(burst, member);
      place += burst.size();
    }
    backlog.advance(place, recent.end());
    if (place == recent.end()) {
      behind.remove(member);
      broadcaster.follow(member);
      member.out().flush();
    } else {
      awaitTaken(member);
    }
    noLongerBehind();
  }

  /**
   * It is about to leave, and is given nothing more. What it was given and does not take still
   * counts, as that of a member that lags.
   */
  void letGo(Member member) {
    if (contains(member)) {
      behind.remove(member);
      skipped.readsAgain(backlog(member), recent.messagesBeforeStart());
      backlog(member).end();
      lagging.add(member);
    } else if (!member.hasTakenAll()) {
      member.openBacklog(this).begin(recent.end());
      lagging.add(member);
      awaitTaken(member);
    }
    noLongerBehind();
  }

  /** The room does not wait for it any longer. */
  void lag(Member member) {
    behind.remove(member);
    if (policy.then() == SlowMember.DISCONNECT) {
      disconnect(member, "it does not keep up (slowMember)");
      return;
    }
    if (backlog(member).lagsForTheFirstTime()) { // or a member could write the log at will
      log.lags(member.channel());
    }
    lagging.add(member);
    skipped.lags(backlog(member), recent.messagesBefore(backlog(member).place()));
    noLongerBehind();
  }

  /** It has left, or leaves now. */
  void remove(Member member) {
    Backlog backlog = member.backlog();
    if (backlog != null) {
      backlog.end();
      behind.remove(member);
      lagging.remove(member);
      skipped.readsAgain(backlog, recent.messagesBeforeStart());
      noLongerBehind();
    }
  }

  private void disconnect(Member member, String why) {
    log.closesSlowMember(member.channel(), why);
    remove(member);
    Abort.close(member.channel()); // a FIN would wait behind what it does not read
  }

  /**
   * Somebody is no longer behind. While others are, the next round trims: nothing grows in between,
   * and each of thousands would look.
   */
  private void noLongerBehind() {
    if (behind.isEmpty()) {
      trim();
      Runnable waitedFor = whenCaughtUp;
      whenCaughtUp = () -> {};
      waitedFor.run();
    }
    tell();
  }

  private void tell() {
    metrics.slow(behind.size(), skipped.members());
    skipped.tell(recent.messagesBeforeStart());
  }

  private void trim() {
    long needed = recent.end();
    for (Member member : behind) {
      needed = Math.min(needed, backlog(member).place());
    }
    recent.trim(needed, lagging.isEmpty() ? 0 : policy.memberBytes());
  }

  boolean contains(Member member) {
    return behind.contains(member) || lagging.contains(member);
  }

  /** Runs a task when nobody is behind whom the room still waits for; now, if that is so. */
  void whenCaughtUp(Runnable task) {
    whenCaughtUp = task;
    noLongerBehind();
  }

  private static Backlog backlog(Member member) {
    return Objects.requireNonNull(member.backlog());
  }
}
