package io.chatroom.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The contract of every log. A test class inherits it and says how to create a log. */
abstract class RoomLogContract {

  private static final int SECONDS = 60;

  private final List<RoomLog> opened = new ArrayList<>();

  /** A new and empty log that keeps at least 1,000 messages of a few bytes. */
  abstract RoomLog open();

  /**
   * Returns true if kept messages do not keep a log open, as they are there when it is opened
   * again.
   */
  boolean isKeptElsewhere() {
    return false;
  }

  @AfterEach
  void close() {
    opened.forEach(RoomLog::close);
  }

  @Test
  void numbersMessagesFromOneWithoutAGap() {
    Heard heard = follow(newLog());
    heard.log.append(burst("a", "1", "2"));
    heard.log.append(burst("b", "3"));
    heard.log.append(burst("a", "4", "5", "6"));
    heard.await(6);

    assertThat(heard.firstSeqs).containsExactly(1L, 3L, 4L);
    assertThat(heard.texts).containsExactly("1", "2", "3", "4", "5", "6");
    assertThat(heard.log.newest().seq()).isEqualTo(6);
  }

  @Test
  void isEmptyAtFirst() {
    RoomLog log = newLog();
    follow(log);

    assertThat(log.isEmpty()).isTrue();
    assertThat(log.newest().seq()).isZero();
    Slice nothing = read(log, log.newest(), 10);
    assertThat(nothing.messages()).isEmpty();
    assertThat(nothing.first()).isEqualTo(1);
    assertThat(nothing.newest()).isZero();
  }

  @Test
  void readsBackExactlyTheAppendedMessages() {
    Heard heard = follow(newLog());
    heard.log.append(burst("zoë", "grüße 👋", "", "x".repeat(70_000)));
    heard.log.append(burst("", "from nobody"));
    heard.await(4);

    Slice all = read(heard.log, before(heard.log, 1), 100);
    assertThat(all.epoch()).isEqualTo(heard.log.newest().epoch());
    assertThat(all.messages()).extracting(Message::seq).containsExactly(1L, 2L, 3L, 4L);
    assertThat(all.messages()).extracting(Message::from).containsExactly("zoë", "zoë", "zoë", "");
    assertThat(all.messages())
        .extracting(Message::text)
        .containsExactly("grüße 👋", "", "x".repeat(70_000), "from nobody");
    assertThat(all.messages()).extracting(Message::atMillis).isSorted();
    assertThat(heard.log.isEmpty()).isEqualTo(isKeptElsewhere());
  }

  /** Programs write headers in more than one form, and all mean the same to a reader. */
  @Test
  void readsHeadersOfEveryForm() {
    Heard heard = follow(newLog());
    Burst burst = new Burst(Unpooled.directBuffer());
    burst.add(() -> utf8("  2       me"), Unpooled.wrappedBuffer(utf8(" 2        hi")));
    burst.add(() -> utf8("0000000002me"), Unpooled.wrappedBuffer(utf8("         2ho")));
    burst.seal();
    heard.log.append(burst);
    heard.await(2);

    Slice all = read(heard.log, before(heard.log, 1), 100);
    assertThat(all.messages()).extracting(Message::from).containsExactly("me", "me");
    assertThat(all.messages()).extracting(Message::text).containsExactly("hi", "ho");
  }

  @Test
  void readsPageAfterPage() {
    Heard heard = follow(newLog());
    for (int i = 1; i <= 300; i++) {
      heard.log.append(burst("a", "" + i));
    }
    heard.await(300);

    List<String> texts = new ArrayList<>();
    Position next = before(heard.log, 1);
    for (Slice page = read(heard.log, next, 7);
        !page.messages().isEmpty();
        page = read(heard.log, next, 7)) {
      assertThat(page.messages()).hasSizeLessThanOrEqualTo(7);
      page.messages().forEach(message -> texts.add(message.text()));
      next = new Position(page.epoch(), page.messages().get(page.messages().size() - 1).seq());
    }
    assertThat(texts).isEqualTo(IntStream.rangeClosed(1, 300).mapToObj(i -> "" + i).toList());
  }

  @Test
  void readsFromTheStartForAnotherEpoch() {
    Heard heard = follow(newLog());
    heard.log.append(burst("a", "1", "2"));
    heard.await(2);

    Slice all = read(heard.log, new Position("another", 1), 10);
    assertThat(all.messages()).extracting(Message::text).containsExactly("1", "2");
    assertThat(all.epoch()).isNotEqualTo("another");
  }

