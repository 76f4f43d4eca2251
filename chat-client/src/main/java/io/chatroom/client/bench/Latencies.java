package io.chatroom.client.bench;

/**
 * Latencies in nanoseconds, exact to three digits.
 *
 * @param count how many were measured; if 0, all others are 0
 */
record Latencies(long count, long p50, long p90, long p99, long p999, long max) {}
