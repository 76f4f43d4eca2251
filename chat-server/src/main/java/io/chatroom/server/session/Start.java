package io.chatroom.server.session;

import io.chatroom.protocol.session.FromServer.Gap;
import io.chatroom.protocol.session.FromServer.Resume;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.log.Position;
import org.jspecify.annotations.Nullable;

/**
 * Where a session begins to hear a room (S-51 to S-53).
 *
 * @param position what comes is everything behind this number
 * @param resume what to tell about that; null if the client has not asked to go on from somewhere
 * @param gap what is missing in front of it; null if nothing is
 */
record Start(long position, @Nullable Resume resume, @Nullable Gap gap) {

  /**
   * Decides.
   *
   * @param after where the client wants to go on; null if it does not
   * @param last how many of the newest messages it wants; null if it does not say
   * @param end where the room's order ends now
   * @param first the oldest message that is kept; one behind the end if none is
   */
  static Start of(
      RoomName room,
      io.chatroom.protocol.session.@Nullable Position after,
      @Nullable Long last,
      Position end,
      long first) {
    if (after == null) {
      long wanted = last == null ? 0 : last;
      return new Start(Math.max(end.seq() - wanted, Math.min(first - 1, end.seq())), null, null);
    }
    if (!after.epoch().equals(end.epoch()) || after.seq() > end.seq()) {
      return new Start(first - 1, Resume.GAP, new Gap(room, 1, first - 1, Gap.EPOCH));
    }
    if (after.seq() + 1 < first) {
      Gap gap = new Gap(room, after.seq() + 1, first - 1, Gap.RETENTION);
      return new Start(first - 1, Resume.GAP, gap);
    }
    return new Start(after.seq(), Resume.COMPLETE, null);
  }
}
