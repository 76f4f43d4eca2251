package io.chatroom.server.search;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a search.
 *
 * @param rooms the rooms that the requester may read
 * @param inOneRoom whether it is for one room, where {@code before} is a seq; otherwise {@code
 *     before} is opaque
 * @param before the exclusive upper bound; null to begin with the newest
 * @param limit how many at most, from 1 on
 * @param bytes about how many bytes their texts may have at most; a single one may have more
 */
public record Wanted(
    Query query,
    List<Searched> rooms,
    boolean inOneRoom,
    @Nullable Long before,
    int limit,
    long bytes) {

  /** Copies the lists. */
  public Wanted {
    rooms = List.copyOf(rooms);
  }
}
