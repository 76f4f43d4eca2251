package io.chatroom.server.search;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a search has found.
 *
 * @param hits the newest first
 * @param next where to go on if there may be more, as {@link Wanted#before}; null if there is not
 * @param complete false if messages between the newest and the last one found, or the end, may be
 *     missing
 */
public record Found(List<Hit> hits, @Nullable Long next, boolean complete) {

  /** Takes care that nobody changes it. */
  public Found {
    hits = List.copyOf(hits);
  }
}
