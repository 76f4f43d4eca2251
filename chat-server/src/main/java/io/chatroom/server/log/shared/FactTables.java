package io.chatroom.server.log.shared;

import java.util.List;

/** The tables of what is remembered besides what is said. */
final class FactTables {

  static final List<String> VERSION_1 =
      List.of(
          // value is null for what is gone
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
          // it is known again soon after a crash, by the servers that are there
          """
          CREATE UNLOGGED TABLE name_in_use (
            key text COLLATE "C" PRIMARY KEY,
            client text NOT NULL,
            servers bytea[] NOT NULL)
          """,
          // the private rooms of an owner
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
