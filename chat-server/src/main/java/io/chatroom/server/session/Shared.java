package io.chatroom.server.session;

import io.chatroom.server.names.People;
import io.chatroom.server.room.Rooms;
import io.chatroom.server.search.Search;

/**
 * What all sessions of a server share. Thread-safe.
 *
 * @param rooms where they join
 * @param terms what each is offered
 * @param reads who reads how much at once
 * @param search how they find messages
 * @param people who they are, and what each may do
 * @param correspondence which of them hear private rooms
 */
record Shared(
    Rooms rooms,
    Terms terms,
    ReadGate reads,
    Search search,
    People people,
    Correspondence correspondence) {}