  @Test
  void readsNothingAfterTheEnd() {
    Heard heard = follow(newLog());
    heard.log.append(burst("a", "1"));
    heard.await(1);

    assertThat(read(heard.log, heard.log.newest(), 10).messages()).isEmpty();
    assertThat(read(heard.log, before(heard.log, 1_000_000), 10).messages()).isEmpty();
  }

  @Test
  void everyLogHasAnEpochOfItsOwn() {
    RoomLog one = newLog();
    RoomLog other = newLog();
    follow(one);
    follow(other);

    assertThat(one.newest().epoch()).isNotEqualTo(other.newest().epoch());
  }

  /**
   * Many threads append while others read: one order, no gap, each thread's messages in sequence.
   */
  @Test
  void givesOneOrderToManyThreads() throws Exception {
    Heard heard = follow(newLog());
    int threads = 4;
    int each = 200;
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> talkers =
        IntStream.range(0, threads)
            .mapToObj(
                i ->
                    new Thread(
                        () -> {
                          awaitLatch(go);
                          for (int n = 0; n < each; n++) {
                            heard.log.append(burst("t" + i, "" + n));
                          }
                        }))
            .toList();
    talkers.forEach(Thread::start);
    go.countDown();
    Random random = new Random(1);
    for (int i = 0; i < 50; i++) { // kept messages have no gap at that moment
      Slice slice = read(heard.log, before(heard.log, 1 + random.nextInt(threads * each)), 100);
      assertThat(slice.messages())
          .extracting(Message::seq)
          .isEqualTo(
              slice.messages().isEmpty()
                  ? List.of()
                  : LongStream.range(
                          slice.messages().get(0).seq(),
                          slice.messages().get(0).seq() + slice.messages().size())
                      .boxed()
                      .toList());
    }
    for (Thread talker : talkers) {
      talker.join();
    }
    heard.await(threads * each);

    assertThat(heard.firstSeqs)
        .isEqualTo(LongStream.rangeClosed(1, (long) threads * each).boxed().toList());
    List<Message> kept = new ArrayList<>();
    while (kept.size() < threads * each) {
      Slice page = read(heard.log, before(heard.log, kept.size() + 1), 100);
      assertThat(page.messages()).isNotEmpty();
      kept.addAll(page.messages());
    }
    assertThat(kept).extracting(Message::text).isEqualTo(heard.texts);
    for (int i = 0; i < threads; i++) {
      String name = "t" + i;
      assertThat(kept.stream().filter(m -> m.from().equals(name)).map(Message::text).toList())
          .isEqualTo(IntStream.range(0, each).mapToObj(n -> "" + n).toList());
    }
  }

  // ---- posts of sessions

  private static final Author ANN = author("ann");

  @Test
  void numbersARepeatedPostOnce() {
    Heard heard = follow(newLog());
    heard.log.append(posts("1", "hello"));
    heard.log.append(posts("1", "hello"));
    heard.log.append(posts("2", "there", "1", "hello", "3", "again", "3", "again"));
    heard.await(3);
    heard.awaitAgain(3);

    assertThat(heard.texts).containsExactly("hello", "there", "again");
    assertThat(heard.firstSeqs).containsExactly(1L, 2L);
    assertThat(heard.again).containsExactly("1 is 1", "1 is 1", "3 is 3");
    assertThat(heard.log.newest().seq()).isEqualTo(3);
  }

  @Test
  void rejectsAnIdUsedForAnotherText() {
    Heard heard = follow(newLog());
    heard.log.append(posts("1", "hello"));
    heard.log.append(posts("1", "hullo"));
    heard.awaitAgain(1);

    assertThat(heard.again).containsExactly("1 is another");
    assertThat(read(heard.log, before(heard.log, 1), 10).messages())
        .extracting(Message::text)
        .containsExactly("hello");
  }

  @Test
  void keepsIdsOfDifferentClientsApart() {
    Heard heard = follow(newLog());
    heard.log.append(burst(ANN, new Post("c1", "1", 0), "hello"));
    heard.log.append(burst(ANN, new Post("c2", "1", 0), "hello"));
    heard.await(2);

    assertThat(heard.again).isEmpty();
  }

