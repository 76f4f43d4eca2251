package io.chatroom.client.bench;

/**
 * The progress of several members.
 *
 * @param bytes bytes that they have read since they connected
 * @param received deliveries that they have received, without surplus ones
 * @param incomplete members that still miss a delivery
 * @param lastReadNanos {@link System#nanoTime} when one of them last read something
 * @param cpuNanos processor time of their event loop, or of the busiest of several; 0 if unknown
 */
record Standing(long bytes, long received, int incomplete, long lastReadNanos, long cpuNanos) {

  static final Standing START = new Standing(0, 0, 0, Long.MIN_VALUE, 0);

  Standing plus(Standing other) {
    return new Standing(
        bytes + other.bytes,
        received + other.received,
        incomplete + other.incomplete,
        Math.max(lastReadNanos, other.lastReadNanos),
        Math.max(cpuNanos, other.cpuNanos));
  }
}
