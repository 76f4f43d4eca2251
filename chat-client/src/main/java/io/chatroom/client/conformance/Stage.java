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
  private static final Duration ON_THE_FLOOR = Duration.ofMillis(250);

  private static final Duration SETTLE = Duration.ofMillis(250);
  private static final Duration POLL = Duration.ofMillis(10);

  private final InetSocketAddress server;
  private final Tag tag;
  private final Terms terms;
  private final Duration timeout;
  private final Floor floor;
  private final ScheduledExecutorService watchdog;
  private final List<Peer> peers = new ArrayList<>();
  private int markers;
  private boolean settles = true;
  private @Nullable Peer alice;
  private @Nullable Peer bob;

  Stage(Setting setting) {
    this.server = setting.server();
    this.tag = setting.tag();
    this.terms = setting.terms();
    this.timeout = setting.timeout();
    this.floor = setting.floor();
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
    stillWorks(); // also discards what came while they met
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

  Terms terms() {
    return terms;
  }

  // Connecting peers

  /** Connects and sends nothing. */
  Peer connect(String role) throws Broken {
    return connect(role, tag.name("-" + role));
  }

  Peer connect(String role, Bytes name) throws Broken {
    return connect(role, name, Peer.Hearing.ATTENTIVE);
  }

  Peer connect(String role, Peer.Hearing hearing) throws Broken {
    return connect(role, tag.name("-" + role), hearing);
  }

  private Peer connect(String role, Bytes name, Peer.Hearing hearing) throws Broken {
    Peer peer = Peer.connect(server, role, hearing, tag, name, timeout, watchdog);
    peers.add(peer);
    return peer;
  }

  /** Connects, registers, and proves that the peer is a member. */
  Peer join(String role) throws Broken, InterruptedException {
    return join(role, tag.name("-" + role));
  }

  Peer join(String role, Bytes name) throws Broken, InterruptedException {
    return join(role, name, Peer.Hearing.ATTENTIVE);
  }

  Peer join(String role, Peer.Hearing hearing) throws Broken, InterruptedException {
    return join(role, tag.name("-" + role), hearing);
  }

  private Peer join(String role, Bytes name, Peer.Hearing hearing)
      throws Broken, InterruptedException {
    Peer peer = connect(role, name, hearing);
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
    speaker.say(marker);
    return marker;
  }

  // Checking what they receive

  /** Checks that the watcher receives exactly these messages, in this order, and nothing else. */
  void hears(Peer watcher, Said... expected) throws Broken, InterruptedException {
    hears(watcher, Arrays.asList(expected));
  }

  void hears(Peer watcher, List<Said> expected) throws Broken, InterruptedException {
    List<Pair> heard = watcher.take(expected.size());
    compare(watcher, expected, heard);
    hearsNothing(watcher);
  }

  /** Checks that each watcher receives exactly these messages. */
  void hear(List<Peer> watchers, List<Said> expected) throws Broken, InterruptedException {
    for (Peer watcher : watchers) {
      hears(watcher, expected);
    }
  }

  /** Checks that the watcher receives these messages next; more may follow. */
  void hearsNext(Peer watcher, List<Said> expected) throws Broken, InterruptedException {
    compare(watcher, expected, watcher.take(expected.size()));
  }

  /**
   * Checks that all watchers receive these messages, each without its own, and nothing else. One
   * marker serves them all.
   */
  void hearTogether(List<Peer> watchers, List<Said> expected, Map<Peer, Said> own)
      throws Broken, InterruptedException {
    for (Peer watcher : watchers) {
      Said itself = own.get(watcher);
      List<Said> others = expected.stream().filter(said -> !said.equals(itself)).toList();
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
  boolean hearsUnlessRefused(Peer sender, List<Said> expected) throws Broken, InterruptedException {
    int heard = 0;
    long deadline = System.nanoTime() + timeout.toNanos();
    while (heard < expected.size()) {
      List<Pair> next = bob().take(1, POLL);
      if (!next.isEmpty()) {
        compare(bob(), expected.subList(heard, heard + 1), next);
        heard++;
        deadline = System.nanoTime() + timeout.toNanos();
      } else if (heard == 0 && sender.hasEnded()) {
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
                + expected.get(heard)
                + (heard == 0 ? ", or the server closes the connection of " + sender.role() : ""),
            heard > 0 && sender.hasEnded()
                ? "for %s: %s".formatted(sender.role(), sender.silence())
                : bob().silence());
      }
    }
    return true;
  }

  private static void compare(Peer watcher, List<Said> expected, List<Pair> heard) throws Broken {
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
      if (i >= heard.size()) {
        throw new Broken(which + expected.get(i), watcher.silence());
      }
      if (!heard.get(i).said().equals(expected.get(i))) {
        throw new Broken(which + expected.get(i), "it received " + heard.get(i).said());
      }
    }
  }

  /**
   * Takes the next {@code count} pairs that the watcher receives, from any sender.
   *
   * @throws Broken if fewer arrive in time
   */
  List<Pair> take(Peer watcher, int count) throws Broken, InterruptedException {
    List<Pair> heard = watcher.take(count);
    if (heard.size() < count) {
      throw new Broken(
          String.format(Locale.ROOT, "%s receives %,d messages", watcher.role(), count),
          String.format(Locale.ROOT, "after %,d of them, %s", heard.size(), watcher.silence()));
    }
    return heard;
  }

  /**
   * Checks that the watcher is connected and in step, and has received nothing since the last
   * check.
   */
  void hearsNothing(Peer watcher) throws Broken, InterruptedException {
    Peer speaker = speakerFor(watcher);
    nothingBefore(mark(speaker), speaker, watcher);
  }

  private static void nothingBefore(Bytes marker, Peer speaker, Peer watcher)
      throws Broken, InterruptedException {
    List<Pair> heard = before(marker, speaker, watcher);
    if (!heard.isEmpty()) {
      throw new Broken(
          watcher.role() + " receives nothing more", "it received " + heard.get(0).said());
    }
  }

  void hearNothing(List<Peer> watchers) throws Broken, InterruptedException {
    for (Peer watcher : watchers) {
      hearsNothing(watcher);
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
    List<Pair> heard = watcher.takeUntil(marker);
    if (heard == null) {
      throw new Broken(
          "%s still receives what %s sends".formatted(watcher.role(), speaker.role()),
          watcher.silence());
    }
    return heard;
  }

  /**
   * Checks that the watcher is connected and in step, and that the server sent it nothing of its
   * own. What a stranger sends reaches Bob as well; Bob must have been a member for longer.
   */
  void hearsOnlyWhatIsSaid(Peer watcher) throws Broken, InterruptedException {
    hearsNothing(watcher);
    List<Said> unasked = unknownToBob(watcher.takeStrangers());
    if (!unasked.isEmpty()) {
      throw new Broken(
          watcher.role() + " receives nothing but what others send",
          "it received " + unasked.get(0));
    }
  }

  /**
   * Returns those messages that Bob has not received, once he has received everything sent so far.
   */
  List<Said> unknownToBob(List<Said> heard) throws Broken, InterruptedException {
    fence(bob());
    List<Said> strangers = bob().takeStrangers();
    return heard.stream().filter(said -> !strangers.contains(said)).toList();
  }

  /** Discards what strangers or the server itself have sent so far. */
  void forgetStrangers(Peer watcher) throws Broken, InterruptedException {
    fence(watcher);
    watcher.takeStrangers();
  }

  /** The positive control after every case: the room still works. */
  void stillWorks() throws Broken, InterruptedException {
    fence(bob());
    fence(alice());
    sayGoodbye();
  }

  /**
   * Sends a last message and gives every peer a moment to receive it; this is not a check. Closing
   * a connection to which data is still on its way can crash an otherwise correct server, and the
   * next case would be blamed.
   */
  private void sayGoodbye() throws Broken, InterruptedException {
    Bytes goodbye = mark(bob());
    long deadline = System.nanoTime() + SETTLE.toNanos();
    for (Peer peer : peers) {
      if (peer != bob() && peer.listens()) {
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
    settles = bob().awaitControl(marker, settles ? SETTLE : SETTLE.dividedBy(10));
  }

  /** Gives the server a moment to notice that a peer has left; this is not a check. */
  void letLeave(Peer peer) throws Broken, InterruptedException {
    Duration brief = settles && !peer.isClosed() ? SETTLE : Duration.ofMillis(1);
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
    long deadline = System.nanoTime() + ON_THE_FLOOR.toNanos();
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
    Duration brief = patience.compareTo(ON_THE_FLOOR) < 0 ? patience : ON_THE_FLOOR;
    if (peer.awaitClosed(brief)) {
      return true;
    }
    return !patience.minus(brief).isZero() && aside(() -> peer.awaitClosed(patience.minus(brief)));
  }

  /** Waits while other cases run. */
  boolean aside(Wait wait) throws InterruptedException {
    floor.leave();
    try {
      return wait.forIt();
    } finally {
      floor.enter();
    }
  }

  /** Performs a long step that disturbs nobody, while other cases run. */
  void doAside(Step step) throws Broken, InterruptedException {
    floor.leave();
    try {
      step.done();
    } finally {
      floor.enter();
    }
  }

  /** A long step that disturbs nobody and can fail. */
  @FunctionalInterface
  interface Step {
    void done() throws Broken, InterruptedException;
  }

  /** A long wait that disturbs nobody. */
  @FunctionalInterface
  interface Wait {
    boolean forIt() throws InterruptedException;
  }

  @Override
  public void close() {
    peers.forEach(Peer::close);
  }
}
