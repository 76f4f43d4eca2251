package io.chatroom.system;

import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Polls the content of files that others change. It compares contents, because people replace
 * links, directories and files in any order, and file times are unreliable. A change takes effect
 * once it has been seen twice, so that a half-finished change is not reported as an error. Unusable
 * content is refused, once, and the previous content stays in use. Thread-safe.
 *
 * @param <C> the content, with {@code equals}
 */
public final class SettledContent<C> {

  /** Reads the content. */
  public interface Source<C> {

    /**
     * Reads the whole content.
     *
     * @throws IOException if it cannot be read; the message is one sentence for people
     */
    C read() throws IOException;
  }

  /** Uses the content. */
  public interface Use<C> {

    /**
     * Uses new content from now on.
     *
     * @throws IOException if the content is unusable; the message is one sentence for people
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
   * Starts with the content that is already in use.
   *
   * @param refusal receives the reason why the present content is not used, once for each reason
   */
  public SettledContent(C first, Source<C> source, Use<C> use, Consumer<String> refusal) {
    this.source = source;
    this.use = use;
    this.refusal = refusal;
    this.used = first;
    this.good = first;
    this.seen = first;
  }

  /** Checks for a change. */
  public synchronized void look() {
    try {
      C now = source.read();
      boolean settled = now.equals(seen);
      seen = now;
      if (settled && !now.equals(used)) {
        used = now; // even if it is refused: the same content is not tried again
        use.take(now);
        good = now;
      }
      trouble = null;
    } catch (IOException e) {
      String sentence = String.valueOf(e.getMessage());
      if (!sentence.equals(trouble)) { // once, not at every check
        trouble = sentence;
        refusal.accept(sentence);
      }
    }
  }

  /**
   * Checks on demand: takes effect at once, and repeats the reason if the content is not used.
   *
   * @return true if the content is unchanged and usable
   */
  public synchronized boolean lookNow() {
    used = good; // try refused content again
    C before = good;
    trouble = null;
    look();
    look(); // a change must be seen twice
    return used.equals(before) && trouble == null;
  }
}
