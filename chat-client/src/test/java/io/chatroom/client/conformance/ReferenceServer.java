package io.chatroom.client.conformance;

import static io.chatroom.client.conformance.Defect.*;

import io.chatroom.client.conformance.ReferenceFrame.Violation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Exchanger;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The seed's protocol, written as simply as possible: two threads for each connection, one lock for
 * the room. It meets every requirement, unless it was given a {@link Defect}. So the tests show
 * that each case of the kit fails with a defect and passes without it.
 */
final class ReferenceServer implements AutoCloseable {

  private final @Nullable Defect defect;
  private final Duration registrationTimeout;
  private final ReferenceWire wire;
  private final ServerSocket listening;
  private final List<ReferenceConnection> connections = new ArrayList<>();

  /** In the order of joining; its lock guards the order of the room. */
  private final List<ReferenceConnection> members = new ArrayList<>();

  private final Deque<byte[]> history = new ArrayDeque<>();
  private final ScheduledThreadPoolExecutor later =
      new ScheduledThreadPoolExecutor(1, new ThreadPoolExecutor.DiscardPolicy());
  private final Semaphore slots;
  private final Exchanger<String> tearing = new Exchanger<>();
  private final Deque<ReferenceConnection> recent = new ArrayDeque<>();
  private int relayed;
  private int joined;

  ReferenceServer(@Nullable Defect defect, Duration registrationTimeout) throws IOException {
    this.defect = defect;
    this.wire = new ReferenceWire(defect);
    this.registrationTimeout =
        registrationTimeout.multipliedBy(
            defect == LATE_REGISTRATION_TIMEOUT || defect == BYTES_EXTEND_THE_TIMEOUT ? 20 : 1);
    this.slots = new Semaphore(defect == SERVES_50_AT_A_TIME ? 50 : Integer.MAX_VALUE);
    this.listening = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    start("accept", this::accept);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listening.getLocalSocketAddress();
  }

  @Override
  public void close() throws IOException {
    stop();
  }

  /** Closes every connection and accepts no more. */
  void stop() throws IOException {
    listening.close();
    later.shutdownNow();
    synchronized (connections) {
      connections.forEach(ReferenceConnection::close);
    }
  }

  boolean has(Defect one) {
    return defect == one;
  }

