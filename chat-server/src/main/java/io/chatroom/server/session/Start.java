package io.chatroom.server.session;

import io.chatroom.protocol.session.FromServer.Gap;
import io.chatroom.protocol.session.FromServer.Resume;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.log.Position;
import org.jspecify.annotations.Nullable;

/**
 * The position from which a session receives a room's messages (S-51 to S-53).
 *
 * @param position the session receives all messages after this sequence number
 * @param resume whether it resumes completely; null if the client has not asked to resume
 * @param gap the messages missing before that; null if none are
 */
record Start(long position, @Nullable Resume resume, @Nullable Gap gap) {

  /**
   * Chooses the start of a join.
   *
   * @param after the position that the client resumes from; null if it does not resume
   * @param last how many of the newest messages the client wants; null if it does not say
   * @param end the end of the room's order
   * @param first the oldest kept sequence number; one after the end if none is kept
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
