package io.chatroom.client.bench;

/**
 * The progress of members.
 *
 * @param bytes how much they have read since they connected
 * @param heard how many of our deliveries they got, without surplus ones
 * @param incomplete how many of them lack a delivery
 * @param lastReadNanos when one of them last read something, on the clock of {@link
 *     System#nanoTime}
 * @param cpuNanos how long their event loop has run, or the busiest of several; 0 if unknown
 */
record Standing(long bytes, long heard, int incomplete, long lastReadNanos, long cpuNanos) {

  static final Standing START = new Standing(0, 0, 0, Long.MIN_VALUE, 0);

  Standing plus(Standing other) {
    return new Standing(
        bytes + other.bytes,
        heard + other.heard,
        incomplete + other.incomplete,
        Math.max(lastReadNanos, other.lastReadNanos),
        Math.max(cpuNanos, other.cpuNanos));
  }
}
