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
 * The members of one room, on one event loop, that have not taken all they were given, and what is
 * kept for them.
 *
 * <p>Each has a place in {@link RecentBursts}, which they share, and in its channel no more than
 * the round during which it stopped reading. Belongs to its event loop.
 */
final class SlowMembers implements Laggards, Backlog.Keeper {

  private final Host host;
  private final BacklogPolicy policy;
  private final Patience patience;
  private final LoopBacklog ofLoop;
  private final SlowMemberLog log;
  private final Skipped skipped;

  private final RecentBursts recent = new RecentBursts();

  /** Those for which everything is kept that they have not got. */
  private Set<Seat> behind = Collections.emptySet();

  /** Those for which nothing more is kept; the one that has lagged for the longest comes first. */
  private Set<Seat> lagging = Collections.emptySet();

  /** What {@link #ofLoop} knows of this room. */
  private long owedBytes;

  private long keptBytes;

  private int toldBehind;
  private int toldLagging;
  private Runnable whenCaughtUp = () -> {};

  /**
   * @param patience of all rooms with slow members
   * @param ofLoop what all rooms of the host's event loop keep for them
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
    seat.doesNotHear(recent.end());
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
    fallen.forEach(this::awaitTaken); // it may have been, by now
    long needed = needed();
    account(needed);
    for (Seat seat : List.copyOf(behind)) {
      Backlog backlog = backlog(seat);
      // What is too much in all rooms of the loop is the trouble of each room's last member.
      backlog.growTo(recent.end(), ofLoop.isExceeded() && backlog.place() == needed);
    }
    trim();
    tell();
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
                bringUp(seat);
              }
            });
  }

  /** It has taken all it was given: it gets a round more, of what is kept. */
  private void bringUp(Seat seat) {
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
   * It is about to leave, and is given nothing more. What it was given and does not take still
   * counts, as that of a member that lags.
   */
  @Override
  public void letGo(Seat seat) {
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
    if (backlog(seat).lagsForTheFirstTime()) { // or a member could write the log at will
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
    Abort.close(seat.member().channel()); // a FIN would wait behind what it does not read
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
    host.metrics().slow(behind.size() - toldBehind, skipped.members() - toldLagging);
    toldBehind = behind.size();
    toldLagging = skipped.members();
    skipped.tell(recent.messagesBeforeStart());
  }

  private void trim() {
    long needed = needed();
    recent.trim(needed, lagging.isEmpty() ? 0 : ofLoop.leftFor(keptBytes));
    account(needed);
  }

  /** The place of the last of those that are behind. */
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

  /** A set is made for the first of them: in most rooms there never is one. */
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

  /** All of this kind are. */
  private static SeedMember member(Seat seat) {
    return (SeedMember) seat.member();
  }
}
