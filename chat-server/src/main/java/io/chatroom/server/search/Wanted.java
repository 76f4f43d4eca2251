package io.chatroom.server.search;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What somebody asks for.
 *
 * @param rooms where: those that the asker may read
 * @param inOneRoom whether one room was asked for, so that {@code before} is a seq there; otherwise
 *     it is a number that only the search that gave it understands
 * @param before where to go on, the newest not included; null to begin with the newest
 * @param limit how many at most, from 1 on
 * @param bytes about how many bytes their texts have at most; one is found whatever it has
 */
public record Wanted(
    Query query,
    List<Searched> rooms,
    boolean inOneRoom,
    @Nullable Long before,
    int limit,
    long bytes) {

  /** Takes care that nobody changes it. */
  public Wanted {
    rooms = List.copyOf(rooms);
  }
}
