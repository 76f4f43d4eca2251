package io.chatroom.protocol.session;

/**
 * A position in the order of a room: everything up to and including {@code seq} was received.
 * Immutable: threads may share it.
 *
 * @param epoch the epoch of the room's log
 * @param seq the sequence number of a message or event, from 1; 0 is before the first
 */
public record Position(String epoch, long seq) {

  /**
   * @throws IllegalArgumentException if a field exceeds its limits
   */
  public Position {
    Check.epoch("epoch", epoch);
    Check.integer("seq", seq);
  }

  /** The form for scripts and server-sent events: {@code EPOCH:SEQ}. */
  @Override
  public String toString() {
    return epoch + ":" + seq;
  }
}
