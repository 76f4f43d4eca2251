package io.chatroom.server.search;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a search.
 *
 * @param rooms the rooms that the requester may read
 * @param inOneRoom true if it is for one room, where {@code before} is a seq; otherwise {@code
 *     before} is opaque
 * @param before the exclusive upper bound; null to begin with the newest
 * @param limit the most hits; at least 1
 * @param bytes the approximate limit of all their texts together; a single hit may exceed it
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
