package io.chatroom.server.cluster;

import io.chatroom.server.facts.Facts;
import io.chatroom.server.log.shared.SharedDatabase;
import io.chatroom.server.log.shared.SharedFacts;
import io.chatroom.server.names.NamesInUse;
import io.chatroom.server.process.Version;
import io.chatroom.server.session.PrivateElsewhere;

/**
 * The parts of a server besides its rooms that use the shared database. The database must stay open
 * until this is closed.
 */
public final class SharedStore implements AutoCloseable {

  private final SharedFacts facts;
  private final SharedNames names;
  private final SharedPrivate privateRooms;
  private final Cluster cluster;

  /**
   * Starts all parts but the cluster.
   *
   * @param server the id of this run of the server
   */
  public SharedStore(SharedDatabase database, byte[] server) {
    this.facts = SharedFacts.open(database);
    this.names = new SharedNames(database, server);
    this.privateRooms = new SharedPrivate(database, server);
    String name = "process " + ProcessHandle.current().pid();
    this.cluster = new Cluster(database, server, name, Version.ofThis());
    cluster.whenForgotten(names::writeAgain);
  }

  /** The facts about people and rooms. */
  public Facts facts() {
    return facts;
  }

  /** The names that sessions hold. */
  public NamesInUse namesInUse() {
    return new NamesInUse(names);
  }

  /** The members on other servers; the caller must start it. */
  public Cluster cluster() {
    return cluster;
  }

  /** The private rooms of all servers. */
  public PrivateElsewhere privateRooms() {
    return privateRooms;
  }

  /** Stores pending changes, and releases guests' names. Later requests fail. */
  @Override
  public void close() {
    cluster.close(); // first, so that other servers notice at once
    privateRooms.close();
    names.close();
    facts.close();
  }
}
