package io.chatroom.server.seed;

import io.chatroom.server.room.BackPressure;
import io.chatroom.server.room.Delivery;
import io.chatroom.server.room.Laggards;
import io.chatroom.server.room.Seat;
import io.chatroom.server.transport.Abort;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The members of one room, on one event loop, that have not taken all they were given, and the
 * bursts that are kept for them.
 *
 * <p>Each has a place in the shared {@link RecentBursts}; its channel holds at most the round
 * during which it stopped reading. Belongs to its event loop.
 */
final class SlowMembers implements Laggards, Backlog.Keeper {

  private final Host host;
  private final BacklogPolicy policy;
  private final Patience patience;
  private final LoopBacklog ofLoop;
  private final SlowMemberLog log;
  private final Skipped skipped;

  private final RecentBursts recent = new RecentBursts();

  /** The members that are catching up; all that they have not received is kept. */
  private Set<Seat> behind = Collections.emptySet();

  /**
   * The lagging members, for which nothing is kept; the one that has lagged the longest comes
   * first.
   */
  private Set<Seat> lagging = Collections.emptySet();

  /** The values that {@link #ofLoop} has. */
  private long owedBytes;

  private long keptBytes;

  private int reportedBehind;
  private int reportedLagging;
  private Runnable whenCaughtUp = () -> {};

  /**
   * @param patience the patience of all rooms with slow members
   * @param ofLoop counts what all rooms of the event loop keep for them
   */
  SlowMembers(
      Host host, BacklogPolicy policy, Patience patience, LoopBacklog ofLoop, SlowMemberLog log) {
    this.host = host;
    this.policy = policy;
    this.patience = patience;
    this.ofLoop = ofLoop;
    this.log = log;
    this.skipped = new Skipped(host.metrics());
  }

  @Override
  public BackPressure pressure() {
    return host.pressure();
  }

  @Override
  public Patience patience() {
    return patience;
  }

  @Override
  public BacklogPolicy policy() {
    return policy;
  }

  @Override
  public EventLoop loop() {
    return host.loop();
  }

  @Override
  public void joined(Seat seat) {
    seat.skip(recent.end());
    host.follow(seat);
  }

  @Override
  public void passed(List<Delivery> round, List<Seat> fallen) {
    for (Seat seat : fallen) {
      openBacklog(seat).begin(recent.end());
      behind = with(behind, seat);
    }
    if (behind.isEmpty() && lagging.isEmpty()) {
      round.forEach(recent::pass);
      return;
    }
    round.forEach(recent::keep);
    fallen.forEach(this::awaitTaken); // they may have taken it by now
    long needed = needed();
    account(needed);
    for (Seat seat : List.copyOf(behind)) {
      Backlog backlog = backlog(seat);
      // An excess in all rooms of the loop is attributed to the slowest member of each room.
      backlog.growTo(recent.end(), ofLoop.isExceeded() && backlog.place() == needed);
    }
    trim();
    reportCounts();
    while (host.memoryIsTight() && !lagging.isEmpty()) {
      disconnect(lagging.iterator().next(), "it has not read for long, and memory is short");
    }
  }

  private void awaitTaken(Seat seat) {
    seat.outlet()
        .taken()
        .addListener(
            taken -> {
              if (taken.isSuccess()) {
                catchUp(seat);
              }
            });
  }

  /** Gives a member that has taken all it was given one more round of kept bursts. */
  private void catchUp(Seat seat) {
    Backlog backlog = backlog(seat);
    if (!seat.listens()) {
      left(seat);
      return;
    }
    if (lagging.remove(seat)) {
      skipped.readsAgain(backlog, recent.messagesBeforeStart());
      backlog.readAgain(recent.start());
      behind = with(behind, seat);
    } else if (!behind.contains(seat)) {
      return; // it has left
    }
    long place = backlog.place();
    long roundEnds = place + ROUND_BYTES;
    List<Delivery> missed = new ArrayList<>();
    while (place < recent.end() && place < roundEnds) {
      Delivery delivery = recent.at(place);
      missed.add(delivery);
      place += RecentBursts.size(delivery);
    }
    host.give(missed, seat);
    backlog.advance(place, recent.end());
    if (place == recent.end()) {
      behind.remove(seat);
      host.follow(seat);
    } else {
      awaitTaken(seat);
    }
    noLongerBehind();
  }

