package io.chatroom.server.log.sql;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** Copies a store to another one. */
public final class StoreCopy {

  private StoreCopy() {}

  /**
   * Copies all of it, or nothing.
   *
   * @param count the content of the source, from {@link StoreSource#check}
   * @param progress called after each message with the number of messages copied so far
   * @return the counts of the new store
   * @throws IOException if that fails; the message is one sentence for people
   */
  public static StoreCount copy(
      StoreSource source, StoreCount count, StoreTarget target, LongConsumer progress)
      throws IOException {
    AtomicLong messages = new AtomicLong();
    source.rooms(target::add);
    source.messages(
        message -> {
          target.add(message);
          progress.accept(messages.incrementAndGet());
        });
    source.facts(target::add);
    StoreCount there = target.count();
    if (!there.equals(count)) {
      throw new IOException(
          "%s would have %s, expected %s; nothing was copied"
              .formatted(target.shown(), there, count));
    }
    target.finish();
    return there;
  }
}
