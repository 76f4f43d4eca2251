package io.chatroom.client.conformance;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The fixture of a case: a room in which two members, Alice and Bob, have just received each
 * other's messages. It connects further peers, compares what they receive, and checks that they
 * receive nothing else.
 *
 * <p>A registration has no reply (P-10), so the stage proves membership: the newcomer sends a
 * message, and once Bob has received it, the newcomer is a member. It proves silence as well: after
 * something that must not be relayed, Alice sends a marker, and the watcher must receive nothing
 * before it.
 *
 * <p>Closing the stage closes every connection it opened.
 */
final class Stage implements AutoCloseable {

  /** A wait that lasts longer than this lets other cases run meanwhile. */
  private static final Duration MAX_WAIT_IN_TURN = Duration.ofMillis(250);

  private static final Duration MAX_SETTLE = Duration.ofMillis(250);
  private static final Duration POLL = Duration.ofMillis(10);

  private final InetSocketAddress server;
  private final Tag tag;
  private final TimeLimits limits;
  private final Duration timeout;
  private final Turn turn;
  private final ScheduledExecutorService watchdog;
  private final List<Peer> peers = new ArrayList<>();
  private int markers;
  private boolean settles = true;
  private @Nullable Peer alice;
  private @Nullable Peer bob;

  Stage(Setting setting) {
    this.server = setting.server();
    this.tag = setting.tag();
    this.limits = setting.limits();
    this.timeout = setting.timeout();
    this.turn = setting.turn();
    this.watchdog = setting.watchdog();
  }

  /**
   * The positive control before every case: Alice and Bob join and receive each other's messages. A
   * server that closes every connection or relays nothing fails here.
   */
  void open() throws Broken, InterruptedException {
    Peer first = connect("bob");
    Peer second = connect("alice");
    bob = first;
    alice = second;
    first.register();
    second.register();
    meet(second, first);
    meet(first, second);
    checkStillWorks(); // also discards what came while they met
  }

