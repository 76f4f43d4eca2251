package io.chatroom.server.log.shared;

import java.util.List;

/**
 * The tables of rooms and messages, and the functions that store batches.
 *
 * <p>A message has a sequence number in its room, {@code seq}, and a number in the whole store,
 * {@code n}. Within a room both grow together. Across rooms, {@code n} is not the order of commits:
 * a smaller one may appear later. {@code bytes} is the total size of the room's messages up to this
 * one. Texts that may contain U+0000 are escaped by {@link Nul}.
 *
 * <p>{@code tail} has the last batch that each run of a server has stored in each room, with the
 * mark that the server gave it. If the answer to a statement is lost, the mark tells whether the
 * batch was stored.
 *
 * <p>{@code chat_append_1} is one statement, so the row of the room is locked only while the
 * database works, and not during a round trip. It is idempotent: a batch with the same mark is
 * stored once. It stores nothing if one of the posts is already stored ({@code CH001}), if the last
 * message that the server has delivered is missing ({@code CH002}), or if the server has stored a
 * newer batch ({@code CH003}).
 *
 * <p>{@code chat_append_together_1} stores batches of many rooms at a fraction of the cost, as
 * statements cost more than rows. It skips rooms in which another server is storing, so servers
 * cannot block each other, and it leaves everything but plain messages to {@code chat_append_1}.
 */
final class LogTables {