  /**
   * Stops deliveries to a member that is leaving. What it was given but has not taken still counts,
   * as for a lagging member.
   */
  @Override
  public void stopDeliveries(Seat seat) {
    if (contains(seat)) {
      behind.remove(seat);
      skipped.readsAgain(backlog(seat), recent.messagesBeforeStart());
      backlog(seat).end();
      lagging = with(lagging, seat);
    } else if (!seat.outlet().hasTakenAll()) {
      openBacklog(seat).begin(recent.end());
      lagging = with(lagging, seat);
      awaitTaken(seat);
    }
    noLongerBehind();
  }

  @Override
  public void lags(Seat seat) {
    behind.remove(seat);
    if (policy.then() == SlowMember.DISCONNECT) {
      disconnect(seat, "it does not keep up (slowMember)");
      return;
    }
    if (backlog(seat).lagsForTheFirstTime()) { // or a member could flood the log
      log.lags(seat.member().channel());
    }
    lagging = with(lagging, seat);
    skipped.lags(backlog(seat), recent.messagesBefore(backlog(seat).place()));
    noLongerBehind();
  }

  @Override
  public void left(Seat seat) {
    Backlog backlog = member(seat).backlog();
    if (backlog != null) {
      backlog.end();
      behind.remove(seat);
      lagging.remove(seat);
      skipped.readsAgain(backlog, recent.messagesBeforeStart());
      noLongerBehind();
    }
  }

  private void disconnect(Seat seat, String why) {
    log.closesSlowMember(seat.member().channel(), why);
    left(seat);
    Abort.close(seat.member().channel()); // a FIN would wait behind unread data
  }

  /**
   * A member is no longer behind. While others are, the next round trims: nothing grows in between,
   * and trimming once for each of thousands would be slow.
   */
  private void noLongerBehind() {
    if (behind.isEmpty()) {
      trim();
      Runnable waitedFor = whenCaughtUp;
      whenCaughtUp = () -> {};
      waitedFor.run();
    }
    reportCounts();
  }

  private void reportCounts() {
    host.metrics().slow(behind.size() - reportedBehind, skipped.members() - reportedLagging);
    reportedBehind = behind.size();
    reportedLagging = skipped.members();
    skipped.report(recent.messagesBeforeStart());
  }

  private void trim() {
    long needed = needed();
    recent.trim(needed, lagging.isEmpty() ? 0 : ofLoop.leftFor(keptBytes));
    account(needed);
  }

  /** The place of the slowest member that is catching up. */
  private long needed() {
    long needed = recent.end();
    for (Seat seat : behind) {
      needed = Math.min(needed, backlog(seat).place());
    }
    return needed;
  }

  private void account(long needed) {
    long owed = recent.end() - needed;
    long kept = recent.end() - recent.start();
    ofLoop.change(owed - owedBytes, kept - keptBytes);
    owedBytes = owed;
    keptBytes = kept;
  }

  @Override
  public boolean contains(Seat seat) {
    return behind.contains(seat) || lagging.contains(seat);
  }

  @Override
  public void whenCaughtUp(Runnable task) {
    whenCaughtUp = task;
    noLongerBehind();
  }

  /** Adds to a set, which is allocated for its first element: most rooms never need it. */
  private static Set<Seat> with(Set<Seat> seats, Seat seat) {
    Set<Seat> more = seats == Collections.<Seat>emptySet() ? new LinkedHashSet<>() : seats;
    more.add(seat);
    return more;
  }

  private static Backlog backlog(Seat seat) {
    return Objects.requireNonNull(member(seat).backlog());
  }

  private Backlog openBacklog(Seat seat) {
    return member(seat).openBacklog(seat, this);
  }

  /** All members of this kind are seed members. */
  private static SeedMember member(Seat seat) {
    return (SeedMember) seat.member();
  }
}
