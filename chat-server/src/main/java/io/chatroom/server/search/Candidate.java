package io.chatroom.server.search;

/**
 * A message that may be one that is looked for.
 *
 * @param n its number in the journal
 * @param room the number of its room in the index
 */
record Candidate(long n, long room) {}
