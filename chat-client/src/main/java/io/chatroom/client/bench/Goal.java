package io.chatroom.client.bench;

/**
 * What every member should have heard by now.
 *
 * @param messages how many were sent since the start mark
 * @param strangerBytes how many bytes of strangers' messages came between them
 */
record Goal(long messages, long strangerBytes) {}
