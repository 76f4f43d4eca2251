package io.chatroom.server.log;

import io.chatroom.protocol.LengthHeader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some consecutive messages of a {@link MemoryLog}, packed: a message costs its bytes plus {@value
 * #BYTES_PER_MESSAGE}. Written under the log's lock. Written data never changes in place, so an
 * {@link Extract} can be read without the lock.
 *
 * <p>A deleted message consists of its author's name frame only: its text is no longer in the page.
 */
final class HistoryPage {

  /** The owner of a page. */
  interface Keeper {

    /** Removes a page. Called without a lock. */
    void forget(HistoryPage page);
  }

  /** A page with this many bytes accepts no further message. */
  private static final int FULL_BYTES = 16 * 1024;

  /**
   * A page with this many messages accepts no more either, because a page is removed as a whole.
   */
  private static final int FULL_MESSAGES = 64;

  /** The overhead of a page: its own objects, and its share of the room's. */
  static final int OVERHEAD_BYTES = 512;

  private static final int DETAIL_REFERENCE_BYTES = Long.BYTES;

  /** Approximate size of an event without the characters of its texts. */
  private static final int EVENT_BYTES = 160;

  private static final int BYTES_PER_MESSAGE = Integer.BYTES + Long.BYTES;

  /** Arrays that readers use without the lock. They are replaced when they grow. */
  private static final class Content {

    private final byte[] bytes;
    private final int[] ends;
    private final long[] atMillis;

    /** Shorter than the other arrays if the newest messages have no details. */
    private final Detail[] details;

    Content(byte[] bytes, int[] ends, long[] atMillis, Detail[] details) {
      this.bytes = bytes;
      this.ends = ends;
      this.atMillis = atMillis;
      this.details = details;
    }

    @Nullable Detail detail(int message) {
      return message < details.length ? details[message] : null;
    }

    int start(int message) {
      return message == 0 ? 0 : ends[message - 1];
    }

    /** The size of the author's name frame. */
    int nameFrame(int message) {
      return LengthHeader.BYTES + length(start(message));
    }

    private int length(int header) {
      return Integer.parseInt(utf8(header, header + LengthHeader.BYTES).strip());
    }

    String utf8(int from, int to) {
      return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }
  }

  private final Keeper keeper;
  private final long firstSeq;
  private Content content;
  private int messages;
  private int detailBytes;
  private int charged;

  HistoryPage(Keeper keeper, long firstSeq) {
    this.keeper = keeper;
    this.firstSeq = firstSeq;
    this.content = new Content(new byte[0], new int[0], new long[0], new Detail[0]);
  }

  Keeper keeper() {
    return keeper;
  }

  long firstSeq() {
    return firstSeq;
  }

  /** The sequence number after its last message. */
  long endSeq() {
    return firstSeq + messages;
  }

  boolean isFull() {
    return messages == FULL_MESSAGES || size() >= FULL_BYTES;
  }

  private int size() {
    return messages == 0 ? 0 : content.ends[messages - 1];
  }

  /** Its memory in bytes. */
  int capacity() {
    return OVERHEAD_BYTES
        + content.bytes.length
        + content.ends.length * BYTES_PER_MESSAGE
        + content.details.length * DETAIL_REFERENCE_BYTES
        + detailBytes;
  }

  /** Records that the budget now counts all of its memory. */
  void charge() {
    charged = capacity();
  }

  /** The part of its memory that the budget counts. */
  int charged() {
    return charged;
  }

  /**
   * Adds as many consecutive messages of a burst as fit, with a single copy.
   *
   * @param from the first, counted from 0 within the burst
   * @return the first that did not fit; {@code burst.messages()} if all did
   */
  int add(Burst burst, int from, long atMillis) {
    int to = from;
    int shift = size() - burst.start(from);
    while (to < burst.messages()
        && messages + to - from < FULL_MESSAGES
        && shift + burst.start(to) < FULL_BYTES) {
      to++;
    }
    int start = size();
    int end = shift + burst.start(to);
    byte[] bytes = content.bytes;
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end, Math.min(2 * bytes.length, FULL_BYTES)));
    }
    int[] ends = content.ends;
    long[] times = content.atMillis;
    int more = messages + to - from;
    if (more > ends.length) {
      int length = Math.max(more, Math.min(2 * ends.length, FULL_MESSAGES));
      ends = Arrays.copyOf(ends, length);
      times = Arrays.copyOf(times, length);
    }
    burst.bytes().getBytes(burst.start(from), bytes, start, end - start);
    for (int i = from; i < to; i++) {
      ends[messages + i - from] = shift + burst.start(i + 1);
      times[messages + i - from] = atMillis;
    }
    content = new Content(bytes, ends, times, detailsWith(burst, from, to));
    messages = more;
    return to;
  }

  /**
   * Erases the text of a message, unless the message is deleted already or is an event.
   *
   * @param seq a sequence number in this page
   * @return the detail of the message; null if it has none, or nothing was erased
   */
  @Nullable Detail erase(long seq) {
    int message = (int) (seq - firstSeq);
    Detail detail = content.detail(message);
    if (detail instanceof RoomEvent) {
      return null;
    }
    int from = content.start(message) + content.nameFrame(message);
    int to = content.ends[message];
    if (from == to) {
      return null;
    }
    byte[] bytes = new byte[size() - (to - from)];
    System.arraycopy(content.bytes, 0, bytes, 0, from);
    System.arraycopy(content.bytes, to, bytes, from, bytes.length - from);
    int[] ends = content.ends.clone();
    for (int i = message; i < messages; i++) {
      ends[i] -= to - from;
    }
    content = new Content(bytes, ends, content.atMillis, content.details);
    return detail;
  }

  private Detail[] detailsWith(Burst burst, int from, int to) {
    Detail[] details = content.details;
    if (!burst.hasDetails()) {
      return details;
    }
    details = Arrays.copyOf(details, messages + to - from);
    for (int i = from; i < to; i++) {
      Detail detail = burst.detail(i);
      details[messages + i - from] = detail;
      detailBytes += bytesOf(detail);
    }
    return details;
  }

  private static int bytesOf(@Nullable Detail detail) {
    if (detail instanceof RoomEvent event) {
      return EVENT_BYTES
          + 2 * (event.by().length() + length(event.target()) + length(event.text()));
    }
    return detail instanceof Post ? PostIndex.BYTES_PER_POST : 0;
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  /** Its posts, the oldest first. Must be called under the log's lock. */
  List<Post> posts() {
    List<Post> found = new ArrayList<>();
    for (Detail detail : content.details) {
      if (detail instanceof Post post) {
        found.add(post);
      }
    }
    return found;
  }

  /**
   * Prepares to read some of its messages. Must be called under the log's lock.
   *
   * @param fromSeq the sequence number of the first one, which must be in this page
   * @param limit maximum number of messages
   */
  Extract extract(long fromSeq, int limit) {
    int from = (int) (fromSeq - firstSeq);
    return new Extract(content, fromSeq, from, Math.min(messages, from + limit));
  }

  /** Some messages of a page, readable without the log's lock. */
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

    /** Decodes without checks, as frames were checked when they arrived. */
    private Message message(int i) {
      long seq = fromSeq + i - from;
      Detail detail = content.detail(i);
      if (detail instanceof RoomEvent event) {
        return new Message(seq, content.atMillis[i], event.by(), "", event);
      }
      int start = content.start(i);
      int header = start + content.nameFrame(i);
      int end = content.ends[i];
      String from = content.utf8(start + LengthHeader.BYTES, header);
      String text = header == end ? null : content.utf8(header + LengthHeader.BYTES, end);
      return new Message(seq, content.atMillis[i], from, text, detail);
    }
  }
}
