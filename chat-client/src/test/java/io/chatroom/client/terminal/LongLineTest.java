package io.chatroom.client.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.chatroom.client.chat.Completion;
import io.chatroom.client.chat.NamesHeard;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import org.jline.terminal.Size;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.jline.utils.NonBlockingReader;
import org.junit.jupiter.api.Test;

/**
 * What it costs to read a line that is there before anybody draws it, as terminals without
 * bracketed paste give it: the first characters are drawn one by one, and then time decides.
 */
class LongLineTest {

  private static final long MILLISECOND = 1_000_000;

  /** The output of one draw. */
  private static final long FLUSHES = 3;

  /** The work for a line. */
  private record Cost(long drawn, long allocatedBytes) {}

  private long now;

  @Test
  void isDrawnNoMoreOftenForItsLengthWhileNoTimePasses() throws IOException {
    Cost small = read(10_000, 0);
    Cost large = read(20_000, 0);

    assertThat(large.drawn).isEqualTo(small.drawn).isLessThan(210 * FLUSHES);
  }

  @Test
  void isDrawnTenTimesASecondAtMost() throws IOException {
    long atOnce = read(10_000, 0).drawn;

    assertThat(read(10_000, MILLISECOND).drawn - atOnce).isBetween(90L * FLUSHES, 100L * FLUSHES);
  }

  /** Eight times the characters cost eight times the work, not 64 times. */
  @Test
  void costsTheSameForEachCharacterHoweverManyThereAre() throws IOException {
    read(5_000, 0); // classes are loaded and caches filled
    long small = read(5_000, 0).allocatedBytes;
    long large = read(40_000, 0).allocatedBytes;

    assertThat(large).isLessThan(12 * small);
  }

  private Cost read(int characters, long nanosEach) throws IOException {
    String text = "0123456789".repeat(characters / 10);
    CountingScreen screen = new CountingScreen();
    TypedTerminal terminal = new TypedTerminal(screen, text + "\r");
    ChatInput input =
        new ChatInput(
            terminal,
            new Absence(new ManualClock()),
            null,
            new Completion(new NamesHeard()),
            () -> now += nanosEach);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    screen.flushes = 0;

    assertThat(input.readLine(null, null, (Character) null, "")).isEqualTo(text);
    Cost cost = new Cost(screen.flushes, threads.getCurrentThreadAllocatedBytes() - before);
    input.restore();
    return cost;
  }

  private static final class CountingScreen extends ByteArrayOutputStream {

    private long flushes;

    @Override
    public void flush() {
      flushes++;
      reset(); // the output is not read
    }
  }

  /** All input is available at once. */
  private static final class TypedTerminal extends LineDisciplineTerminal {

    private final String typed;
    private int position;

    TypedTerminal(CountingScreen screen, String typed) throws IOException {
      super("test", "xterm", screen, UTF_8);
      this.typed = typed;
      setSize(Size.of(80, 24));
    }

    @Override
    public NonBlockingReader reader() {
      return new NonBlockingReader() {
        @Override
        public int readBuffered(char[] chars, int from, int length, long timeout) {
          throw new UnsupportedOperationException("one by one");
        }

        @Override
        protected int read(long timeout, boolean isPeek) {
          if (position == typed.length()) {
            return timeout > 0 ? READ_EXPIRED : EOF;
          }
          return typed.charAt(isPeek ? position : position++);
        }
      };
    }
  }
}
