package io.chatroom.server.log;

import io.chatroom.protocol.LengthHeader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Some consecutive messages of a {@link MemoryLog}, packed: a message costs its bytes and {@value
 * #BYTES_PER_MESSAGE} more. Written under the log's lock; what has been written never changes, so
 * an {@link Extract} is read without it.
 */
final class HistoryPage {

  /** Whose page it is. */
  interface Keeper {

    /** The page has to go. Called without a lock of ours. */
    void forget(HistoryPage page);
  }

  /** A page with this many bytes takes no further message. */
  private static final int FULL_BYTES = 16 * 1024;

  /** Nor does one with this many messages: a page goes as a whole. */
  private static final int FULL_MESSAGES = 64;

  /** What a page takes besides: its own objects, and its part of the room's. */
  static final int OVERHEAD_BYTES = 512;

  private static final int BYTES_PER_MESSAGE = Integer.BYTES + Long.BYTES;
  private static final int FEW_MESSAGES = 4;

  /** What a reader looks at: the arrays grow by being replaced. */
  private static final class Content {

    private final byte[] bytes;
    private final int[] ends;
    private final long[] atMillis;

    Content(byte[] bytes, int[] ends, long[] atMillis) {
      this.bytes = bytes;
      this.ends = ends;
      this.atMillis = atMillis;
    }
  }

  private final Keeper keeper;
  private final long firstSeq;
  private Content content;
  private int messages;
  private int charged;

  HistoryPage(Keeper keeper, long firstSeq, int bytes) {
    this.keeper = keeper;
    this.firstSeq = firstSeq;
    this.content = new Content(new byte[bytes], new int[FEW_MESSAGES], new long[FEW_MESSAGES]);
  }

  Keeper keeper() {
    return keeper;
  }

  long firstSeq() {
    return firstSeq;
  }

  /** The number of the message that would come behind its last. */
  long endSeq() {
    return firstSeq + messages;
  }

  boolean isFull() {
    return messages == FULL_MESSAGES || size() >= FULL_BYTES;
  }

  private int size() {
    return messages == 0 ? 0 : content.ends[messages - 1];
  }

  /** How much memory it takes. */
  int capacity() {
    return OVERHEAD_BYTES + content.bytes.length + content.ends.length * BYTES_PER_MESSAGE;
  }

  /** Only the budget calls this. */
  void charge(int more) {
    charged += more;
  }

  int charged() {
    return charged;
  }

  /** Adds the message that a burst has at these places. */
  void add(Burst burst, int from, int to, long atMillis) {
    int start = size();
    int end = start + to - from;
    byte[] bytes = content.bytes;
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end, Math.min(2 * bytes.length, FULL_BYTES)));
    }
    int[] ends = content.ends;
    long[] times = content.atMillis;
    if (messages == ends.length) {
      ends = Arrays.copyOf(ends, 2 * messages);
      times = Arrays.copyOf(times, 2 * messages);
    }
    burst.bytes().getBytes(from, bytes, start, to - from);
    ends[messages] = end;
    times[messages] = atMillis;
    content = new Content(bytes, ends, times);
    messages++;
  }

  /**
   * Prepares to read some of its messages; to be called under the log's lock.
   *
   * @param fromSeq the first, one of its own
   * @param limit how many at most
   */
  Extract extract(long fromSeq, int limit) {
    int from = (int) (fromSeq - firstSeq);
    return new Extract(content, fromSeq, from, Math.min(messages, from + limit));
  }

  /** Some messages of a page, to be read without the log's lock. */
  static final class Extract {

    private final Content content;
    private final long fromSeq;
    private final int from;
    private final int to;

    private Extract(Content content, long fromSeq, int from, int to) {
      this.content = content;
      this.fromSeq = fromSeq;
      this.from = from;
      this.to = to;
    }

    int size() {
      return to - from;
    }

    void addTo(List<Message> messages) {
      for (int i = from; i < to; i++) {
        messages.add(message(i));
      }
    }

    /** Both parts of a message are frames that were checked when they came in. */
    private Message message(int i) {
      int start = i == 0 ? 0 : content.ends[i - 1];
      int name = start + LengthHeader.BYTES;
      int header = name + length(start);
      int text = header + LengthHeader.BYTES;
      return new Message(
          fromSeq + i - from, content.atMillis[i], utf8(name, header), utf8(text, content.ends[i]));
    }

    private int length(int header) {
      return Integer.parseInt(utf8(header, header + LengthHeader.BYTES).strip());
    }

    private String utf8(int from, int to) {
      return new String(content.bytes, from, to - from, StandardCharsets.UTF_8);
    }
  }
}
