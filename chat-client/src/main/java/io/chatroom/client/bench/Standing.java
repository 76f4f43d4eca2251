package io.chatroom.client.bench;

/**
 * How far members are.
 *
 * @param bytes how much they have read since they connected
 * @param heard how many deliveries of ours they got, not counting too many
 * @param incomplete how many of them miss something
 * @param lastReadNanos when one of them read something last, on the clock of {@link
 *     System#nanoTime}
 * @param cpuNanos how long the event loop that carries them has run, of several the longest; or 0
 *     if that is not known
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
