package io.chatroom.server.log.store;

import io.chatroom.server.log.sql.CopiedMessage;

/**
 * All SQL that reads or changes messages. It is portable; what only one database supports is
 * elsewhere. The tables are those of {@link Schema}.
 *
 * <p>A message has two numbers: {@code seq} is its place in its room, and {@code n} its place among
 * the messages of all rooms, in the order of storing; both only grow. {@code bytes} is the total
 * size of the room's messages up to this one, so the size of a range is the difference of two rows.
 * A message without {@code text} was deleted. {@code forgotten} is the highest number that
 * retention has deleted: a room's numbers have no gaps, so everything after it is kept.
 */
final class Sql {

  static final String NEW_STORE = "INSERT INTO store (name, forgotten, copied) VALUES (?, 0, 0)";

  static final String STORE = "SELECT name, forgotten, copied FROM store";

  static final String RENAME_STORE = "UPDATE store SET name = ?, copied = 0";

  static final String NEWEST_N = "SELECT max(n) FROM message";

  static final String OLDEST_AT = "SELECT at FROM message ORDER BY n LIMIT 1";

  /** One row for each room: its columns, and its newest message, or nulls if it keeps none. */
  static final String ROOMS =
      """
      SELECT room.id, room.name, room.epoch, room.forgotten, room.topic,
        message.seq, message.at, message.bytes,
        (SELECT bytes FROM message WHERE room = room.id AND seq = room.forgotten + 1)
      FROM room LEFT JOIN message ON message.room = room.id
        AND message.seq = (SELECT max(seq) FROM message WHERE room = room.id)
      """;

  static final String NEW_ROOM =
      "INSERT INTO room (id, name, epoch, forgotten) VALUES (?, ?, ?, ?)";

  static final String DROP_ROOM = "DELETE FROM room WHERE id = ?";

  static final String NEW_EPOCH = "UPDATE room SET epoch = ? WHERE id = ?";

  static final String TOPIC = "UPDATE room SET topic = ? WHERE id = ?";

  /** Does nothing if the post is stored already. */
  static final String ADD =
      """
      INSERT INTO message
        (n, room, seq, at, bytes, author, text, client, id, reply, kind, target, owned)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (client, id) WHERE client IS NOT NULL DO NOTHING
      """;

  /** Erases the text of a message; an event keeps its own. */
  static final String ERASE =
      "UPDATE message SET text = NULL WHERE room = ? AND seq = ? AND kind IS NULL";

  /** Renames authors and targets. */
  static final String AUTHORS =
      "SELECT n, room, seq, author, kind, target FROM message WHERE n > ? ORDER BY n LIMIT ?";

  static final String ERASE_IF_THERE =
      "UPDATE message SET text = NULL WHERE n = ? AND text IS NOT NULL";

  /** Messages under an owned name are no longer marked as owned under the new name. */
  static final String RENAME =
      "UPDATE message SET author = ?, target = ?, owned = NULL WHERE n = ?";

  static final String RENAME_ROOM = "UPDATE room SET name = ? WHERE id = ?";

  static final String FORGET_CLIENT = "UPDATE message SET client = NULL, id = NULL WHERE n = ?";

  static final String FORGET_TOPIC = "UPDATE message SET text = '' WHERE n = ?";

  static final String FORGET_TOPIC_OF_ROOM =
      """
      UPDATE room SET topic = NULL WHERE id = ? AND NOT EXISTS
        (SELECT 1 FROM message WHERE room = room.id AND kind = 'topic' AND n > ?)
      """;

  static final String FIND_POST =
      "SELECT room, seq, at, text FROM message WHERE client = ? AND id = ?";

  /** The columns of {@code MessageRow}, followed by the place among all messages. */
  private static final String LINE =
      """
      SELECT message.seq, message.at, message.author, message.text, message.client, message.id,
        message.reply, message.kind, message.target, message.owned, message.n, room.name
      FROM message JOIN room ON room.id = message.room
      """;

  static final String LINES_AFTER = LINE + "WHERE message.n > ? ORDER BY message.n LIMIT ?";

  static final String LINE_AT = LINE + "WHERE message.n = ?";

  static final String NUMBER_FROM =
      """
      SELECT n FROM message JOIN room ON room.id = message.room
      WHERE room.name = ? AND seq >= ? ORDER BY seq LIMIT 1
      """;

  static final String FORGOTTEN = "SELECT name, forgotten FROM room";

  static final String OLDEST = "SELECT n, room, seq, at, bytes FROM message ORDER BY n LIMIT ?";

  static final String OLDEST_OF_ROOM =
      "SELECT seq, bytes FROM message WHERE room = ? AND seq <= ? AND bytes <= ?"
          + " ORDER BY seq DESC LIMIT 1";

  static final String FORGET_OLDEST = "DELETE FROM message WHERE n <= ?";

  static final String FORGET_OF_ROOM = "DELETE FROM message WHERE room = ? AND seq <= ?";

  static final String ROOM_FORGETS = "UPDATE room SET forgotten = ? WHERE id = ?";

  static final String STORE_FORGETS = "UPDATE store SET forgotten = ?";

  /** All messages, in the order of storing. */
  static final String ALL =
      """
      SELECT n, room, seq, at, author, text, client, id, reply, kind, target, owned FROM message
      WHERE n > ? ORDER BY n LIMIT ?
      """;

  /** All messages of a store of version 1, which a reading tool must not upgrade. */
  static final String ALL_OF_VERSION_1 = ALL.replace("owned", "NULL");

  /** All rows as they are, of a store that nobody changes. */
  static final String ALL_TO_COPY =
      "SELECT " + CopiedMessage.COLUMNS + " FROM message WHERE n > ? ORDER BY n LIMIT ?";

  static final String ROOM_NAMES = "SELECT id, name, topic FROM room";

  static final String MARK_COPY = "UPDATE store SET copied = 1";

  /** Rooms whose numbers have a gap, or do not begin where they should. */
  static final String HOLES =
      """
      SELECT room.name, room.forgotten, count(message.seq), min(message.seq), max(message.seq)
      FROM room JOIN message ON message.room = room.id GROUP BY room.id
      HAVING min(message.seq) <> room.forgotten + 1
        OR max(message.seq) - min(message.seq) + 1 <> count(message.seq)
      """;

  static final String STRAYS =
      "SELECT count(*) FROM message WHERE room NOT IN (SELECT id FROM room)";

  static final String COUNT_FACTS = "SELECT count(*) FROM fact";

  static final String COUNTS = "SELECT count(*), count(DISTINCT room) FROM message";

  static final String REMEMBER =
      """
      INSERT INTO fact (kind, key, value) VALUES (?, ?, ?)
      ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value
      """;

  static final String FORGET = "DELETE FROM fact WHERE kind = ? AND key = ?";

  static final String FACTS =
      "SELECT key, value FROM fact WHERE kind = ? AND key > ? ORDER BY key LIMIT ?";

  static final String ALL_FACTS = "SELECT kind, key, value FROM fact ORDER BY kind, key";

  private Sql() {}
}
