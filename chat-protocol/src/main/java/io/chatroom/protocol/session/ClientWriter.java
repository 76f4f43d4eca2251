package io.chatroom.protocol.session;

import java.util.List;

/** Writes the fields of objects from clients, in the order of {@code SESSIONS.md}. */
final class ClientWriter {

  private ClientWriter() {}

  static void write(FromClient object, ObjectWriter json) {
    json.field("type", object.type());
    if (object instanceof FromClient.Post post) {
      json.field("id", post.id())
          .field("room", post.room())
          .field("text", post.text())
          .field("replyTo", post.replyTo());
    } else if (object instanceof FromClient.Hello hello) {
      hello(hello, json);
    } else if (object instanceof FromClient.Join join) {
      json.field("q", join.q())
          .field("room", join.room())
          .field("after", join.after())
          .field("last", join.last());
    } else if (object instanceof FromClient.Leave leave) {
      json.field("q", leave.q()).field("room", leave.room());
    } else if (object instanceof FromClient.History history) {
      json.field("q", history.q())
          .field("room", history.room())
          .field(history.side().text(), history.seq())
          .field("limit", history.limit());
    } else if (object instanceof FromClient.Search search) {
      json.field("q", search.q())
          .field("query", search.query())
          .field("room", search.room())
          .field("before", search.before())
          .field("limit", search.limit());
    } else if (object instanceof FromClient.Rooms rooms) {
      json.field("q", rooms.q()).field("room", rooms.room()).field("limit", rooms.limit());
    } else if (object instanceof FromClient.Members members) {
      json.field("q", members.q()).field("room", members.room()).field("limit", members.limit());
    } else if (object instanceof FromClient.Read read) {
      json.field("room", read.room()).field("seq", read.seq());
    } else if (object instanceof FromClient.Block block) {
      json.field("q", block.q()).field("name", block.name());
      if (!block.on()) {
        json.field("on", false);
      }
    } else if (object instanceof FromClient.Delete delete) {
      json.field("q", delete.q()).field("room", delete.room()).field("seq", delete.seq());
    } else if (object instanceof FromClient.Topic topic) {
      json.field("q", topic.q()).field("room", topic.room()).field("text", topic.text());
    } else if (object instanceof FromClient.Claim claim) {
      json.field("q", claim.q());
    } else if (object instanceof FromClient.Tokens tokens) {
      json.field("q", tokens.q())
          .field("action", tokens.action().text())
          .field("label", tokens.label())
          .strings("rooms", tokens.rooms().isEmpty() ? null : texts(tokens.rooms()))
          .field("scope", tokens.scope() == null ? null : tokens.scope().text());
    } else if (object instanceof FromClient.Link link) {
      json.field("q", link.q());
    } else if (object instanceof FromClient.Moderate moderate) {
      json.field("q", moderate.q())
          .field("action", moderate.action().text())
          .field("room", moderate.room())
          .field("target", moderate.target())
          .field("seconds", moderate.seconds())
          .onlyIf("address", moderate.address())
          .field("why", moderate.why());
    } else if (object instanceof FromClient.Ping ping) {
      json.field("q", ping.q());
    }
  }

  static List<String> texts(List<RoomName> rooms) {
    return rooms.stream().map(RoomName::text).toList();
  }

  private static void hello(FromClient.Hello hello, ObjectWriter json) {
    json.field("v", FromClient.Hello.VERSION)
        .field("name", hello.name())
        .field("client", hello.client())
        .field("token", hello.token())
        .field("key", hello.key())
        .field("agent", hello.agent());
    if (!hello.rooms().isEmpty()) {
      json.objects(
          "rooms",
          hello.rooms(),
          wish ->
              json.field("room", wish.room())
                  .field("after", wish.after())
                  .field("last", wish.last()));
    }
  }
}
