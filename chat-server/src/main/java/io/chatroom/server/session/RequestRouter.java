package io.chatroom.server.session;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.server.names.Denial;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Passes each request of one session to the class that answers it, once the client has said hello
 * and all prerequisites are met. Belongs to the session's event loop.
 */
final class RequestRouter {

  private final Shared shared;
  private final Wire wire;
  private final Replies replies;
  private final Places places;
  private final RefusedJoins refusedJoins;
  private final Joins joins;
  private final Posting posting;
  private final PageRequests pageRequests;
  private final Pages pages;
  private final Searches searches;
  private final Moderator moderator;
  private final Personal personal;
  private final Accounts accounts;
  private final Directory directory;
  private final Pending pending = new Pending();

  /**
   * @param self the session as other sessions of its name see it
   * @param claimed receives the session's new identity after a claim
   * @param answered called after each late answer
   * @param failed receives the defect that made an answer impossible
   */
  RequestRouter(
      Shared shared,
      Wire wire,
      Replies replies,
      Listings listings,
      Places places,
      RefusedJoins refusedJoins,
      Joins joins,
      Posting posting,
      NamedSession self,
      Consumer<Identity> claimed,
      Runnable answered,
      Consumer<@Nullable Throwable> failed) {
    this.shared = shared;
    this.wire = wire;
    this.replies = replies;
    this.places = places;
    this.refusedJoins = refusedJoins;
    this.joins = joins;
    this.posting = posting;
    this.pageRequests = new PageRequests(replies);
    this.pages = new Pages(shared, wire, replies, pageRequests, answered, failed);
    this.searches = new Searches(shared, wire, replies, pageRequests, answered);
    this.moderator = new Moderator(shared, wire, replies, joins, places, pending, answered);
    this.personal = new Personal(shared, wire, replies, self, joins, pending, answered);
    this.accounts = new Accounts(shared, wire, replies, listings, pending, claimed, answered);
    this.directory = new Directory(wire, replies, listings, joins, pending, answered);
  }

  /** Answers a request, or refuses it if the person may not send it. */
  void answer(Identity who, FromClient request) {
    Denial denial = shared.people().mayAsk(who.person(), request);
    if (denial != null && request instanceof FromClient.Join join) {
      refusedJoins.refuse(join.q(), Requests.wishOf(join), denial);
    } else if (denial != null && !(request instanceof FromClient.Hello)) {
      replies.refuse(request, denial);
    } else {
      serve(who, request);
    }
  }

  /** Answers a request that the person may send. */
  void serve(Identity who, FromClient request) {
    if (request instanceof FromClient.Post post) {
      if (posting.post(who, post) && !post.room().isPrivate()) {
        wire.posted(post.text());
      }
    } else if (request instanceof FromClient.Join join) {
      joins.join(who, join.q(), Requests.wishOf(join));
    } else if (request instanceof FromClient.Leave leave) {
      joins.leave(leave);
    } else if (request instanceof FromClient.Topic topic) {
      posting.topic(who, topic);
    } else if (request instanceof FromClient.Moderate moderate) {
      moderator.moderate(who, moderate);
    } else if (request instanceof FromClient.Delete delete) {
      Place place = joins.find(who, delete.q(), delete.room());
      if (place != null) {
        pages.one(place, delete, kept -> posting.delete(who, place, delete, kept));
      }
    } else if (request instanceof FromClient.History history) {
      Place place = joins.find(who, history.q(), history.room());
      if (place != null) {
        pages.history(place, history);
      }
    } else if (request instanceof FromClient.Search search) {
      search(who, search);
    } else if (request instanceof FromClient.Rooms rooms) {
      directory.rooms(who, rooms);
    } else if (request instanceof FromClient.Members members) {
      directory.members(who, members);
    } else if (request instanceof FromClient.Read read) {
      personal.read(who, read);
    } else if (request instanceof FromClient.Block block) {
      personal.block(who, block);
    } else if (request instanceof FromClient.Claim claim) {
      accounts.claim(who, claim.q());
    } else if (request instanceof FromClient.Link link) {
      accounts.link(who, link.q());
    } else if (request instanceof FromClient.Tokens tokens) {
      accounts.tokens(who, tokens);
    } else if (request instanceof FromClient.Hello) {
      replies.refuse(
          request, Code.BAD_REQUEST, "This session has already begun, expected only one hello.");
    } else {
      String text = "This server does not support " + request.type() + ".";
      replies.refuse(request, Code.UNKNOWN_TYPE, text);
    }
  }

  private void search(Identity who, FromClient.Search search) {
    if (search.room() == null) {
      searches.search(places.all(), search);
      return;
    }
    Place place = joins.find(who, search.q(), search.room());
    if (place != null) {
      searches.search(List.of(place), search);
    }
  }

  /** The number of unanswered requests, without posts, topics and deletions. */
  int waiting() {
    return pageRequests.size() + pending.size();
  }

  /** How many of them read messages from a log. */
  int reading() {
    return pageRequests.size();
  }

  /** The session has ended: stops reading messages for it. */
  void forget() {
    pageRequests.forget();
  }

  /** The server is stopping: refuses all waiting requests. */
  void giveUp() {
    pageRequests.giveUp();
    pending.giveUp();
  }

  /** The session was put out of a room: refuses the waiting requests that read from it. */
  void giveUp(Place place) {
    pageRequests.giveUp(place);
  }
}
