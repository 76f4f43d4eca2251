package io.chatroom.server.room;

/** What stands in the room's order, for the broadcasters to follow. */
sealed interface Event permits Burst, Arrival {}