  /** A burst without its duplicates has the bytes of the remaining messages. */
  @Test
  void readsBackABurstWithoutItsDuplicates() {
    Heard heard = follow(newLog());
    heard.log.append(posts("1", "one"));
    Burst mixed = new Burst(Unpooled.directBuffer());
    add(mixed, ANN, new Post("c", "1", 0), "one");
    mixed.add(ANN, new RoomEvent(RoomEvent.TOPIC, "ann", null, "Tea"));
    add(mixed, author("bob"), null, "two");
    add(mixed, ANN, new Post("c", "1", 0), "one");
    add(mixed, ANN, new Post("c", "3", 2, true), "three");
    mixed.seal();
    heard.log.append(mixed);
    heard.await(4);
    heard.awaitAgain(2);

    List<Message> kept = read(heard.log, before(heard.log, 1), 10).messages();
    assertThat(kept).extracting(Message::seq).containsExactly(1L, 2L, 3L, 4L);
    assertThat(kept).extracting(Message::from).containsExactly("ann", "ann", "bob", "ann");
    assertThat(kept).extracting(Message::text).containsExactly("one", "", "two", "three");
    assertThat(kept.get(0).detail()).isEqualTo(new Post("c", "1", 0));
    assertThat(kept.get(1).detail()).isEqualTo(new RoomEvent("topic", "ann", null, "Tea"));
    assertThat(kept.get(2).detail()).isNull();
    assertThat(kept.get(3).detail()).isEqualTo(new Post("c", "3", 2, true));
    assertThat(heard.again).containsExactly("1 is 1", "1 is 1");
  }

  @Test
  void numbersEventsThatHaveNoBytes() {
    Heard heard = follow(newLog());
    Burst event = new Burst(Unpooled.directBuffer());
    event.add(ANN, new RoomEvent(RoomEvent.TOPIC, "ann", null, "Tea"));
    event.seal();
    heard.log.append(event);
    heard.log.append(burst("a", "1"));
    Burst events = new Burst(Unpooled.directBuffer());
    events.add(ANN, new RoomEvent(RoomEvent.TOPIC, "ann", null, ""));
    events.add(ANN, new RoomEvent("other", "bob", "carl", null));
    events.seal();
    heard.log.append(events);
    heard.await(4);

    assertThat(heard.firstSeqs).containsExactly(1L, 2L, 3L);
    assertThat(read(heard.log, before(heard.log, 1), 10).messages())
        .extracting(Message::detail)
        .containsExactly(
            new RoomEvent("topic", "ann", null, "Tea"),
            null,
            new RoomEvent("topic", "ann", null, ""),
            new RoomEvent("other", "bob", "carl", null));
    assertThat(heard.log.first()).isEqualTo(1);
  }

  @Test
  void boundsTheBytesOfARead() {
    Heard heard = follow(newLog());
    for (int i = 0; i < 30; i++) {
      heard.log.append(burst("a", "x".repeat(20_000)));
    }
    heard.log.append(burst("a", "x".repeat(2 * RoomLog.READ_BYTES)));
    heard.await(31);

    long seq = 1;
    while (seq <= 31) {
      List<Message> some = read(heard.log, before(heard.log, seq), 100).messages();
      assertThat(some).isNotEmpty();
      assertThat(some.get(0).seq()).isEqualTo(seq);
      int most = some.get(some.size() - 1).length(); // the last one can exceed it
      assertThat(some.stream().mapToInt(Message::length).sum() - most)
          .isLessThanOrEqualTo(RoomLog.READ_BYTES);
      seq += some.size();
    }
  }

  // ---- deletions

  @Test
  void aDeletionErasesItsMessage() {
    Heard heard = follow(newLog());
    heard.log.append(posts("1", "hello", "2", "x".repeat(50_000), "3", ""));
    heard.log.append(burst("bob", "one", "two"));
    heard.log.append(deletes(1, 2));
    heard.log.append(deletes(5));
    heard.log.append(burst("bob", "three"));
    heard.await(9);

    List<Message> kept = read(heard.log, before(heard.log, 1), 100).messages();
    assertThat(kept)
        .extracting(Message::seq)
        .isEqualTo(LongStream.rangeClosed(1, 9).boxed().toList());
    assertThat(kept)
        .extracting(Message::text)
        .containsExactly(null, null, "", "one", null, "", "", "", "three");
    assertThat(kept).extracting(Message::from).startsWith("ann", "ann", "ann", "bob", "bob");
    assertThat(kept.get(0).detail()).isEqualTo(new Post("c", "1", 0));
    assertThat(kept.get(4).detail()).isNull();
    assertThat(kept.get(5).detail()).isEqualTo(RoomEvent.deleted("op", 1));
    assertThat(heard.log.first()).isEqualTo(1);
    assertThat(heard.log.newest().seq()).isEqualTo(9);
  }

  /** S-55: its text is not known any more, so it is not compared. */
  @Test
  void recognisesARepeatOfADeletedPost() {
    Heard heard = follow(newLog());
    heard.log.append(posts("1", "hello"));
    heard.log.append(deletes(1));
    heard.log.append(posts("1", "hello", "1", "another", "2", "there"));
    heard.await(3);
    heard.awaitAgain(2);

    assertThat(heard.again).containsExactly("1 is 1", "1 is 1");
  }

