package io.chatroom.server.log.shared;

import java.util.List;

/**
 * The tables of rooms and messages, and the function that stores a burst.
 *
 * <p>A message has a place in its room, {@code seq}, and a number among all, {@code n}. Within a
 * room both grow together. Among rooms {@code n} is not the order of commits: a smaller one may
 * appear later. {@code bytes} is how much the room had taken in when the message was in. What may
 * hold the character U+0000 stands as {@link Nul} hides it.
 *
 * <p>{@code tail} has the last burst that a run of a server has stored in a room, by the mark that
 * the server gave it: so it can be found out whether a burst is stored whose answer was lost.
 *
 * <p>{@code chat_append_1} is one statement, so a room's row is locked for as long as the database
 * works and never while a server thinks. It stores a burst exactly once however often it is called
 * with one mark, and nothing at all if one of its posts is there before ({@code CH001}) or the last
 * message that the server has delivered is not there ({@code CH002}).
 *
 * <p>{@code chat_append_together_1} does the same for bursts of many rooms, for a small part of the
 * cost: statements cost more than rows. It never waits for a room that another server stores in, so
 * servers cannot stop each other, and leaves what is not plain to the other function.
 */
final class LogTables {

  static final List<String> VERSION_1 =
      List.of(
          // one row; generation is another one after rooms were dropped, see SharedRoom.epoch
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
          // Returns where the burst stands, and the room's epoch; in no case anything of it twice.
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
              -- so that this waits for a standby, as the lost answer would have
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
          // Has nothing for a room that is new, or in which another server stores just now; and no
          // epoch where something else than storing is to be done.
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
            -- only what was committed before the locks is known to the next statement
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
