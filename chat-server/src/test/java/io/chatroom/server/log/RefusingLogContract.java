package io.chatroom.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The contract of a log that can refuse bursts. Tests of such logs inherit it. */
abstract class RefusingLogContract extends RoomLogContract {

  /** Makes the log refuse everything from here on. */
  abstract void fail(RoomLog log);

  /** Lets the log store again. */
  abstract void mend(RoomLog log);

  @Test
  void keepsRefusedBurstsInOrder() {
    Heard heard = follow(newLog());
    heard.log.append(burst("a", "1", "2"));
    heard.await(2);
    fail(heard.log);
    heard.log.append(burst("a", "3"));
    heard.log.append(burst("b", "4", "5"));
    heard.awaitRefused(2);
    assertThat(heard.texts).containsExactly("1", "2");
    assertThat(heard.log.newest().seq()).isEqualTo(2);

    mend(heard.log);
    heard.log.append(burst("a", "6"));
    heard.await(6);

    assertThat(heard.texts).containsExactly("1", "2", "3", "4", "5", "6");
    assertThat(heard.firstSeqs).containsExactly(1L, 3L, 4L, 6L);
    assertThat(heard.refused).as("each told once").containsExactly("3", "4,5");
  }

  @Test
  void refusesAgain() {
    Heard heard = follow(newLog());
    for (int i = 0; i < 3; i++) {
      fail(heard.log);
      heard.log.append(burst("a", "" + i));
      heard.awaitRefused(i + 1);
      mend(heard.log);
      heard.await(i + 1);
    }
    assertThat(heard.texts).containsExactly("0", "1", "2");
  }

  @Test
  void isNotEmptyWhileItRetries() {
    Heard heard = follow(newLog());
    fail(heard.log);
    heard.log.append(burst("a", "1"));
    heard.awaitRefused(1);

    assertThat(heard.log.isEmpty()).isFalse();
    assertThat(read(heard.log, heard.log.newest(), 10).messages()).isEmpty();
  }

  @Test
  void releasesRefusedBurstsWhenItCloses() {
    Heard heard = follow(newLog());
    fail(heard.log);
    Burst burst = burst("a", "1");
    heard.log.append(burst);
    heard.awaitRefused(1);

    heard.log.close();

    assertThat(burst.bytes().refCnt()).isZero();
  }

  @Test
  void losesAndReordersNothingDuringRepeatedFailures() throws Exception {
    Heard heard = follow(newLog());
    int threads = 3;
    int each = 200;
    List<Thread> talkers =
        IntStream.range(0, threads)
            .mapToObj(
                i ->
                    new Thread(
                        () -> {
                          for (int n = 0; n < each; n++) {
                            heard.log.append(burst("t" + i, i + ":" + n));
                          }
                        }))
            .toList();
    talkers.forEach(Thread::start);
    while (talkers.stream().anyMatch(Thread::isAlive)) {
      fail(heard.log);
      mend(heard.log);
    }
    for (Thread talker : talkers) {
      talker.join();
    }
    heard.await(threads * each);

    assertThat(heard.firstSeqs)
        .isEqualTo(LongStream.rangeClosed(1, (long) threads * each).boxed().toList());
    for (int i = 0; i < threads; i++) {
      String mine = i + ":";
      assertThat(heard.texts.stream().filter(text -> text.startsWith(mine)).toList())
          .isEqualTo(IntStream.range(0, each).mapToObj(n -> mine + n).toList());
    }
  }
}
