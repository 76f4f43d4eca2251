package io.chatroom.protocol.session;

/**
 * A place in the order of a room: everything up to and with {@code seq} is known. Immutable:
 * threads may share it.
 *
 * @param epoch which log it is a place of
 * @param seq the number of a message or event, from 1 on; 0 is in front of the first
 */
public record Position(String epoch, long seq) {

  /**
   * @throws IllegalArgumentException if a bound of the page is not kept
   */
  public Position {
    Check.epoch("epoch", epoch);
    Check.integer("seq", seq);
  }

  /** As scripts and server-sent events write it: {@code EPOCH:SEQ}. */
  @Override
  public String toString() {
    return epoch + ":" + seq;
  }
}