  @Test
  void erasesNothingElse() {
    Heard heard = follow(newLog());
    heard.log.append(posts("1", "hello"));
    Burst topic = new Burst(Unpooled.directBuffer());
    topic.add(ANN, new RoomEvent(RoomEvent.TOPIC, "ann", null, "Tea"));
    topic.add(ANN, new RoomEvent(RoomEvent.DELETED, "op", "what", null));
    topic.add(ANN, new RoomEvent(RoomEvent.DELETED, "op", null, null));
    topic.add(ANN, new RoomEvent("other", "op", "1", null));
    topic.seal();
    heard.log.append(topic);
    heard.log.append(deletes(2, 3, 6, 7, 1_000_000));
    heard.log.append(burst("bob", "one"));
    heard.await(11);

    List<Message> kept = read(heard.log, before(heard.log, 1), 100).messages();
    assertThat(kept.get(0).text()).isEqualTo("hello");
    assertThat(kept.get(1).detail()).isEqualTo(new RoomEvent("topic", "ann", null, "Tea"));
    assertThat(kept.get(10).text()).isEqualTo("one");
  }

  @Test
  void erasesMessagesOfTheSameBurstAndOnlyOnce() {
    Heard heard = follow(newLog());
    Burst burst = new Burst(Unpooled.directBuffer());
    add(burst, ANN, new Post("c", "1", 0), "one");
    burst.add(ANN, RoomEvent.deleted("ann", 1));
    burst.add(ANN, RoomEvent.deleted("ann", 1));
    add(burst, ANN, new Post("c", "2", 1), "two");
    burst.seal();
    heard.log.append(burst);
    heard.await(4);

    assertThat(read(heard.log, before(heard.log, 1), 10).messages())
        .extracting(Message::text)
        .containsExactly(null, "", "", "two");
  }

  static Burst deletes(long... seqs) {
    Burst burst = new Burst(Unpooled.directBuffer());
    for (long seq : seqs) {
      burst.add(ANN, RoomEvent.deleted("op", seq));
    }
    burst.seal();
    return burst;
  }

  /** Compares random bursts with a list. */
  @Test
  void readsBackRandomBursts() {
    Random random = new Random(5);
    Heard heard = follow(newLog());
    List<String> model = new ArrayList<>();
    for (int i = 0; model.size() < 900; i++) {
      Burst burst = new Burst(Unpooled.directBuffer());
      for (int n = random.nextInt(70); n >= 0; n--) {
        String text = random.nextInt(40) == 0 ? "x".repeat(random.nextInt(20_000)) : "t" + n;
        switch (random.nextInt(4)) {
          case 0 -> {
            add(burst, author("a" + random.nextInt(3)), null, text);
            model.add(text + " null");
          }
          case 1 -> {
            int seq = 1 + random.nextInt(model.size() + 2);
            RoomEvent event = RoomEvent.deleted("ann", seq);
            burst.add(ANN, event);
            model.add(" " + event);
            if (seq < model.size() && !model.get(seq - 1).startsWith(" RoomEvent")) {
              model.set(seq - 1, model.get(seq - 1).replaceFirst("[^ ]*", "null"));
            }
          }
          case 2 -> {
            Post post = new Post("c", i + "-" + n, n);
            add(burst, ANN, post, text);
            model.add(text + " " + post);
          }
          default -> {
            RoomEvent event = new RoomEvent("topic", "ann", null, text);
            burst.add(ANN, event);
            model.add(" " + event);
          }
        }
      }
      burst.seal();
      heard.log.append(burst);
    }
    heard.await(model.size());

    long first = heard.log.first();
    List<String> kept = new ArrayList<>();
    while (first + kept.size() <= model.size()) {
      List<Message> some =
          read(heard.log, before(heard.log, first + kept.size()), 1 + random.nextInt(100))
              .messages();
      assertThat(some).isNotEmpty();
      some.forEach(message -> kept.add(message.text() + " " + message.detail()));
    }
    assertThat(kept).isEqualTo(model.subList((int) first - 1, model.size()));
  }

  /** Ids, each with its text. */
  static Burst posts(String... idsAndTexts) {
    Burst burst = new Burst(Unpooled.directBuffer());
    for (int i = 0; i < idsAndTexts.length; i += 2) {
      add(burst, ANN, new Post("c", idsAndTexts[i], 0), idsAndTexts[i + 1]);
    }
    burst.seal();
    return burst;
  }

