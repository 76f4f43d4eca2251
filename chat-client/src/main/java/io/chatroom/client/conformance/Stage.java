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
 * What a case is handed: a room in which two members, Alice and Bob, have just heard each other,
 * and the means to bring in more, to compare what they hear, and to be sure that nothing else
 * comes.
 *
 * <p>A registration has no reply (P-10), so membership is proved: the newcomer says something, and
 * when Bob has heard it, the newcomer was a member. And silence is proved: after what must not be
 * heard, Alice says a marker; what the watcher hears before it counts.
 *
 * <p>Closing the stage closes every connection it opened.
 */
final class Stage implements AutoCloseable {

  /** How long a wait may hold up the other cases before it steps aside. */
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
   * The positive control before every case: Alice and Bob come in, and each hears the other. A
   * server that closes everything, or answers nothing, gets no further than this.
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
    stillWorks(); // and whatever came while they met is forgotten
  }

  /** The speaker says markers until the listener hears one: it may not follow the talk yet. */
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
            "%s hears what %s says".formatted(listener.role(), speaker.role()), listener.silence());
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

  // Bringing people in

  /** Connected, nothing sent. */
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

  /** Connected, registered, and proved to be a member. */
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

  /** Proves that somebody who has sent a registration is a member now. */
  Peer admit(Peer newcomer) throws Broken, InterruptedException {
    Bytes hello = mark(newcomer);
    if (!bob().awaitControl(hello, timeout)) {
      throw notAdmitted(newcomer);
    }
    return newcomer;
  }

  /**
   * Waits until somebody hears what Alice says now.
   *
   * @return false if the server has closed its connection, or lost the place in its stream
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
   * Sees whether somebody who has sent a registration is a member now.
   *
   * @return false if the server has closed the connection: it may have had enough of them
   * @throws Broken if it is neither
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
        "%s is a member after its registration: bob hears it".formatted(newcomer.role()),
        bob().hasEnded() ? bob().silence() : newcomer.silence());
  }

  private Bytes mark(Peer speaker) throws Broken {
    Bytes marker = tag.control("marker-" + ++markers);
    speaker.say(marker);
    return marker;
  }

  // Checking what they hear

  /** The watcher hears exactly this, in this order, and nothing else. */
  void hears(Peer watcher, Said... expected) throws Broken, InterruptedException {
    hears(watcher, Arrays.asList(expected));
  }

  void hears(Peer watcher, List<Said> expected) throws Broken, InterruptedException {
    List<Pair> heard = watcher.take(expected.size());
    compare(watcher, expected, heard);
    hearsNothing(watcher);
  }

  /** Each of them hears exactly this. */
  void hear(List<Peer> watchers, List<Said> expected) throws Broken, InterruptedException {
    for (Peer watcher : watchers) {
      hears(watcher, expected);
    }
  }

  /** The next that a watcher hears is this; more may follow. */
  void hearsNext(Peer watcher, List<Said> expected) throws Broken, InterruptedException {
    compare(watcher, expected, watcher.take(expected.size()));
  }

  /** All of them hear this, less what each said itself, and nothing else; asked with one marker. */
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
   * Bob hears this, or the server closes the connection of who said it and he hears none of it.
   *
   * @return false if the server has refused it
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
            "bob hears " + expected.get(heard) + (heard == 0 ? ", or its sender is closed" : ""),
            heard > 0 && sender.hasEnded()
                ? "of %s: %s".formatted(sender.role(), sender.silence())
                : bob().silence());
      }
    }
    return true;
  }

  private static void compare(Peer watcher, List<Said> expected, List<Pair> heard) throws Broken {
    for (int i = 0; i < expected.size(); i++) {
      String which =
          expected.size() == 1
              ? watcher.role() + " hears "
              : String.format(
                  Locale.ROOT,
                  "%s hears, as number %d of %d, ",
                  watcher.role(),
                  i + 1,
                  expected.size());
      if (i >= heard.size()) {
        throw new Broken(which + expected.get(i), watcher.silence());
      }
      if (!heard.get(i).said().equals(expected.get(i))) {
        throw new Broken(which + expected.get(i), "it heard " + heard.get(i).said());
      }
    }
  }

  /**
   * Takes the next pairs that a watcher hears, whoever said them.
   *
   * @throws Broken if fewer came
   */
  List<Pair> take(Peer watcher, int count) throws Broken, InterruptedException {
    List<Pair> heard = watcher.take(count);
    if (heard.size() < count) {
      throw new Broken(
          String.format(Locale.ROOT, "%s hears %,d messages", watcher.role(), count),
          String.format(Locale.ROOT, "after %,d of them %s", heard.size(), watcher.silence()));
    }
    return heard;
  }

  /** The watcher is alive and in step, and has heard nothing since it was last asked. */
  void hearsNothing(Peer watcher) throws Broken, InterruptedException {
    Peer speaker = speakerFor(watcher);
    nothingBefore(mark(speaker), speaker, watcher);
  }

  private static void nothingBefore(Bytes marker, Peer speaker, Peer watcher)
      throws Broken, InterruptedException {
    List<Pair> heard = before(marker, speaker, watcher);
    if (!heard.isEmpty()) {
      throw new Broken(watcher.role() + " hears nothing more", "it heard " + heard.get(0).said());
    }
  }

  void hearNothing(List<Peer> watchers) throws Broken, InterruptedException {
    for (Peer watcher : watchers) {
      hearsNothing(watcher);
    }
  }

  /** What the watcher heard before a marker that is said now. */
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
          "%s goes on hearing what %s says".formatted(watcher.role(), speaker.role()),
          watcher.silence());
    }
    return heard;
  }

  /**
   * The watcher is alive and in step, and has heard nothing that the server made up for it alone:
   * what a stranger says, Bob hears as well. Bob must have been listening for longer.
   */
  void hearsOnlyWhatIsSaid(Peer watcher) throws Broken, InterruptedException {
    hearsNothing(watcher);
    List<Said> unasked = unknownToBob(watcher.takeStrangers());
    if (!unasked.isEmpty()) {
      throw new Broken(
          watcher.role() + " hears nothing but what others say", "it heard " + unasked.get(0));
    }
  }

  /** What of this Bob has not heard, although he has heard all that was said up to now. */
  List<Said> unknownToBob(List<Said> heard) throws Broken, InterruptedException {
    fence(bob());
    List<Said> strangers = bob().takeStrangers();
    return heard.stream().filter(said -> !strangers.contains(said)).toList();
  }

  /** What strangers, or the server itself, have said up to now is of no interest. */
  void forgetStrangers(Peer watcher) throws Broken, InterruptedException {
    fence(watcher);
    watcher.takeStrangers();
  }

  /** The positive control after every case: the room is as it was. */
  void stillWorks() throws Broken, InterruptedException {
    fence(bob());
    fence(alice());
    sayGoodbye();
  }

  /**
   * A last word, and a moment for all to hear it; no judgement. Who hangs up while something is on
   * its way to it can end a server that is otherwise right, and the next case would be blamed.
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
   * Lets the server get at what was sent so far: something later has gone through the room. It is
   * no judgement; a server that is held up is given a moment, and from then on less of one.
   */
  void settle() throws Broken, InterruptedException {
    Bytes marker = mark(alice());
    settles = bob().awaitControl(marker, settles ? SETTLE : SETTLE.dividedBy(10));
  }

  /** Gives the server a moment to notice that somebody has gone; no judgement either. */
  void letLeave(Peer peer) throws Broken, InterruptedException {
    Duration brief = settles && !peer.isClosed() ? SETTLE : Duration.ofMillis(1);
    if (!peer.awaitClosed(brief)) {
      settle();
    }
  }

  /** The server closes these connections, by FIN or RST, and has the usual time for all of them. */
  void closes(Peer... peers) throws Broken, InterruptedException {
    awaitClosed(Arrays.asList(peers));
    for (Peer peer : peers) {
      closes(peer, Duration.ZERO, timeout);
    }
  }

  /** The server closes this connection {@code left} from now, when it has had {@code allowed}. */
  void closes(Peer peer, Duration left, Duration allowed) throws Broken, InterruptedException {
    if (!hasClosed(peer, left)) {
      throw new Broken(
          "the server closes the connection of " + peer.role(),
          String.format(
              Locale.ROOT, "it was still open after %.3g s", allowed.toMillis() / 1000.0));
    }
  }

  /** Whether these connections are closed at once, or nearly so; no other case begins meanwhile. */
  boolean closeSoon(Peer... peers) throws InterruptedException {
    long deadline = System.nanoTime() + ON_THE_FLOOR.toNanos();
    boolean all = true;
    for (Peer peer : peers) {
      all &= peer.awaitClosed(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    }
    return all;
  }

  /** Gives the server the usual time to close these connections; no judgement. */
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

  /** Waits for something while other cases go on. */
  boolean aside(Wait wait) throws InterruptedException {
    floor.leave();
    try {
      return wait.forIt();
    } finally {
      floor.enter();
    }
  }

  /** Does something that disturbs nobody and may take long, while other cases go on. */
  void doAside(Step step) throws Broken, InterruptedException {
    floor.leave();
    try {
      step.done();
    } finally {
      floor.enter();
    }
  }

  /** Something that takes long, disturbs nobody, and can fail. */
  @FunctionalInterface
  interface Step {
    void done() throws Broken, InterruptedException;
  }

  /** Something that takes long and disturbs nobody. */
  @FunctionalInterface
  interface Wait {
    boolean forIt() throws InterruptedException;
  }

  @Override
  public void close() {
    peers.forEach(Peer::close);
  }
}
