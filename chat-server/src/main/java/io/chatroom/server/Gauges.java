package io.chatroom.server;

import io.chatroom.server.front.ConnectionLimits;
import io.chatroom.server.front.ConnectionWatches;
import io.chatroom.server.log.RoomLogs;
import io.chatroom.server.log.shared.SharedLogs;
import io.chatroom.server.log.store.StoredLogs;
import io.chatroom.server.metrics.Gauge;
import io.chatroom.server.room.Rooms;
import io.chatroom.server.search.IndexSearch;
import io.chatroom.server.search.Search;
import io.chatroom.server.search.SharedSearch;
import io.netty.util.internal.PlatformDependent;
import java.util.List;

/** The metrics that are read from the parts of a server each time somebody asks for them. */
final class Gauges {

  private Gauges() {}

  static List<Gauge> ofRooms(Rooms rooms) {
    return List.of(
        new Gauge("chat_members", "Members of all rooms", rooms::members),
        new Gauge("chat_rooms", "Rooms with a member or a kept message", rooms::size),
        new Gauge(
            "chat_private_rooms",
            "Private rooms with a member or a kept message",
            rooms::privateRooms),
        new Gauge(
            "chat_draining", "1 while the server is stopping", () -> rooms.isClosing() ? 1 : 0),
        new Gauge(
            "chat_backlog_bytes",
            "Memory of bursts that some members have not received yet, counted once",
            rooms::backlogBytes));
  }

  static List<Gauge> ofConnections(ConnectionLimits connections, ConnectionWatches watches) {
    return List.of(
        new Gauge("chat_connections_open", "Open connections", connections::open),
        new Gauge(
            "chat_waiting_bytes",
            "Memory of frames that are incomplete or wait for their turn",
            watches::waitingBytes));
  }

  static List<Gauge> ofMemory() {
    return List.of(
        new Gauge(
            "chat_direct_memory_bytes",
            "Memory of all buffers outside of the heap",
            PlatformDependent::usedDirectMemory),
        new Gauge(
            "chat_direct_memory_max_bytes",
            "Limit of the memory of all buffers outside of the heap",
            PlatformDependent::maxDirectMemory));
  }

  static List<Gauge> ofLogs(RoomLogs logs) {
    if (logs instanceof StoredLogs stored) {
      return ofStore(stored);
    }
    return logs instanceof SharedLogs shared ? ofSharedStore(shared) : List.of();
  }

  private static List<Gauge> ofStore(StoredLogs stored) {
    return List.of(
        new Gauge(
            "chat_log_refusing",
            "1 while messages cannot be stored",
            () -> stored.isRefusing() ? 1 : 0),
        new Gauge(
            "chat_log_queue_bytes",
            "Memory of bursts that wait to be stored",
            stored::waitingBytes),
        new Gauge("chat_log_bytes", "Disk space of the store", stored::bytes),
        new Gauge("chat_log_free_bytes", "Free disk space of the store", stored::freeBytes),
        new Gauge(
            "chat_log_oldest_timestamp_seconds",
            "Time of the oldest message; 0 if there is none",
            () -> stored.oldestMillis() / 1_000));
  }

  private static List<Gauge> ofSharedStore(SharedLogs shared) {
    return List.of(
        new Gauge(
            "chat_log_refusing",
            "1 while messages cannot be stored",
            () -> shared.isRefusing() ? 1 : 0),
        new Gauge(
            "chat_log_queue_bytes",
            "Memory of bursts that wait to be stored",
            shared::waitingBytes),
        new Gauge("chat_log_bytes", "Size of the database", shared::bytes),
        new Gauge(
            "chat_log_oldest_timestamp_seconds",
            "Time of the oldest message; 0 if there is none",
            () -> shared.oldestMillis() / 1_000),
        new Gauge(
            "chat_store_connected",
            "1 while this server is notified of messages that others store",
            () -> shared.isListening() ? 1 : 0),
        new Gauge(
            "chat_store_connections", "Connections to the database in use", shared::connections),
        new Gauge(
            "chat_store_behind_rooms",
            "Rooms with stored messages that are not delivered yet",
            shared::behind));
  }

  static List<Gauge> ofSearch(Search search) {
    if (search instanceof SharedSearch shared) {
      return List.of(
          new Gauge(
              "chat_search_lag_messages",
              "Stored messages and events that are not indexed yet",
              shared::behind));
    }
    return search instanceof IndexSearch index
        ? List.of(
            new Gauge(
                "chat_search_lag_messages",
                "Stored messages and events that are not indexed yet",
                index::behind),
            new Gauge("chat_search_index_bytes", "Size of the index", index::bytes))
        : List.of();
  }
}
