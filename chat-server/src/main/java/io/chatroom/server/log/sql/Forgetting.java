package io.chatroom.server.log.sql;

import io.chatroom.server.facts.Fact;
import java.io.IOException;
import java.util.List;

/** The deletion of a person from a store, and its result. */
public final class Forgetting {

  /** The author's name in place of the person's, unless another one was requested. */
  public static final String FORGOTTEN = "forgotten";

  /** The author of the events about deleted messages: a command of the server's own. */
  public static final String BY = "chat-server";

  /** The person to forget. */
  public interface Whom {

    /** Returns true if a name is the person's. */
    boolean isName(String name);

    /** The name of a room without the person's name. */
    default String roomWithout(String room) {
      return room;
    }

    /** Returns true if a text is the person's name, or the name of a room that contains it. */
    default boolean isMeant(String text) {
      return isName(text) || !roomWithout(text).equals(text);
    }
  }

  /** The fact for the audit log, without the person's name. */
  public interface Note {

    /**
     * Returns the fact to store, or none.
     *
     * @param all all facts before
     * @throws IOException if they cannot be read; the message is one sentence for people
     */
    List<Fact> of(List<Fact> all) throws IOException;
  }

  /**
   * The result.
   *
   * @param messages the number of the person's messages that were deleted or renamed
   * @param events the number of events that were renamed
   * @param facts the number of facts that no longer refer to the person
   */
  public record Done(long messages, long events, long facts) {}

  private Forgetting() {}
}
