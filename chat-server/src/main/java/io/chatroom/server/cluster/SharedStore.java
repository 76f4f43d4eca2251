package io.chatroom.server.cluster;

import io.chatroom.server.facts.Facts;
import io.chatroom.server.log.shared.SharedDatabase;
import io.chatroom.server.log.shared.SharedFacts;
import io.chatroom.server.names.NamesInUse;
import io.chatroom.server.session.PrivateElsewhere;

/**
 * What a server has besides its rooms in a database that it shares with others. The database is
 * open for longer than this.
 */
public final class SharedStore implements AutoCloseable {

  private final SharedFacts facts;
  private final SharedNames names;
  private final SharedPrivate privateRooms;

  /**
   * Begins to hear of other servers.
   *
   * @param server what this run of this server is called among the others
   */
  public SharedStore(SharedDatabase database, byte[] server) {
    this.facts = SharedFacts.open(database);
    this.names = new SharedNames(database, server);
    this.privateRooms = new SharedPrivate(database, server);
  }

  /** What is remembered of people and rooms. */
  public Facts facts() {
    return facts;
  }

  /** Which names sessions have. */
  public NamesInUse namesInUse() {
    return new NamesInUse(names);
  }

  /** The others took this server for dead: it says again what it has. */
  public void writeAgain() {
    names.writeAgain();
  }

  /** The private rooms of all servers. */
  public PrivateElsewhere privateRooms() {
    return privateRooms;
  }

  /**
   * Stores what was asked for, and gives the names of guests back. What is asked for later fails.
   */
  @Override
  public void close() {
    privateRooms.close();
    names.close();
    facts.close();
  }
}
