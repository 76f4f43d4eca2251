package io.chatroom.protocol.session;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the fields of objects from servers, in the order of {@code SESSIONS.md}. */
final class ServerWriter {

  private ServerWriter() {}

  static void write(FromServer object, ObjectWriter json) {
    json.field("type", object.type());
    if (object instanceof Entry entry) {
      entry(entry, json);
    } else if (object instanceof FromServer.Ack ack) {
      json.field("id", ack.id())
          .field("room", ack.room())
          .field("seq", ack.seq())
          .field("at", ack.at())
          .onlyIf("duplicate", ack.duplicate());
    } else if (object instanceof FromServer.Welcome welcome) {
      welcome(welcome, json);
    } else if (object instanceof FromServer.Joined joined) {
      joined(joined, json);
    } else if (object instanceof FromServer.Gap gap) {
      json.field("room", gap.room())
          .field("from", gap.from())
          .field("to", gap.to())
          .field("why", gap.why());
    } else if (object instanceof FromServer.Presence presence) {
      json.field("room", presence.room())
          .strings("came", unlessEmpty(presence.came()))
          .strings("went", unlessEmpty(presence.went()))
          .field("count", presence.count());
    } else if (object instanceof FromServer.Page page) {
      page(page, json);
    } else if (object instanceof FromServer.Rooms rooms) {
      json.mark(rooms.q())
          .objects("rooms", rooms.rooms(), room -> room(room, json))
          .field("complete", rooms.complete());
    } else if (object instanceof FromServer.Members members) {
      json.mark(members.q())
          .field("room", members.room())
          .strings("members", members.members())
          .field("count", members.count());
    } else if (object instanceof FromServer.Read read) {
      json.field("room", read.room()).field("seq", read.seq());
    } else if (object instanceof FromServer.Blocked blocked) {
      json.mark(blocked.q()).strings("names", blocked.names());
    } else if (object instanceof FromServer.Owned owned) {
      json.mark(owned.q()).field("token", owned.token()).field("keepDays", owned.keepDays());
    } else if (object instanceof FromServer.Tokens tokens) {
      json.mark(tokens.q())
          .objects(
              "tokens",
              tokens.tokens(),
              token ->
                  json.field("label", token.label())
                      .strings("rooms", ClientWriter.texts(token.rooms()))
                      .field("scope", token.scope().text())
                      .field("at", token.at()))
          .field("token", tokens.token());
    } else if (object instanceof FromServer.Link link) {
      json.mark(link.q()).field("code", link.code()).field("seconds", link.seconds());
    } else if (object instanceof FromServer.Left left) {
      json.mark(left.q()).field("room", left.room()).field("text", left.text());
    } else if (object instanceof FromServer.Moderated moderated) {
      json.mark(moderated.q())
          .field("action", moderated.action())
          .field("target", moderated.target());
    } else if (object instanceof FromServer.Pong pong) {
      json.mark(pong.q()).object("heads", heads -> heads(pong.heads(), heads));
    } else if (object instanceof FromServer.Error error) {
      json.mark(error.q()).field("id", error.id()).field("room", error.room());
      reason(error.code(), error.act(), error.afterMillis(), error.text(), json);
    } else if (object instanceof FromServer.Bye bye) {
      reason(bye.code(), bye.act(), bye.afterMillis(), bye.text(), json);
    }
  }

  private static void entry(Entry entry, ObjectWriter json) {
    json.field("room", entry.room()).field("seq", entry.seq()).field("at", entry.at());
    if (entry instanceof FromServer.Message message) {
      json.field("from", message.from())
          .onlyIf("owned", message.owned())
          .field("text", message.text())
          .field("replyTo", message.replyTo())
          .onlyIf("deleted", message.deleted());
    } else if (entry instanceof FromServer.Event event) {
      json.field("kind", event.kind())
          .field("by", event.by())
          .field("target", event.targetSeq())
          .field("target", event.target())
          .field("text", event.text());
    }
  }

  private static void welcome(FromServer.Welcome welcome, ObjectWriter json) {
    json.field("v", FromClient.Hello.VERSION)
        .field("name", welcome.name())
        .field("owned", welcome.owned())
        .field("server", welcome.server())
        .object(
            "limits",
            limits -> welcome.limits().forEach((name, limit) -> limits.field(name, limit)))
        .strings("features", welcome.features())
        .field("pingSeconds", welcome.pingSeconds())
        .field("seedRoom", welcome.seedRoom());
  }

  private static void joined(FromServer.Joined joined, ObjectWriter json) {
    json.mark(joined.q())
        .field("room", joined.room())
        .field("epoch", joined.epoch())
        .field("seq", joined.seq())
        .field("first", joined.first())
        .field("count", joined.count())
        .strings("members", joined.members())
        .field("topic", joined.topic())
        .field("read", joined.read())
        .field("role", joined.role())
        .field("resume", joined.resume() == null ? null : joined.resume().text());
  }

  private static void page(FromServer.Page page, ObjectWriter json) {
    json.mark(page.q())
        .field("room", page.room())
        .field("epoch", page.epoch())
        .objects(
            "messages",
            page.messages(),
            entry -> {
              json.field("type", entry instanceof FromServer.Message ? "message" : "event");
              entry(entry, json);
            })
        .field("complete", page.complete())
        .field("next", page.next());
  }

  private static void room(FromServer.Room room, ObjectWriter json) {
    json.field("room", room.room())
        .field("count", room.count())
        .field("seq", room.seq())
        .field("topic", room.topic());
  }

  private static void heads(Map<RoomName, Long> heads, ObjectWriter json) {
    heads.entrySet().stream()
        .sorted(Map.Entry.comparingByKey(Comparator.comparing(RoomName::key)))
        .forEach(head -> json.field(head.getKey().text(), head.getValue()));
  }

  private static void reason(
      String code, Do act, @Nullable Long afterMillis, String text, ObjectWriter json) {
    json.field("code", code)
        .field("do", act.text())
        .field("afterMillis", afterMillis)
        .field("text", text);
  }

  private static @Nullable List<String> unlessEmpty(List<String> names) {
    return names.isEmpty() ? null : names;
  }
}
