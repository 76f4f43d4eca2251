package io.chatroom.system;

import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What stands in files that somebody else changes, looked at again and again, by content: people
 * replace links, directories or files, in an order of their own, and the times of files tell
 * nothing. A change counts once it has been seen twice, so that half a change is not taken for a
 * mistake. What cannot be used is refused, once, and what was used before goes on. Thread-safe.
 *
 * @param <C> the content, which knows when it is equal
 */
public final class SettledContent<C> {

  /** Where the content comes from. */
  public interface Source<C> {

    /**
     * Reads all of it.
     *
     * @throws IOException if it cannot; the message is one sentence for people
     */
    C read() throws IOException;
  }

  /** What becomes of it. */
  public interface Use<C> {

    /**
     * Uses it from now on.
     *
     * @throws IOException if it is of no use; the message is one sentence for people
     */
    void take(C content) throws IOException;
  }

  private final Source<C> source;
  private final Use<C> use;
  private final Consumer<String> refusal;
  private C used;
  private C good;
  private C seen;
  private @Nullable String trouble;

  /**
   * Begins with what is in use already.
   *
   * @param refusal is told why what stands there now is not used, once for each reason
   */
  public SettledContent(C first, Source<C> source, Use<C> use, Consumer<String> refusal) {
    this.source = source;
    this.use = use;
    this.refusal = refusal;
    this.used = first;
    this.good = first;
    this.seen = first;
  }

  /** Looks whether it has changed. */
  public synchronized void look() {
    try {
      C now = source.read();
      boolean settled = now.equals(seen);
      seen = now;
      if (settled && !now.equals(used)) {
        used = now; // for good or bad: the same is not judged again
        use.take(now);
        good = now;
      }
      trouble = null;
    } catch (IOException e) {
      String sentence = String.valueOf(e.getMessage());
      if (!sentence.equals(trouble)) { // once, and not at every look
        trouble = sentence;
        refusal.accept(sentence);
      }
    }
  }

  /**
   * Looks at once, and says again why it is not used if it is not: somebody asks.
   *
   * @return whether it is the same as before, and of use
   */
  public synchronized boolean lookNow() {
    used = good; // what could not be used is judged again
    C before = good;
    trouble = null;
    look();
    look(); // the first sees that it changes, the second that it has
    return used.equals(before) && trouble == null;
  }
}
