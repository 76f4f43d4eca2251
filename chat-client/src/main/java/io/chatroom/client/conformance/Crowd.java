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
  private final Map<Bytes, List<Post>> sentBy = new LinkedHashMap<>();

  private Crowd(List<Peer> speakers) {
    this.speakers = speakers;
    speakers.forEach(speaker -> sentBy.put(speaker.name(), new ArrayList<>()));
  }

  static Crowd of(List<Peer> speakers) {
    return new Crowd(speakers);
  }

  List<Peer> speakers() {
    return speakers;
  }

  /** Each member sends {@code rounds} messages of at least {@code bytes} bytes, all different. */
  Crowd sends(int rounds, int bytes) throws Broken {
    Bytes filler = Bytes.utf8(".").times(bytes);
    for (int round = 0; round < rounds; round++) {
      for (Peer speaker : speakers) {
        postsOf(speaker).add(speaker.post(Bytes.utf8("message " + round + " ").plus(filler)));
      }
    }
    return this;
  }

  /**
   * Each member sends {@code rounds} messages of several sizes from its own thread; all send each
   * round at the same time.
   */
  Crowd sendsAtOnce(int rounds) throws Broken, InterruptedException {
    Phaser together = new Phaser(speakers.size());
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<Future<List<Post>>> sending = new ArrayList<>();
      for (Peer speaker : speakers) {
        sending.add(
            threads.submit(
                () -> {
                  try {
                    List<Post> sent = new ArrayList<>();
                    for (int round = 1; round <= rounds; round++) {
                      Bytes filler = Sizes.text(60 * round % 1000);
                      together.arriveAndAwaitAdvance();
                      sent.add(speaker.post(Bytes.utf8("message " + round + " ").plus(filler)));
                    }
                    return sent;
                  } finally {
                    together.arriveAndDeregister();
                  }
                }));
      }
      for (int i = 0; i < speakers.size(); i++) {
        postsOf(speakers.get(i)).addAll(sending.get(i).get());
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

  private List<Post> postsOf(Peer speaker) {
    return sentBy.getOrDefault(speaker.name(), List.of());
  }

  int size() {
    return sentBy.values().stream().mapToInt(List::size).sum();
  }

  int sizeWithout(Peer speaker) {
    return size() - postsOf(speaker).size();
  }

  /**
   * Checks that everything sent was received, each message once, and each sender's messages in
   * order.
   */
  void isReceivedWhole(String who, List<Post> received) throws Broken {
    isReceivedInPart(who, received);
    if (received.size() < size()) {
      throw new Broken(
          "%s receives all %d messages".formatted(who, size()), "it received " + received.size());
    }
  }

  /**
   * Checks that everything received was sent, each message at most once, and each sender's messages
   * in order.
   */
  void isReceivedInPart(String who, List<Post> received) throws Broken {
    Map<Bytes, Integer> next = new LinkedHashMap<>();
    for (Post each : received) {
      List<Post> sent = sentBy.getOrDefault(each.name(), List.of());
      int place = sent.indexOf(each);
      if (place < 0) {
        throw new Broken(who + " receives only what was sent", "it received " + each);
      }
      int due = next.getOrDefault(each.name(), 0);
      if (place < due) {
        throw new Broken(
            who + " receives each message once, in its sender's order",
            "after " + sent.get(due - 1) + " it received " + each);
      }
      next.put(each.name(), place + 1);
    }
  }

  /**
   * Checks that two members received the messages in the same order, apart from their own messages.
   */
  static void sameOrder(Peer one, List<Post> receivedByOne, Peer other, List<Post> receivedByOther)
      throws Broken {
    List<Post> first = without(receivedByOne, other);
    List<Post> second = without(receivedByOther, one);
    for (int i = 0; i < Math.min(first.size(), second.size()); i++) {
      if (!first.get(i).equals(second.get(i))) {
        throw new Broken(
            "%s receives, as message %d, the same as %s: %s"
                .formatted(other.role(), i + 1, one.role(), first.get(i)),
            "it received " + second.get(i));
      }
    }
  }

  private static List<Post> without(List<Post> received, Peer speaker) {
    return received.stream().filter(sent -> !sent.name().equals(speaker.name())).toList();
  }
}
