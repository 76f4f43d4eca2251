package io.chatroom.server.log.shared;

import java.util.List;

/**
 * The tables of servers and of their members.
 *
 * <p>They are unlogged, so that joining and leaving never waits for a disk or a standby. They are
 * empty after a crash of the database and on a promoted standby; each server then writes its part
 * again.
 */
final class ClusterTables {

  static final List<String> VERSION_1 =
      List.of(
          """
          CREATE UNLOGGED TABLE server (
            id bytea PRIMARY KEY,
            name text NOT NULL,
            version text NOT NULL,
            seen timestamptz NOT NULL,
            members integer NOT NULL DEFAULT 0)
          WITH (fillfactor = 50)
          """,
          """
          CREATE UNLOGGED TABLE presence (
            server bytea NOT NULL REFERENCES server ON DELETE CASCADE,
            room text COLLATE "C" NOT NULL,
            count integer NOT NULL,
            names text[] NOT NULL,
            at timestamptz NOT NULL,
            PRIMARY KEY (server, room))
          WITH (fillfactor = 50)
          """,
          "CREATE INDEX presence_room ON presence (room)",
          "CREATE INDEX presence_at ON presence (at)");

  private ClusterTables() {}
}