  /**
   * Sends markers from the speaker until the listener receives one, because the listener may not
   * have joined or caught up yet.
   */
  void meet(Peer speaker, Peer listener) throws Broken, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    Duration pause = Duration.ofMillis(50);
    while (true) {
      Bytes marker = mark(speaker);
      Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
      if (listener.awaitControl(marker, pause.compareTo(left) < 0 ? pause : left)) {
        return;
      }
      if (listener.hasEnded() || System.nanoTime() >= deadline) {
        throw new Broken(
            "%s receives what %s sends".formatted(listener.role(), speaker.role()),
            listener.silence());
      }
      pause = pause.multipliedBy(2);
    }
  }

  Peer alice() {
    return opened(alice);
  }

  Peer bob() {
    return opened(bob);
  }

  private static Peer opened(@Nullable Peer peer) {
    if (peer == null) {
      throw new IllegalStateException("the stage is not open");
    }
    return peer;
  }

  Tag tag() {
    return tag;
  }

  TimeLimits limits() {
    return limits;
  }

  // Connecting peers

  /** Connects and sends nothing. */
  Peer connect(String role) throws Broken {
    return connect(role, tag.name("-" + role));
  }

  Peer connect(String role, Bytes name) throws Broken {
    return connect(role, name, Peer.Reading.KEEP);
  }

  Peer connect(String role, Peer.Reading reading) throws Broken {
    return connect(role, tag.name("-" + role), reading);
  }

  private Peer connect(String role, Bytes name, Peer.Reading reading) throws Broken {
    Peer peer = Peer.connect(server, role, reading, tag, name, timeout, watchdog);
    peers.add(peer);
    return peer;
  }

  /** Connects, registers, and proves that the peer is a member. */
  Peer join(String role) throws Broken, InterruptedException {
    return join(role, tag.name("-" + role));
  }

  Peer join(String role, Bytes name) throws Broken, InterruptedException {
    return join(role, name, Peer.Reading.KEEP);
  }

  Peer join(String role, Peer.Reading reading) throws Broken, InterruptedException {
    return join(role, tag.name("-" + role), reading);
  }

  private Peer join(String role, Bytes name, Peer.Reading reading)
      throws Broken, InterruptedException {
    Peer peer = connect(role, name, reading);
    peer.register();
    return admit(peer);
  }

  List<Peer> joinAll(String role, int count) throws Broken, InterruptedException {
    List<Peer> joined = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      joined.add(join(role + i));
    }
    return joined;
  }

  /** Proves that a peer that has sent its registration is a member now. */
  Peer admit(Peer newcomer) throws Broken, InterruptedException {
    Bytes hello = mark(newcomer);
    if (!bob().awaitControl(hello, timeout)) {
      throw notAdmitted(newcomer);
    }
    return newcomer;
  }

  /**
   * Waits until the listener receives what Alice sends from now on.
   *
   * @return false if the server closed the connection, or its stream is out of step
   */
  boolean follows(Peer listener) throws Broken, InterruptedException {
    try {
      meet(alice(), listener);
      return true;
    } catch (Broken e) {
      if (listener.hasEnded()) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Waits until a peer that has sent its registration is a member, or the server closes it.
   *
   * @return false if the server closed the connection, as a full server may
   * @throws Broken if neither happens in time
   */
  boolean admitsUnlessFull(Peer newcomer) throws Broken, InterruptedException {
    Bytes hello = tag.control("marker-" + ++markers);
    newcomer.sendAnyway(Framing.frame(hello));
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!bob().awaitControl(hello, POLL)) {
      if (newcomer.hasEnded() && !newcomer.isGarbled()) {
        return false;
      }
      if (bob().hasEnded() || System.nanoTime() >= deadline) {
        throw notAdmitted(newcomer);
      }
    }
    return true;
  }

  private Broken notAdmitted(Peer newcomer) {
    return new Broken(
        "%s is a member after its registration, so bob receives its message"
            .formatted(newcomer.role()),
        bob().hasEnded() ? bob().silence() : newcomer.silence());
  }

  private Bytes mark(Peer speaker) throws Broken {
    Bytes marker = tag.control("marker-" + ++markers);
    speaker.post(marker);
    return marker;
  }

  // Checking what they receive

  /** Checks that the watcher receives exactly these messages, in this order, and nothing else. */
  void receives(Peer watcher, Post... expected) throws Broken, InterruptedException {
    receives(watcher, Arrays.asList(expected));
  }

  void receives(Peer watcher, List<Post> expected) throws Broken, InterruptedException {
    List<Pair> received = watcher.take(expected.size());
    compare(watcher, expected, received);
    receivesNothing(watcher);
  }

  /** Checks that each watcher receives exactly these messages. */
  void allReceive(List<Peer> watchers, List<Post> expected) throws Broken, InterruptedException {
    for (Peer watcher : watchers) {
      receives(watcher, expected);
    }
  }

  /** Checks that the watcher receives these messages next; more may follow. */
  void receivesNext(Peer watcher, List<Post> expected) throws Broken, InterruptedException {
    compare(watcher, expected, watcher.take(expected.size()));
  }

  /**
   * Checks that all watchers receive these messages, each without its own, and nothing else. One
   * marker serves them all.
   */
  void receiveTogether(List<Peer> watchers, List<Post> expected, Map<Peer, Post> own)
      throws Broken, InterruptedException {
    for (Peer watcher : watchers) {
      Post itself = own.get(watcher);
      List<Post> others = expected.stream().filter(sent -> !sent.equals(itself)).toList();
      compare(watcher, others, watcher.take(others.size()));
    }
    Bytes marker = mark(alice());
    for (Peer watcher : watchers) {
      nothingBefore(marker, alice(), watcher);
    }
  }

  /**
   * Checks that Bob receives all of these messages, or that the server closes the sender's
   * connection and Bob receives none.
   *
   * @return false if the server refused them
   */
  boolean receivesUnlessRefused(Peer sender, List<Post> expected)
      throws Broken, InterruptedException {
    int received = 0;
    long deadline = System.nanoTime() + timeout.toNanos();
    while (received < expected.size()) {
      List<Pair> next = bob().take(1, POLL);
      if (!next.isEmpty()) {
        compare(bob(), expected.subList(received, received + 1), next);
        received++;
        deadline = System.nanoTime() + timeout.toNanos();
      } else if (received == 0 && sender.hasEnded()) {
        settle();
        List<Pair> late = fence(bob());
        if (late.isEmpty()) {
          return false;
        }
        compare(bob(), expected, late);
        return true;
      } else if (System.nanoTime() >= deadline || sender.hasEnded() || bob().hasEnded()) {
        throw new Broken(
            "bob receives "
                + expected.get(received)
                + (received == 0
                    ? ", or the server closes the connection of " + sender.role()
                    : ""),
            received > 0 && sender.hasEnded()
                ? "for %s: %s".formatted(sender.role(), sender.silence())
                : bob().silence());
      }
    }
    return true;
  }

  private static void compare(Peer watcher, List<Post> expected, List<Pair> received)
      throws Broken {
    for (int i = 0; i < expected.size(); i++) {
      String which =
          expected.size() == 1
              ? watcher.role() + " receives "
              : String.format(
                  Locale.ROOT,
                  "%s receives, as message %d of %d, ",
                  watcher.role(),
                  i + 1,
                  expected.size());
      if (i >= received.size()) {
        throw new Broken(which + expected.get(i), watcher.silence());
      }
      if (!received.get(i).post().equals(expected.get(i))) {
        throw new Broken(which + expected.get(i), "it received " + received.get(i).post());
      }
    }
  }

  /**
   * Takes the next {@code count} pairs that the watcher receives, from any sender.
   *
   * @throws Broken if fewer arrive in time
   */
  List<Pair> take(Peer watcher, int count) throws Broken, InterruptedException {
    List<Pair> received = watcher.take(count);
    if (received.size() < count) {
      throw new Broken(
          String.format(Locale.ROOT, "%s receives %,d messages", watcher.role(), count),
          String.format(Locale.ROOT, "after %,d of them, %s", received.size(), watcher.silence()));
    }
    return received;
  }

  /**
   * Checks that the watcher is connected and in step, and has received nothing since the last
   * check.
   */
  void receivesNothing(Peer watcher) throws Broken, InterruptedException {
    Peer speaker = speakerFor(watcher);
    nothingBefore(mark(speaker), speaker, watcher);
  }

  private static void nothingBefore(Bytes marker, Peer speaker, Peer watcher)
      throws Broken, InterruptedException {
    List<Pair> received = before(marker, speaker, watcher);
    if (!received.isEmpty()) {
      throw new Broken(
          watcher.role() + " receives nothing more", "it received " + received.get(0).post());
    }
  }

  void allReceiveNothing(List<Peer> watchers) throws Broken, InterruptedException {
    for (Peer watcher : watchers) {
      receivesNothing(watcher);
    }
  }

  /** Sends a marker and returns what the watcher received before it. */
  List<Pair> fence(Peer watcher) throws Broken, InterruptedException {
    Peer speaker = speakerFor(watcher);
    return before(mark(speaker), speaker, watcher);
  }

  private Peer speakerFor(Peer watcher) {
    return watcher == alice() ? bob() : alice();
  }

  private static List<Pair> before(Bytes marker, Peer speaker, Peer watcher)
      throws Broken, InterruptedException {
    List<Pair> received = watcher.takeUntil(marker);
    if (received == null) {
      throw new Broken(
          "%s still receives what %s sends".formatted(watcher.role(), speaker.role()),
          watcher.silence());
    }
    return received;
  }

  /**
   * Checks that the watcher is connected and in step, and that the server sent it nothing of its
   * own. What a stranger sends reaches Bob as well; Bob must have been a member for longer.
   */
  void receivesOnlyPosts(Peer watcher) throws Broken, InterruptedException {
    receivesNothing(watcher);
    List<Post> unasked = unknownToBob(watcher.takeStrangers());
    if (!unasked.isEmpty()) {
      throw new Broken(
          watcher.role() + " receives nothing but what others send",
          "it received " + unasked.get(0));
    }
  }

  /**
   * Returns those messages that Bob has not received, once he has received everything sent so far.
   */
  List<Post> unknownToBob(List<Post> received) throws Broken, InterruptedException {
    fence(bob());
    List<Post> strangers = bob().takeStrangers();
    return received.stream().filter(sent -> !strangers.contains(sent)).toList();
  }

  /** Discards what strangers or the server itself have sent so far. */
  void forgetStrangers(Peer watcher) throws Broken, InterruptedException {
    fence(watcher);
    watcher.takeStrangers();
  }

  /** The positive control after every case: the room still works. */
  void checkStillWorks() throws Broken, InterruptedException {
    fence(bob());
    fence(alice());
    sendGoodbye();
  }

  /**
   * Sends a last message and gives every peer a moment to receive it; this is not a check. Closing
   * a connection to which data is still on its way can crash an otherwise correct server, and the
   * next case would be blamed.
   */
  private void sendGoodbye() throws Broken, InterruptedException {
    Bytes goodbye = mark(bob());
    long deadline = System.nanoTime() + MAX_SETTLE.toNanos();
    for (Peer peer : peers) {
      if (peer != bob() && peer.isPresent()) {
        peer.awaitControl(goodbye, Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
      }
    }
  }

  // Waiting

  /**
   * Gives the server a moment to read what was sent so far, until a later message has passed
   * through the room; this is not a check. Once a server has taken too long, it gets only a tenth
   * of the time.
   */
  void settle() throws Broken, InterruptedException {
    Bytes marker = mark(alice());
    settles = bob().awaitControl(marker, settles ? MAX_SETTLE : MAX_SETTLE.dividedBy(10));
  }

  /** Gives the server a moment to notice that a peer has left; this is not a check. */
  void letLeave(Peer peer) throws Broken, InterruptedException {
    Duration brief = settles && !peer.isClosed() ? MAX_SETTLE : Duration.ofMillis(1);
    if (!peer.awaitClosed(brief)) {
      settle();
    }
  }

  /**
   * Checks that the server closes these connections, by FIN or RST, all of them within the usual
   * timeout.
   */
  void closes(Peer... peers) throws Broken, InterruptedException {
    awaitClosed(Arrays.asList(peers));
    for (Peer peer : peers) {
      closes(peer, Duration.ZERO, timeout);
    }
  }

  /**
   * Checks that the server closes this connection within {@code left}; {@code allowed} is all the
   * time it had.
   */
  void closes(Peer peer, Duration left, Duration allowed) throws Broken, InterruptedException {
    if (!hasClosed(peer, left)) {
      throw new Broken(
          "the server closes the connection of " + peer.role(),
          String.format(
              Locale.ROOT, "it was still open after %.3g s", allowed.toMillis() / 1000.0));
    }
  }

  /** Returns true if these connections are closed almost at once; no other case runs meanwhile. */
  boolean closeSoon(Peer... peers) throws InterruptedException {
    long deadline = System.nanoTime() + MAX_WAIT_IN_TURN.toNanos();
    boolean all = true;
    for (Peer peer : peers) {
      all &= peer.awaitClosed(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    }
    return all;
  }

  /** Gives the server the usual time to close these connections; this is not a check. */
  void awaitClosed(List<Peer> peers) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    for (Peer peer : peers) {
      hasClosed(peer, Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    }
  }

  boolean hasClosed(Peer peer, Duration patience) throws InterruptedException {
    Duration brief = patience.compareTo(MAX_WAIT_IN_TURN) < 0 ? patience : MAX_WAIT_IN_TURN;
    if (peer.awaitClosed(brief)) {
      return true;
    }
    return !patience.minus(brief).isZero()
        && awaitOffTurn(() -> peer.awaitClosed(patience.minus(brief)));
  }

  /** Waits while other cases run. */
  boolean awaitOffTurn(Wait wait) throws InterruptedException {
    turn.release();
    try {
      return wait.await();
    } finally {
      turn.take();
    }
  }

  /** Performs a long step that disturbs nobody, while other cases run. */
  void runOffTurn(Step step) throws Broken, InterruptedException {
    turn.release();
    try {
      step.run();
    } finally {
      turn.take();
    }
  }

  /** A long step that disturbs nobody and can fail. */
  @FunctionalInterface
  interface Step {
    void run() throws Broken, InterruptedException;
  }

  /** A long wait that disturbs nobody. */
  @FunctionalInterface
  interface Wait {
    boolean await() throws InterruptedException;
  }

  @Override
  public void close() {
    peers.forEach(Peer::close);
  }
}
