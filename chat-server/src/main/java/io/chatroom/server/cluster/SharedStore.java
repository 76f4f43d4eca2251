package io.chatroom.server.cluster;

import io.chatroom.server.facts.Facts;
import io.chatroom.server.log.shared.SharedDatabase;
import io.chatroom.server.log.shared.SharedFacts;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.names.NamesInUse;
import io.chatroom.server.session.PrivateElsewhere;
import java.io.IOException;
import java.security.SecureRandom;

/** What a server has in a database that it shares with others. */
public final class SharedStore implements AutoCloseable {

  private static final int ID_BYTES = 16;

  private final SharedDatabase database;
  private final byte[] id = new byte[ID_BYTES];
  private final SharedFacts facts;
  private final SharedNames names;
  private final SharedPrivate privateRooms;

  private SharedStore(SharedDatabase database) {
    this.database = database;
    new SecureRandom().nextBytes(id);
    this.facts = SharedFacts.open(database);
    this.names = new SharedNames(database, id);
    this.privateRooms = new SharedPrivate(database, id);
  }

  /**
   * Connects to the database, and makes its tables if that is necessary.
   *
   * @throws IOException if it cannot be used; the message is one sentence for people
   */
  public static SharedStore open(StoreAddress address) throws IOException {
    return new SharedStore(SharedDatabase.open(address));
  }

  /** What this run of this server is called among the others. */
  public byte[] id() {
    return id.clone();
  }

  /** The database, for as long as this is open. */
  public SharedDatabase database() {
    return database;
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
    database.close();
  }
}
