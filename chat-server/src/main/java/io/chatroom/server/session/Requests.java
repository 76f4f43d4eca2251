package io.chatroom.server.session;

import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.RoomName;
import org.jspecify.annotations.Nullable;

/** Fields that several kinds of requests have in common. Pure functions, for any thread. */
final class Requests {

  private Requests() {}

  /** The room of a request; null if it concerns none. */
  static @Nullable RoomName roomOf(FromClient request) {
    if (request instanceof FromClient.Post post) {
      return post.room();
    } else if (request instanceof FromClient.Join join) {
      return join.room();
    } else if (request instanceof FromClient.History history) {
      return history.room();
    } else if (request instanceof FromClient.Search search) {
      return search.room();
    } else if (request instanceof FromClient.Read read) {
      return read.room();
    } else if (request instanceof FromClient.Members members) {
      return members.room();
    } else if (request instanceof FromClient.Topic topic) {
      return topic.room();
    } else if (request instanceof FromClient.Delete delete) {
      return delete.room();
    }
    return request instanceof FromClient.Moderate moderate ? moderate.room() : null;
  }

  /** The {@code q} that the answer to a request repeats; null if the request has none. */
  static @Nullable String qOf(FromClient request) {
    if (request instanceof FromClient.Join join) {
      return join.q();
    } else if (request instanceof FromClient.Leave leave) {
      return leave.q();
    } else if (request instanceof FromClient.History history) {
      return history.q();
    } else if (request instanceof FromClient.Search search) {
      return search.q();
    } else if (request instanceof FromClient.Rooms rooms) {
      return rooms.q();
    } else if (request instanceof FromClient.Members members) {
      return members.q();
    } else if (request instanceof FromClient.Topic topic) {
      return topic.q();
    } else if (request instanceof FromClient.Block block) {
      return block.q();
    } else if (request instanceof FromClient.Delete delete) {
      return delete.q();
    } else if (request instanceof FromClient.Claim claim) {
      return claim.q();
    } else if (request instanceof FromClient.Tokens tokens) {
      return tokens.q();
    } else if (request instanceof FromClient.Link link) {
      return link.q();
    } else if (request instanceof FromClient.Moderate moderate) {
      return moderate.q();
    }
    return null;
  }

  /** A join as an entry of a hello's list of rooms. */
  static FromClient.Wish wishOf(FromClient.Join join) {
    return new FromClient.Wish(join.room(), join.after(), join.last());
  }
}
