package io.chatroom.client.bench;

/**
 * How long messages took to reach the sampled receivers, in nanoseconds, exact to three digits.
 *
 * @param count how many were measured; if none, all others are 0
 */
record Latencies(long count, long p50, long p90, long p99, long p999, long max) {}