  static final List<String> VERSION_1 =
      List.of(
          // one row; generation grows when rooms are dropped, see SharedRoom.fresh
          """
          CREATE TABLE store (
            name text NOT NULL,
            generation bigint NOT NULL DEFAULT 0)
          """,
          "INSERT INTO store (name) VALUES (replace(gen_random_uuid()::text, '-', ''))",
          """
          CREATE TABLE room (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            name text COLLATE "C" NOT NULL UNIQUE,
            epoch text NOT NULL,
            forgotten bigint NOT NULL DEFAULT 0,
            topic text,
            newest bigint NOT NULL DEFAULT 0,
            at bigint NOT NULL DEFAULT 0,
            bytes bigint NOT NULL DEFAULT 0)
          WITH (fillfactor = 50)
          """,
          "CREATE INDEX room_public ON room (name) WHERE name NOT LIKE '@%'",
          "CREATE SEQUENCE message_n CACHE 1",
          """
          CREATE TABLE message (
            n bigint NOT NULL DEFAULT nextval('message_n'),
            room bigint NOT NULL,
            seq bigint NOT NULL,
            at bigint NOT NULL,
            bytes bigint NOT NULL,
            author text NOT NULL,
            text text,
            client bytea,
            id text,
            reply bigint,
            kind text,
            target text,
            owned boolean,
            PRIMARY KEY (room, seq))
          """,
          """
          CREATE UNIQUE INDEX message_post ON message (client, id) WHERE client IS NOT NULL
          """,
          "CREATE INDEX message_number ON message (n)",
          """
          CREATE TABLE tail (
            server bytea NOT NULL,
            room bigint NOT NULL,
            mark bigint NOT NULL,
            seq bigint NOT NULL,
            at bigint NOT NULL,
            PRIMARY KEY (server, room))
          WITH (fillfactor = 50)
          """,
          // Stores a batch once, and returns its place and the room's epoch.
          """
          CREATE FUNCTION chat_append_1(
            _server bytea, _name text, _epoch text, _mark bigint,
            _delivered bigint, _delivered_at bigint,
            _authors text[], _texts text[], _clients bytea[], _ids text[], _replies bigint[],
            _kinds text[], _targets text[], _owned boolean[], _sizes bigint[],
            _topic text, _sets_topic boolean, _deletes bigint[])
          RETURNS TABLE (room_id bigint, first_seq bigint, said_at bigint, in_epoch text,
            size_before bigint)
          LANGUAGE plpgsql AS $$
          DECLARE
            r room%ROWTYPE;
            t tail%ROWTYPE;
            k integer := array_length(_authors, 1);
            stored integer;
            now_millis bigint;
            size bigint;
          BEGIN
            SELECT * INTO r FROM room WHERE room.name = _name FOR NO KEY UPDATE;
            IF NOT FOUND THEN
              IF _delivered > 0 THEN
                RAISE EXCEPTION 'the room is missing' USING ERRCODE = 'CH002';
              END IF;
              INSERT INTO room (name, epoch) VALUES (_name, _epoch) ON CONFLICT DO NOTHING;
              SELECT * INTO STRICT r FROM room WHERE room.name = _name FOR NO KEY UPDATE;
            END IF;
            SELECT * INTO t FROM tail WHERE tail.server = _server AND tail.room = r.id;
            IF FOUND AND t.mark > _mark THEN
              RAISE EXCEPTION 'a newer batch of this server is already stored' USING ERRCODE = 'CH003';
            END IF;
            IF FOUND AND t.mark = _mark THEN
              -- a write, so that this commit waits for the standby
              UPDATE tail SET mark = _mark WHERE tail.server = _server AND tail.room = r.id;
              RETURN QUERY SELECT r.id, t.seq,
                coalesce((SELECT m.at FROM message m WHERE m.room = r.id AND m.seq = t.seq), r.at),
                r.epoch, r.bytes;
              RETURN;
            END IF;
            IF r.epoch = _epoch AND _delivered > r.forgotten AND _delivered_at > 0 AND NOT EXISTS (
              SELECT FROM message m
              WHERE m.room = r.id AND m.seq = _delivered AND m.at = _delivered_at) THEN
              RAISE EXCEPTION 'a delivered message is missing' USING ERRCODE = 'CH002';
            END IF;
            now_millis := greatest(r.at, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint);
            INSERT INTO message
              (room, seq, at, bytes, author, text, client, id, reply, kind, target, owned)
            SELECT r.id, r.newest + b.o, now_millis, r.bytes + sum(b.size) OVER (ORDER BY b.o),
              b.author, b.text, b.client, b.id, b.reply, b.kind, b.target, b.owned
            FROM unnest(_authors, _texts, _clients, _ids, _replies, _kinds, _targets, _owned, _sizes)
              WITH ORDINALITY AS b(author, text, client, id, reply, kind, target, owned, size, o)
            ORDER BY b.o
            ON CONFLICT (client, id) WHERE client IS NOT NULL DO NOTHING;
            GET DIAGNOSTICS stored = ROW_COUNT;
            IF stored < k THEN
              RAISE EXCEPTION 'a post is already stored' USING ERRCODE = 'CH001';
            END IF;
            IF _deletes IS NOT NULL THEN
              UPDATE message m SET text = NULL
              FROM unnest(_deletes) WITH ORDINALITY AS d(seq, o)
              WHERE m.room = r.id AND m.seq = d.seq AND d.seq < r.newest + d.o AND m.kind IS NULL;
            END IF;
            SELECT sum(s) INTO size FROM unnest(_sizes) s;
            UPDATE room SET newest = r.newest + k, at = now_millis, bytes = r.bytes + size,
              topic = CASE WHEN _sets_topic THEN _topic ELSE r.topic END
            WHERE id = r.id;
            INSERT INTO tail (server, room, mark, seq, at)
            VALUES (_server, r.id, _mark, r.newest + 1, now_millis)
            ON CONFLICT (server, room) DO UPDATE
            SET mark = excluded.mark, seq = excluded.seq, at = excluded.at;
            RETURN QUERY SELECT r.id, r.newest + 1, now_millis, r.epoch, r.bytes;
          END
          $$
          """,
          // Returns no row for a room that is new or busy, and a row without an epoch for a batch
          // that only chat_append_1 can handle.
          """
          CREATE FUNCTION chat_append_together_1(
            _server bytea, _names text[], _epochs text[], _marks bigint[],
            _delivered bigint[], _delivered_at bigint[], _counts bigint[], _bytes bigint[],
            _rooms integer[], _places integer[], _authors text[], _texts text[], _clients bytea[],
            _ids text[], _replies bigint[], _owned boolean[], _sizes bigint[])
          RETURNS TABLE (of integer, room_id bigint, first_seq bigint, said_at bigint,
            in_epoch text)
          LANGUAGE plpgsql AS $$
          DECLARE
            now_millis bigint;
            _os integer[];
            _found bigint[];
            _doubtful integer[];
            stored integer;
          BEGIN
            SELECT array_agg(l.o), array_agg(l.id) INTO _os, _found FROM (
              SELECT w.o::integer AS o, r.id
              FROM unnest(_names) WITH ORDINALITY AS w(name, o) JOIN room r ON r.name = w.name
              FOR NO KEY UPDATE OF r SKIP LOCKED) l;
            -- the next statement sees everything that was committed before the locks were taken
            now_millis := floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint;
            SELECT array_agg(d.o) FILTER (WHERE d.plain), array_agg(d.id) FILTER (WHERE d.plain),
              array_agg(d.o) FILTER (WHERE NOT d.plain) INTO _os, _found, _doubtful
            FROM (
              SELECT w.o, w.id, (t.mark IS NULL OR t.mark < _marks[w.o])
                AND (r.epoch <> _epochs[w.o] OR _delivered[w.o] <= r.forgotten
                  OR _delivered_at[w.o] <= 0 OR EXISTS (
                    SELECT FROM message m WHERE m.room = w.id AND m.seq = _delivered[w.o]
                    AND m.at = _delivered_at[w.o])) AS plain
              FROM unnest(_os, _found) AS w(o, id)
              JOIN room r ON r.id = w.id
              LEFT JOIN tail t ON t.server = _server AND t.room = w.id) d;
            RETURN QUERY SELECT o, 0::bigint, 0::bigint, 0::bigint, NULL
            FROM unnest(_doubtful) AS o;
            IF _os IS NULL THEN
              RETURN;
            END IF;
            INSERT INTO message (room, seq, at, bytes, author, text, client, id, reply, owned)
            SELECT r.id, r.newest + b.place, greatest(r.at, now_millis),
              r.bytes + sum(b.size) OVER (PARTITION BY b.o ORDER BY b.place),
              b.author, b.text, b.client, b.id, b.reply, b.owned
            FROM unnest(_rooms, _places, _authors, _texts, _clients, _ids, _replies, _owned, _sizes)
              AS b(o, place, author, text, client, id, reply, owned, size)
            JOIN unnest(_os, _found) AS w(o, id) ON w.o = b.o JOIN room r ON r.id = w.id
            ORDER BY b.o, b.place
            ON CONFLICT (client, id) WHERE client IS NOT NULL DO NOTHING;
            GET DIAGNOSTICS stored = ROW_COUNT;
            IF stored < (SELECT sum(_counts[o]) FROM unnest(_os) AS o) THEN
              RAISE EXCEPTION 'a post is already stored' USING ERRCODE = 'CH001';
            END IF;
            UPDATE room SET newest = newest + _counts[w.o], at = greatest(at, now_millis),
              bytes = room.bytes + _bytes[w.o]
            FROM unnest(_os, _found) AS w(o, id) WHERE room.id = w.id;
            INSERT INTO tail AS t (server, room, mark, seq, at)
            SELECT _server, w.id, _marks[w.o], r.newest - _counts[w.o] + 1, r.at
            FROM unnest(_os, _found) AS w(o, id) JOIN room r ON r.id = w.id
            ON CONFLICT (server, room) DO UPDATE
            SET mark = excluded.mark, seq = excluded.seq, at = excluded.at;
            RETURN QUERY SELECT w.o, w.id, t.seq, t.at, r.epoch
            FROM unnest(_os, _found) AS w(o, id) JOIN room r ON r.id = w.id
            JOIN tail t ON t.server = _server AND t.room = w.id;
          END
          $$
          """);

  private LogTables() {}
}
