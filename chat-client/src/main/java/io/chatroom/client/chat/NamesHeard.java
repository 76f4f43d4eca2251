package io.chatroom.client.chat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The names of those who have posted, the latest first. Strangers can invent names without end, so
 * only the last thousand are kept, and no overlong ones. Thread-safe.
 */
public final class NamesHeard {

  static final int MAX = 1_000;

  /** The longest name, many times what servers usually accept. */
  static final int MAX_CHARS = 1_000;

  /** In the order of their last messages. */
  private final Map<String, Boolean> names =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > MAX;
        }
      };

  synchronized void heard(String name) {
    if (name.length() <= MAX_CHARS) {
      names.put(name, true);
    }
  }

  /** All names, the latest first. */
  public synchronized List<String> all() {
    List<String> all = new ArrayList<>(names.keySet());
    Collections.reverse(all);
    return all;
  }
}
