package io.chatroom.server.cluster;

import io.chatroom.server.facts.Facts;
import io.chatroom.server.log.shared.SharedDatabase;
import io.chatroom.server.log.shared.SharedFacts;
import io.chatroom.server.names.NamesInUse;
import io.chatroom.server.process.Version;
import io.chatroom.server.session.PrivateElsewhere;

/**
 * What a server has besides its rooms in a database that it shares with others. The database is
 * open for longer than this.
 */
public final class SharedStore implements AutoCloseable {

  private final SharedFacts facts;
  private final SharedNames names;
  private final SharedPrivate privateRooms;
  private final Cluster cluster;

  /**
   * Begins to hear of other servers.
   *
   * @param server what this run of this server is called among the others
   */
  public SharedStore(SharedDatabase database, byte[] server) {
    this.facts = SharedFacts.open(database);
    this.names = new SharedNames(database, server);
    this.privateRooms = new SharedPrivate(database, server);
    String name = "process " + ProcessHandle.current().pid();
    this.cluster = new Cluster(database, server, name, Version.ofThis());
    cluster.whenForgotten(names::writeAgain);
  }

  /** What is remembered of people and rooms. */
  public Facts facts() {
    return facts;
  }

  /** Which names sessions have. */
  public NamesInUse namesInUse() {
    return new NamesInUse(names);
  }

  /** Who is in rooms on other servers. */
  public Cluster cluster() {
    return cluster;
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
    cluster.close(); // the others need not wait until they take it for dead
    privateRooms.close();
    names.close();
    facts.close();
  }
}