  private static Burst burst(Author author, Post post, String text) {
    Burst burst = new Burst(Unpooled.directBuffer());
    add(burst, author, post, text);
    burst.seal();
    return burst;
  }

  private static void add(Burst burst, Author author, @Nullable Post post, String text) {
    ByteBuf message = Unpooled.wrappedBuffer(frame(text));
    if (post == null) {
      burst.add(author, message);
    } else {
      burst.add(author, message, post);
    }
    message.release();
  }

  private static Author author(String name) {
    byte[] nameFrame = frame(name);
    return () -> nameFrame;
  }

  final RoomLog newLog() {
    RoomLog log = open();
    opened.add(log);
    return log;
  }

  static Heard follow(RoomLog log) {
    Heard heard = new Heard(log);
    log.follow(heard);
    return heard;
  }

  static Slice read(RoomLog log, Position after, int limit) {
    try {
      return log.read(after, limit).toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /** The position before a message. */
  static Position before(RoomLog log, long seq) {
    return new Position(log.newest().epoch(), seq - 1);
  }

  static Burst burst(String name, String... texts) {
    Burst burst = new Burst(Unpooled.directBuffer());
    byte[] nameFrame = frame(name);
    Author author = () -> nameFrame;
    for (String text : texts) {
      ByteBuf message = Unpooled.wrappedBuffer(frame(text));
      burst.add(author, message);
      message.release();
    }
    burst.seal();
    return burst;
  }

  private static byte[] frame(String text) {
    return utf8(String.format("%-10d%s", utf8(text).length, text));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Collects what a log passes on. */
  static final class Heard implements RoomLog.Follower {

    final RoomLog log;
    final List<Long> firstSeqs = Collections.synchronizedList(new ArrayList<>());
    final List<String> texts = Collections.synchronizedList(new ArrayList<>());

    /** The texts of each refused burst. */
    final List<String> refused = Collections.synchronizedList(new ArrayList<>());

    final List<Position> resets = Collections.synchronizedList(new ArrayList<>());

    /** The repeated posts, with the sequence numbers of the first ones. */
    final List<String> again = Collections.synchronizedList(new ArrayList<>());

    private int heard;

    private Heard(RoomLog log) {
      this.log = log;
    }

    @Override
    public synchronized void next(Burst burst, long firstSeq, long atMillis) {
      firstSeqs.add(firstSeq);
      texts.addAll(texts(burst));
      burst.release();
    }

    /** Wakes waiting threads only now. */
    @Override
    public synchronized void delivered() {
      heard = texts.size();
      notifyAll();
    }

    @Override
    public synchronized void refused(Burst burst, Refusal why) {
      refused.add(String.join(",", texts(burst)));
      notifyAll();
    }

    @Override
    public synchronized void repeated(Author author, Post post, long seq, long atMillis) {
      again.add(post.id() + " is " + seq);
      notifyAll();
    }

    @Override
    public synchronized void reused(Author author, Post post) {
      again.add(post.id() + " is another");
      notifyAll();
    }

    @Override
    public synchronized void rejected(Author author, @Nullable Detail detail) {
      again.add((detail instanceof Post post ? post.id() : "what has no id") + " is bad");
      notifyAll();
    }

    @Override
    public void reset(Position to) {
      resets.add(to);
    }

    private static List<String> texts(Burst burst) {
      List<String> texts = new ArrayList<>();
      ByteBuf bytes = burst.bytes();
      int start = 0;
      for (int i = 0; i < burst.messages(); i++) {
        if (burst.ends()[i] == start) { // an event
          texts.add("");
          continue;
        }
        int nameLength = length(bytes, start);
        int header = start + 10 + nameLength;
        texts.add(
            bytes.toString(header + 10, burst.ends()[i] - header - 10, StandardCharsets.UTF_8));
        start = burst.ends()[i];
      }
      return texts;
    }

    private static int length(ByteBuf bytes, int header) {
      return Integer.parseInt(bytes.toString(header, 10, StandardCharsets.UTF_8).strip());
    }

    synchronized void await(int messages) {
      await(() -> heard >= messages, messages + " messages are handed on");
      assertThat(heard).isEqualTo(messages);
    }

    void awaitAgain(int posts) {
      await(() -> again.size() >= posts, posts + " posts were there before");
    }

    synchronized void awaitRefused(int bursts) {
      await(() -> refused.size() >= bursts, bursts + " bursts are refused");
    }

    private synchronized void await(BooleanSupplier so, String what) {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      while (!so.getAsBoolean()) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        assertThat(left).as("%s; heard %d, refused %s", what, heard, refused).isPositive();
        try {
          wait(left);
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
    }
  }
}
