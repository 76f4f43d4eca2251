package io.chatroom.server.log.shared;

import java.util.List;

/** The tables in which servers tell each other who they are and who is with them. */
final class ClusterTables {

  static final List<String> VERSION_1 =
      List.of(
          """
          CREATE TABLE server (
            id bytea PRIMARY KEY,
            name text NOT NULL,
            seen timestamptz NOT NULL,
            version text NOT NULL)
          """,
          """
          CREATE TABLE presence (
            server bytea NOT NULL,
            room text COLLATE "C" NOT NULL,
            count integer NOT NULL,
            names jsonb NOT NULL,
            PRIMARY KEY (server, room))
          """,
          "CREATE INDEX presence_room ON presence (room)");

  private ClusterTables() {}
}
