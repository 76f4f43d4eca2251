package io.chatroom.server;

import io.chatroom.server.cluster.SharedStore;
import io.chatroom.server.config.Capacity;
import io.chatroom.server.config.ServerConfig;
import io.chatroom.server.facts.Facts;
import io.chatroom.server.facts.MemoryFacts;
import io.chatroom.server.log.LogMetrics;
import io.chatroom.server.log.MemoryLogs;
import io.chatroom.server.log.RoomLogs;
import io.chatroom.server.log.shared.Keep;
import io.chatroom.server.log.shared.SharedDatabase;
import io.chatroom.server.log.shared.SharedJournal;
import io.chatroom.server.log.shared.SharedLogs;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.log.store.Retention;
import io.chatroom.server.log.store.StoredLogs;
import io.chatroom.server.names.AccessKeys;
import io.chatroom.server.names.Blocks;
import io.chatroom.server.names.Bots;
import io.chatroom.server.names.Entrance;
import io.chatroom.server.names.Guard;
import io.chatroom.server.names.Guests;
import io.chatroom.server.names.NamesInUse;
import io.chatroom.server.names.Owners;
import io.chatroom.server.names.People;
import io.chatroom.server.names.ReadMarks;
import io.chatroom.server.search.Connections;
import io.chatroom.server.search.IndexSearch;
import io.chatroom.server.search.ScanSearch;
import io.chatroom.server.search.Search;
import io.chatroom.server.search.SharedSearch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Where messages and facts about people are kept: in memory, in a data directory ({@code --data})
 * or in a database that servers share ({@code --store}).
 *
 * @param logs the rooms' messages
 * @param facts what is known about people and rooms, kept beside the messages
 * @param shared what servers that share a store do together; null without {@code --store}
 */
record Storage(RoomLogs logs, Facts facts, @Nullable SharedStore shared) {

  /**
   * Opens the storage that the configuration asks for.
   *
   * @param undo receives what closes each part, the last one first
   * @throws IOException if it cannot be used; the message is one sentence for people
   */
  static Storage open(ServerConfig config, LogMetrics metrics, Deque<Runnable> undo)
      throws IOException {
    RoomLogs logs = logs(config, metrics);
    undo.push(logs::close);
    if (logs instanceof SharedLogs sharedLogs) {
      SharedStore shared = new SharedStore(sharedLogs.database(), sharedLogs.server());
      undo.push(shared::close);
      return new Storage(logs, shared.facts(), shared);
    }
    Facts facts = logs instanceof StoredLogs stored ? stored.facts() : new MemoryFacts();
    return new Storage(logs, facts, null);
  }

  private static RoomLogs logs(ServerConfig config, LogMetrics metrics) throws IOException {
    StoreAddress store = config.sharedStore();
    if (store != null) {
      SharedLogs shared = SharedLogs.open(store, metrics);
      Retention keep = config.retention();
      shared.keep(
          new Keep(keep.messages(), keep.bytes(), keep.age(), keep.allMessages(), keep.allBytes()));
      return shared;
    }
    Path data = config.dataDirectory();
    if (data != null) {
      return StoredLogs.open(data, config.retention(), InstantSource.system(), metrics);
    }
    return new MemoryLogs(
        config.historyMessages(),
        config.historyBytes() > 0 ? config.historyBytes() : Capacity.historyBytes(),
        InstantSource.system());
  }

  /** Loads what is known about people. */
  People people(ServerConfig config, @Nullable AccessKeys keys) throws IOException {
    Owners owners =
        Owners.open(facts, InstantSource.system(), System::nanoTime, config.nameKeepDays());
    return new People(
        owners,
        Blocks.open(facts),
        ReadMarks.open(facts),
        Bots.open(facts, owners, InstantSource.system()),
        new Entrance(keys, config.seedMembers(), System::nanoTime),
        new Guests(config.guestNames(), config.newRoomsPerHour(), System::nanoTime),
        Guard.open(facts, InstantSource.system(), owners),
        shared == null ? new NamesInUse() : shared.namesInUse());
  }

  /** Opens the index of stored messages; messages in memory are scanned instead. */
  Search openSearch() {
    if (logs instanceof SharedLogs kept) {
      SharedDatabase database = kept.database();
      return SharedSearch.open(
          new Connections(database::take, SharedDatabase::words),
          () -> SharedJournal.open(database));
    }
    if (logs instanceof StoredLogs stored) {
      IndexSearch index = IndexSearch.open(stored.directory(), stored.journal());
      stored.whenCommitted(index::wake);
      return index;
    }
    return new ScanSearch();
  }
}
