package io.chatroom.server.seed;

import java.time.Duration;

/**
 * Who pays for a slow member, as far as it can be chosen.
 *
 * @param memberBytes how far a member may be behind before the senders have to wait for it. Also
 *     what an event loop keeps for its slow members, in all rooms together
 * @param patience how long one member may make the senders wait in vain. In all rooms together,
 *     those that have shown that they read may do so for four times that at once and a twentieth of
 *     the time after, all others for twice that and a twentieth; when that is used up, only a
 *     member that is reading is waited for, and 10 ms at a time
 * @param then what becomes of a member for which that was not enough
 */
public record BacklogPolicy(int memberBytes, Duration patience, SlowMember then) {}
