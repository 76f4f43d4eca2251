package io.chatroom.client.bench;

/**
 * The deliveries that every member should have received by now.
 *
 * @param messages messages sent since the start mark
 * @param strangerBytes bytes that strangers sent between them
 */
record Goal(long messages, long strangerBytes) {}
