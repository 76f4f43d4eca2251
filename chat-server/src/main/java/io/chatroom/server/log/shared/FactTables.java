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
            PRIMARY KEY (kind, key))
          """,
          "CREATE INDEX fact_version ON fact (kind, version)",
          """
          CREATE TABLE fact_kind (
            kind text PRIMARY KEY,
            version bigint NOT NULL)
          """);

  private FactTables() {}
}
