package io.chatroom.server.session;

import io.chatroom.server.names.People;
import io.chatroom.server.room.Rooms;
import io.chatroom.server.search.Search;

/**
 * The parts of a server that all its sessions share. Thread-safe.
 *
 * @param rooms the rooms of the server
 * @param terms the limits of each session
 * @param reads limits concurrent reads of history
 * @param search finds messages
 * @param people identities and permissions
 * @param correspondence private rooms, and the sessions of their owners
 */
record Shared(
    Rooms rooms,
    Terms terms,
    ReadGate reads,
    Search search,
    People people,
    Correspondence correspondence) {}
