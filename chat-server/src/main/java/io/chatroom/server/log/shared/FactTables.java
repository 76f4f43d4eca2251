package io.chatroom.server.log.shared;

import java.util.List;

/** The tables of facts, of names in use, and the indexes of private rooms. */
final class FactTables {

  static final List<String> VERSION_1 =
      List.of(
          // value is null for a deleted fact
          """
          CREATE TABLE fact (
            kind text NOT NULL,
            key text COLLATE "C" NOT NULL,
            value text,
            version bigint NOT NULL,
            gone timestamptz,
            PRIMARY KEY (kind, key))
          """,
          "CREATE INDEX fact_version ON fact (kind, version)",
          "CREATE INDEX fact_gone ON fact (gone) WHERE gone IS NOT NULL",
          """
          CREATE TABLE fact_kind (
            kind text PRIMARY KEY,
            version bigint NOT NULL,
            cleaned bigint NOT NULL DEFAULT 0)
          """,
          // unlogged: after a crash, the running servers soon write their names again
          """
          CREATE UNLOGGED TABLE name_in_use (
            key text COLLATE "C" PRIMARY KEY,
            client text NOT NULL,
            servers bytea[] NOT NULL)
          """,
          // for finding the private rooms of a person
          """
          CREATE INDEX room_first ON room ((substring(name from '^@[^~+]+~([^~+]+)[+]')))
            WHERE name LIKE '@%'
          """,
          """
          CREATE INDEX room_second ON room ((substring(name from '~([^~+]+)$')))
            WHERE name LIKE '@%'
          """);

  private FactTables() {}
}
