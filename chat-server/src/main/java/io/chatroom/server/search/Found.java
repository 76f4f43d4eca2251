package io.chatroom.server.search;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a search.
 *
 * @param hits the newest first
 * @param next the {@link Wanted#before} of the next page if there may be more; else null
 * @param complete false if messages between the newest and the last one found, or the end, may be
 *     missing
 */
public record Found(List<Hit> hits, @Nullable Long next, boolean complete) {

  /** Copies the list. */
  public Found {
    hits = List.copyOf(hits);
  }
}
