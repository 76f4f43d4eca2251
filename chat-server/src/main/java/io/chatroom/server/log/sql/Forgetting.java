package io.chatroom.server.log.sql;

import io.chatroom.server.facts.Fact;
import java.io.IOException;
import java.util.List;

/** What a store is told of a person that is to be forgotten, and what it has done. */
public final class Forgetting {

  /** What a message is said by then, where no other name was asked for. */
  public static final String FORGOTTEN = "forgotten";

  /** By whom an event is that says that a message is deleted: a command of the server's own. */
  public static final String BY = "chat-server";

  /** Who is forgotten. */
  public interface Whom {

    /** Whether a name is theirs. */
    boolean isName(String name);

    /** What a room is called without their name. */
    default String roomWithout(String room) {
      return room;
    }

    /** Whether a text calls them, by itself or as the name of a room. */
    default boolean isMeant(String text) {
      return isName(text) || !roomWithout(text).equals(text);
    }
  }

  /** What is to be remembered of it, without saying who it was. */
  public interface Note {

    /**
     * What that is.
     *
     * @param all all facts there were
     * @throws IOException if they cannot be read; the message is one sentence for people
     */
    List<Fact> of(List<Fact> all) throws IOException;
  }

  /**
   * What was done.
   *
   * @param messages how many messages of the person were deleted, or have another name
   * @param events how many events have another name
   * @param facts how many facts do not speak of the person any more
   */
  public record Done(long messages, long events, long facts) {}

  private Forgetting() {}
}
