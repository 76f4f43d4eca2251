package io.chatroom.server.search;

/**
 * A message that may match.
 *
 * @param n its number in the journal
 * @param room the number of its room in the index
 */
record Candidate(long n, long room) {}