  static Thread start(String name, Runnable task) {
    Thread thread = new Thread(task, "reference-" + name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void accept() {
    try {
      while (true) {
        slots.acquire();
        ReferenceConnection connection = new ReferenceConnection(this, listening.accept());
        synchronized (connections) {
          connections.add(connection);
        }
        if (has(REGISTERS_ONE_AT_A_TIME)) {
          connection.registerThenServe();
        } else {
          start("read", () -> serve(connection));
        }
      }
    } catch (IOException | InterruptedException closed) {
      // by close()
    }
  }

  private void serve(ReferenceConnection connection) {
    connection.serve();
    slots.release();
  }

  Duration registrationTimeout() {
    return registrationTimeout;
  }

  ReferenceWire wire() {
    return wire;
  }

  void later(Runnable task, Duration delay) {
    var unused = later.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  // The room

  /** Returns the lock that guards the order of the room. */
  Object room() {
    return members;
  }

  void add(ReferenceConnection member) {
    synchronized (members) {
      members.add(member);
    }
  }

  /** Waits until another connection tears a pair as well, so that the parts of both are mixed. */
  void meetAnotherThatTears() throws InterruptedException {
    try {
      String unused = tearing.exchange("", 10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      // this was the last one
    }
  }

  void others(ReferenceConnection sender, byte[] bytes) {
    synchronized (members) {
      for (ReferenceConnection member : members) {
        if (member != sender) {
          member.send(bytes);
        }
      }
    }
  }

  void join(ReferenceConnection newcomer) {
    synchronized (members) {
      if (has(REJECTS_NAMES_IN_USE) && members.stream().anyMatch(newcomer::hasTheNameOf)) {
        newcomer.close();
      }
      if (has(RELAYS_REGISTRATIONS)) {
        everybody(wire.pair(newcomer.name(), newcomer.name()));
      }
      if (has(ANNOUNCES_NEWCOMERS)) {
        everybody(wire.notice("somebody came"));
      }
      if (!members.contains(newcomer) && !(has(ADMITS_1024_IN_ALL) && ++joined > 1024)) {
        members.add(newcomer);
      }
      if (has(SENDS_HISTORY)) {
        history.forEach(newcomer::send);
      }
      if (has(GREETS)) {
        newcomer.send(wire.notice("welcome"));
      }
    }
  }

  void leave(ReferenceConnection leaver) {
    synchronized (members) {
      boolean wasMember = members.remove(leaver);
      if (has(FORGETS_THE_FIRST_OF_A_CROWD) && members.size() > 100) {
        members.remove(0);
      }
      if (has(ANNOUNCES_LEAVERS) && wasMember) {
        everybody(wire.notice("somebody left"));
      }
      if (has(LEAVING_CLOSES_A_NEIGHBOUR) && !members.isEmpty()) {
        members.get(0).close();
      }
    }
  }

  void relay(ReferenceConnection sender, ReferenceFrame message) {
    byte[] pair = wire.pair(sender.name(), message);
    String text = message.text();
    synchronized (members) {
      if (has(RELAYS_NOTHING)
          || (has(DROPS_EMPTY_MESSAGES) && message.payload().length == 0)
          || (has(DROPS_A_REPEATED_NAME) && text.equals(sender.name().text()))
          || (has(DROPS_ONE_IN_A_THOUSAND) && ++relayed % 1000 == 0)
          || (has(ENDS_AFTER_65536_MESSAGES) && ++relayed > 65_536)
          || (has(HEARS_THE_FIRST_100) && members.indexOf(sender) >= 100)
          || (has(LOSES_WHERE_MANY_TALK) && manyTalk(sender))) {
        return;
      }
      if (has(SENDS_HISTORY)) {
        history.add(pair);
      }
      for (ReferenceConnection member : List.copyOf(members)) {
        boolean own = member == sender || (has(EXCLUDES_BY_NAME) && member.hasTheNameOf(sender));
        boolean forgotten =
            has(FORGETS_THE_NEWEST_MEMBER) && members.size() > 5 && member == newest();
        forgotten |= has(SENDS_TO_THE_FIRST_50) && members.indexOf(member) >= 50;
        forgotten |= has(FORGETS_THE_NINTH_NAMESAKE) && isNinthNamesake(member, sender);
        boolean tooNew = has(MISSES_THE_FIRST_MESSAGE) && !own && member.isNew();
        if ((!own || has(ECHOES)) && !forgotten && !tooNew) {
          member.deliver(sender, pair, text, swaps(member, text));
        }
      }
      if (has(CONFIRMS)) {
        sender.send(wire.notice("ok"));
      }
    }
  }

  private boolean manyTalk(ReferenceConnection sender) {
    recent.add(sender);
    if (recent.size() > 64) {
      recent.remove();
    }
    return recent.stream().distinct().filter(members::contains).count() > 40;
  }

  private boolean isNinthNamesake(ReferenceConnection member, ReferenceConnection sender) {
    List<ReferenceConnection> namesakes =
        members.stream().filter(each -> each.hasTheNameOf(sender)).toList();
    return namesakes.indexOf(member) == 8;
  }

  private ReferenceConnection newest() {
    return members.get(members.size() - 1);
  }

  private boolean swaps(ReferenceConnection member, String text) {
    return (has(SWAPS_MESSAGES) && text.equals("message 7"))
        || (has(ANOTHER_ORDER_FOR_SOME)
            && text.startsWith("message 7 ")
            && members.indexOf(member) % 2 == 1);
  }

  private void everybody(byte[] pair) {
    members.forEach(member -> member.send(pair));
  }

  void violated(ReferenceConnection offender, Violation violation) {
    if (has(ANSWERS_VIOLATIONS)) {
      offender.sendNow(wire.notice("bad frame: " + violation.getMessage()));
    }
    synchronized (members) {
      for (ReferenceConnection member : List.copyOf(members)) {
        if (has(VIOLATIONS_CLOSE_EVERYBODY)
            || (has(VIOLATIONS_CLOSE_NAMESAKES) && member.hasTheNameOf(offender))) {
          member.close();
        }
      }
    }
  }
}
