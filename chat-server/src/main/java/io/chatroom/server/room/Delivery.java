package io.chatroom.server.room;

import io.chatroom.server.log.Author;
import io.chatroom.server.log.Burst;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A burst on its way to members, encoded once for each kind of members. Every event loop that has
 * members of the room holds a reference, as does whatever keeps it for slow members. Thread-safe.
 */
public final class Delivery extends AbstractReferenceCounted {

  private final Placed said;
  private final List<Encoding> encodings;
  private final Encoded[] encoded;

  /**
   * Encodes a burst.
   *
   * @param said the delivery takes over the reference to the burst
   * @param encodings those that the room's members use; must not change
   */
  Delivery(Placed said, List<Encoding> encodings) {
    this.said = said;
    this.encodings = encodings;
    this.encoded = new Encoded[encodings.size()];
    for (int i = 0; i < encoded.length; i++) {
      encoded[i] = encodings.get(i).all(said);
    }
  }

  /** The burst and its place in the room's order. */
  public Placed said() {
    return said;
  }

  /** The burst in an encoding; null if no member used that encoding when the delivery was made. */
  @Nullable Encoded in(Encoding encoding) {
    for (int i = 0; i < encoded.length; i++) {
      if (encodings.get(i) == encoding) {
        return encoded[i];
      }
    }
    return null;
  }

  /** The number of its messages that are not this author's own. */
  int messagesFor(Author author) {
    int messages = said.burst().messages();
    for (Burst.Segment segment : said.burst().segments()) {
      if (segment.author() == author) {
        messages -= segment.messages();
      }
    }
    return messages;
  }

  /** Its memory in bytes, without the constant part. */
  int size() {
    return said.burst().size();
  }

  @Override
  public Delivery retain() {
    super.retain();
    return this;
  }

  @Override
  public ReferenceCounted touch(Object hint) {
    said.burst().bytes().touch(hint);
    return this;
  }

  @Override
  protected void deallocate() {
    for (Encoded one : encoded) {
      one.bytes().release();
    }
    said.burst().release();
  }
}
