package io.chatroom.server.seed;

import java.time.Duration;

/**
 * The configured treatment of slow members.
 *
 * @param memberBytes number of bytes that a member can be behind before the senders must wait for
 *     it; also the number of bytes that an event loop keeps for its slow members, in all rooms
 *     together
 * @param patience maximum time for which one member can make the senders wait in vain. In all rooms
 *     together, members that have shown that they read share a budget of four times that, all
 *     others share twice that, and each budget grows back by a twentieth of the passing time. When
 *     it is used up, the senders wait only for a member that is reading, 10 ms at a time
 * @param then what happens when patience with a member ends
 */
public record BacklogPolicy(int memberBytes, Duration patience, SlowMember then) {}
