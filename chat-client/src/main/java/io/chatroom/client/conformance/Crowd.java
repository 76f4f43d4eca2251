package io.chatroom.client.conformance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;

/**
 * Several members that send at the same time, with a record of what they sent, to judge order,
 * completeness and loss.
 */
final class Crowd {

  private final List<Peer> speakers;
  private final Map<Bytes, List<Said>> saidBy = new LinkedHashMap<>();

  private Crowd(List<Peer> speakers) {
    this.speakers = speakers;
    speakers.forEach(speaker -> saidBy.put(speaker.name(), new ArrayList<>()));
  }

  static Crowd of(List<Peer> speakers) {
    return new Crowd(speakers);
  }

  List<Peer> speakers() {
    return speakers;
  }

  /** Each member sends {@code rounds} messages of at least {@code bytes} bytes, all different. */
  Crowd talks(int rounds, int bytes) throws Broken {
    Bytes filler = Bytes.utf8(".").times(bytes);
    for (int round = 0; round < rounds; round++) {
      for (Peer speaker : speakers) {
        said(speaker).add(speaker.say(Bytes.utf8("message " + round + " ").plus(filler)));
      }
    }
    return this;
  }

  /**
   * Each member sends {@code rounds} messages of several sizes from its own thread; all send each
   * round at the same time.
   */
  Crowd talksAtOnce(int rounds) throws Broken, InterruptedException {
    Phaser together = new Phaser(speakers.size());
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<Future<List<Said>>> talking = new ArrayList<>();
      for (Peer speaker : speakers) {
        talking.add(
            threads.submit(
                () -> {
                  try {
                    List<Said> said = new ArrayList<>();
                    for (int round = 1; round <= rounds; round++) {
                      Bytes filler = Sizes.text(60 * round % 1000);
                      together.arriveAndAwaitAdvance();
                      said.add(speaker.say(Bytes.utf8("message " + round + " ").plus(filler)));
                    }
                    return said;
                  } finally {
                    together.arriveAndDeregister();
                  }
                }));
      }
      for (int i = 0; i < speakers.size(); i++) {
        said(speakers.get(i)).addAll(talking.get(i).get());
      }
      return this;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Broken broken) {
        throw broken;
      }
      throw new IllegalStateException("the kit failed to send", e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private List<Said> said(Peer speaker) {
    return saidBy.getOrDefault(speaker.name(), List.of());
  }

  int size() {
    return saidBy.values().stream().mapToInt(List::size).sum();
  }

  int sizeWithout(Peer speaker) {
    return size() - said(speaker).size();
  }

  /**
   * Checks that everything sent was received, each message once, and each sender's messages in
   * order.
   */
  void isHeardWhole(String who, List<Said> heard) throws Broken {
    isHeardInPart(who, heard);
    if (heard.size() < size()) {
      throw new Broken(
          "%s receives all %d messages".formatted(who, size()), "it received " + heard.size());
    }
  }

  /**
   * Checks that everything received was sent, each message at most once, and each sender's messages
   * in order.
   */
  void isHeardInPart(String who, List<Said> heard) throws Broken {
    Map<Bytes, Integer> next = new LinkedHashMap<>();
    for (Said each : heard) {
      List<Said> said = saidBy.getOrDefault(each.name(), List.of());
      int place = said.indexOf(each);
      if (place < 0) {
        throw new Broken(who + " receives only what was sent", "it received " + each);
      }
      int due = next.getOrDefault(each.name(), 0);
      if (place < due) {
        throw new Broken(
            who + " receives each message once, in its sender's order",
            "after " + said.get(due - 1) + " it received " + each);
      }
      next.put(each.name(), place + 1);
    }
  }

  /**
   * Checks that two members received the messages in the same order, apart from their own messages.
   */
  static void sameOrder(Peer one, List<Said> heardByOne, Peer other, List<Said> heardByOther)
      throws Broken {
    List<Said> first = without(heardByOne, other);
    List<Said> second = without(heardByOther, one);
    for (int i = 0; i < Math.min(first.size(), second.size()); i++) {
      if (!first.get(i).equals(second.get(i))) {
        throw new Broken(
            "%s receives, as message %d, the same as %s: %s"
                .formatted(other.role(), i + 1, one.role(), first.get(i)),
            "it received " + second.get(i));
      }
    }
  }

  private static List<Said> without(List<Said> heard, Peer speaker) {
    return heard.stream().filter(said -> !said.name().equals(speaker.name())).toList();
  }
}
