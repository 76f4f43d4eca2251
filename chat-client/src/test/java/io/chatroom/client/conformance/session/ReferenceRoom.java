package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.SessionDefect.*;

import io.chatroom.client.conformance.Bytes;
import io.chatroom.client.conformance.Framing;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A room: one order of messages, and its sessions. Callers must hold the server's lock. */
final class ReferenceRoom {

  private final SessionReference server;
  private final String name;
  private final String epoch;
  private final List<Json> log = new ArrayList<>();
  private final List<ReferenceSession> sessions = new ArrayList<>();
  private final List<ReferenceSession> seedMembers = new ArrayList<>();
  private final List<String> came = new ArrayList<>();
  private final List<String> went = new ArrayList<>();
  private boolean presenceIsDue;
  private final ReferenceOrder order;
  private final Map<String, Long> readMarks = new HashMap<>();
  private Runnable lateAck = () -> {};
  private String topic = "";

  ReferenceRoom(SessionReference server, String name, String epoch) {
    this.server = server;
    this.name = name;
    this.epoch = epoch;
    this.order = new ReferenceOrder(server);
  }

  boolean isPrivate() {
    return name.startsWith("@");
  }

  ReferenceOrder order() {
    return order;
  }

  String name() {
    return name;
  }

  private boolean has(SessionDefect one) {
    return server.has(one);
  }

  long newest() {
    return log.isEmpty() ? 0 : seq(log.get(log.size() - 1));
  }

  static long seq(Json entry) {
    return entry.get("seq") instanceof Long seq ? seq : 0;
  }

  // Members

  boolean isIn(ReferenceSession session) {
    return sessions.contains(session);
  }

  private List<String> members() {
    if (isPrivate()) {
      return server.owners().namesOf(name);
    }
    Stream<ReferenceSession> all =
        has(SEED_NOT_COUNTED)
            ? sessions.stream()
            : Stream.concat(sessions.stream(), seedMembers.stream());
    return all.map(ReferenceSession::name).toList();
  }

  /** Sends joined to the session, then what it missed. */
  void join(ReferenceSession session, Json request, @Nullable Object q) {
    boolean again = sessions.contains(session);
    List<Json> missed = new ArrayList<>();
    Json joined = Json.of("joined");
    joined = q == null ? joined : joined.with("q", q);
    joined = joined.with("room", name).with("epoch", epoch).with("seq", newest()).with("first", 1);
    Object resume = null;
    if (!again) {
      if (sessions.isEmpty() && log.isEmpty() && session.isOwned() && !isPrivate()) {
        order.founds(session);
      }
      sessions.add(session);
      came.add(session.name());
      if (!has(NO_PRESENCE)) {
        presence();
      }
    }
    List<String> members = new ArrayList<>(members());
    if (has(FORGETS_THE_NEWCOMER)) {
      members.remove(session.name());
    }
    joined =
        joined
            .with("count", members.size())
            .with("members", members)
            .with("role", order.roleOf(session));
    Long mark = session.isOwned() ? readMarks.get(session.name()) : null;
    joined = mark == null ? joined : joined.with("read", mark);
    joined = topic.isEmpty() ? joined : joined.with("topic", topic);
    if (request.get("after") instanceof Json after && !again) {
      boolean same = epoch.equals(after.get("epoch")) || has(IGNORES_EPOCH);
      long from = seq(after);
      boolean known = same && (from <= newest() || has(TAKES_ANY_SEQ));
      resume = known ? "complete" : "gap";
      if (!known) {
        missed.add(
            Json.of("gap").with("room", name).with("from", 1).with("to", 0).with("why", "epoch"));
      }
      long behind = !known ? 0 : has(RESUME_INCLUSIVE) ? from - 1 : from;
      missed.addAll(entries(entry -> seq(entry) > behind));
    } else if (!again || has(JOINS_TWICE)) {
      long last =
          request.get("last") instanceof Long number ? number : has(SENDS_LAST_ANYWAY) ? 1 : 0;
      if (last == 0 && request.has("last") && has(LAST_0_IS_ALL)) {
        last = 1_000;
      }
      long most = has(LAST_OFF_BY_ONE) ? last + 1 : last;
      missed.addAll(log.subList((int) Math.max(0, log.size() - most), log.size()));
    }
    session.send(resume == null ? joined : joined.with("resume", resume));
    if (has(RESUME_LOSES_ONE) && missed.size() > 1) {
      missed.remove(1);
    }
    missed.removeIf(entry -> has(RESUME_WITHOUT_EVENTS) && entry.is("event"));
    missed.removeIf(entry -> has(RESUME_SKIPS_OWN) && session.name().equals(entry.get("from")));
    missed.forEach(session::send);
    if (has(RESUME_REPEATS_LIVE) && !missed.isEmpty() && newest() > 20) {
      session.send(missed.get(missed.size() - 1));
    }
  }

  void leave(ReferenceSession session) {
    if (sessions.remove(session)) {
      went.add(session.name());
      if (!has(NO_PRESENCE) && !has(GOES_SILENTLY)) {
        presence();
      }
    }
  }

  void joinSeed(ReferenceSession member) {
    seedMembers.add(member);
  }

  void leaveSeed(ReferenceSession member) {
    seedMembers.remove(member);
  }

  private void presence() {
    if (isPrivate()) {
      return;
    }
    if (has(PRESENCE_AT_ONCE)) {
      tellPresence();
    } else if (!presenceIsDue) {
      presenceIsDue = true;
      server.later(
          () -> {
            presenceIsDue = false;
            tellPresence();
          },
          server.presenceMillis());
    }
  }

  private void tellPresence() {
    Json presence =
        Json.of("presence")
            .with("room", name)
            .with("came", List.copyOf(came))
            .with("went", List.copyOf(went))
            .with("count", members().size());
    came.clear();
    went.clear();
    (has(PRESENCE_EVERYWHERE) ? server.sessions() : sessions).forEach(each -> each.send(presence));
    if (has(SEED_HEARS_EVENTS)) {
      seedMembers.forEach(member -> member.sendRaw(pair("server", presence.toString())));
    }
  }

  // Posting

  private long nextSeq() {
    if (has(ONE_COUNTER_FOR_ALL)) {
      return server.nextSeq();
    }
    long next = newest() + 1;
    return has(NUMBERS_FROM_0) ? next - 1 : has(SKIPS_NUMBERS) && next % 7 == 0 ? next + 1 : next;
  }

  /** Stores a message, acknowledges it and sends it to the others. */
  Json post(ReferenceSession poster, Json post) {
    long at = System.currentTimeMillis();
    String text = String.valueOf(post.get("text"));
    Json message =
        Json.of("message")
            .with("room", name)
            .with("seq", nextSeq())
            .with("at", at)
            .with("from", poster.name())
            .with("text", has(TRIMS_TEXTS) ? text.strip() : text);
    if (poster.isOwned() && !has(FORGETS_WHO_OWNS)) {
      message = message.with("owned", true);
    }
    Object replyTo = post.get("replyTo");
    if (replyTo != null && !has(FORGETS_REPLY_TO)) {
      message = message.with("replyTo", replyTo);
    }
    if (has(TELLS_CLIENTS)) {
      message = message.with("client", poster.client());
    }
    log.add(message);
    Json ack =
        Json.of("ack")
            .with("id", String.valueOf(post.get("id")))
            .with("room", name)
            .with("seq", seq(message))
            .with("at", has(ACKS_AT_ANOTHER_TIME) ? at + 1 : at);
    Runnable due = lateAck;
    lateAck = () -> {};
    if (has(LATE_ACKS) && text.endsWith(" 7")) {
      lateAck = () -> poster.send(ack);
    } else if (has(BYE_DROPS) && text.startsWith("carol ")) {
      // it would have come after the bye
    } else if (has(GAPS_FOR_NOTHING) && seq(message) % 7 == 0) {
      Json gap = Json.of("gap").with("room", name).with("from", seq(message));
      poster.send(gap.with("to", seq(message)).with("why", "lagged"));
    } else {
      poster.send(ack);
    }
    tell(poster, message);
    due.run();
    return ack;
  }

  /** Relays a message of a seed member. */
  void send(ReferenceSession member, String text) {
    Json message =
        Json.of("message")
            .with("room", name)
            .with("seq", nextSeq())
            .with("at", System.currentTimeMillis())
            .with("from", member.name())
            .with("text", text);
    log.add(message);
    tell(member, message);
  }

  void topic(ReferenceSession by, String text) {
    topic = text;
    Json event = event(by, "topic").with("text", text);
    log.add(event);
    for (ReferenceSession each : sessions) {
      if (each != by || !has(TOPIC_NOT_TO_ITS_SETTER)) {
        each.send(event);
      }
    }
    if (has(SEED_HEARS_EVENTS)) {
      seedMembers.forEach(member -> member.sendRaw(pair("server", text)));
    }
  }

  private Json event(ReferenceSession by, String kind) {
    return Json.of("event")
        .with("room", name)
        .with("seq", nextSeq())
        .with("at", System.currentTimeMillis())
        .with("kind", kind)
        .with("by", by.name());
  }

  /** Deletes a message; returns the code that refuses it, or null. */
  @Nullable String delete(ReferenceSession by, long seq) {
    for (int i = 0; i < log.size(); i++) {
      Json entry = log.get(i);
      if (seq(entry) == seq && entry.is("message") && !entry.has("deleted")) {
        boolean isAuthor = entry.has("owned") && by.name().equals(entry.get("from"));
        if (!(isAuthor && by.isOwned()) && !order.isOp(by) && !has(ANYBODY_DELETES)) {
          return "forbidden";
        }
        if (!has(DELETES_NOTHING)) {
          log.set(i, entry.without("text").with("deleted", true));
        }
        Json event = event(by, "deleted").with("target", seq);
        log.add(event);
        sessions.forEach(each -> each.send(event));
        return null;
      }
    }
    return "bad-request";
  }

  /** Moves a read mark. */
  void read(ReferenceSession by, long seq) {
    long before = readMarks.getOrDefault(by.name(), 0L);
    long mark = has(READ_MARKS_GO_BACK) ? seq : Math.max(before, Math.min(seq, newest()));
    readMarks.put(by.name(), mark);
    Json read = Json.of("read").with("room", name).with("seq", mark);
    for (ReferenceSession each : List.copyOf(server.sessions())) {
      boolean receives = each.isOwned() && each.name().equals(by.name()) && !has(READ_TO_ONE);
      if (each == by || (receives && mark > before)) {
        each.send(read);
      }
    }
  }

  /** Moderates; the request has been checked. */
  void moderated(ReferenceSession by, String action, @Nullable String target) {
    Json event = event(by, "moderated").with("text", action);
    Json told = target == null ? event : event.with("target", target);
    log.add(told);
    sessions.forEach(each -> each.send(told));
    boolean puts =
        (action.equals("kick") && !has(KICKS_NOBODY))
            || (action.equals("ban") && !has(BANS_NOBODY));
    for (ReferenceSession each : List.copyOf(sessions)) {
      if (puts && each.name().equals(target)) {
        leave(each);
        each.send(Json.of("left").with("room", name).with("text", "You were put out."));
      }
    }
  }

  private void tell(ReferenceSession from, Json message) {
    if (has(RELAYS_NOTHING) || server.isDraining()) {
      return;
    }
    for (ReferenceSession each : List.copyOf(sessions)) {
      boolean own = each == from || (has(EXCLUDES_BY_NAME) && each.name().equals(from.name()));
      boolean echoed = has(ECHOES) && String.valueOf(message.get("text")).startsWith("mine");
      if (!own || echoed) {
        each.deliver(message, sessions.indexOf(each));
      }
    }
    if (has(LEAVERS_HEAR_ON)) {
      server.sessions().stream()
          .filter(each -> each.hasLeft(this) && !sessions.contains(each))
          .forEach(each -> each.send(message));
    }
    for (ReferenceSession member : seedMembers) {
      if (member != from && !has(SEED_APART)) {
        member.hearSeed(
            pair(String.valueOf(message.get("from")), String.valueOf(message.get("text"))));
      }
    }
  }

  private static Bytes pair(String name, String text) {
    return Framing.frame(Bytes.utf8(name)).plus(Framing.frame(Bytes.utf8(text)));
  }

  // History

  private List<Json> entries(Predicate<Json> wanted) {
    return log.stream().filter(wanted).toList();
  }

  Json history(Json request) {
    int limit = (int) number(request, "limit");
    List<Json> entries;
    boolean more;
    if (request.has("before")) {
      long before = number(request, "before") + (has(BEFORE_INCLUSIVE) ? 1 : 0);
      List<Json> all = entries(entry -> seq(entry) < before);
      entries = all.subList(Math.max(0, all.size() - limit), all.size());
      while (isTooLong(entries)) {
        entries = entries.subList(1, entries.size());
      }
      more = entries.size() < all.size();
    } else if (request.has("after")) {
      long after = number(request, "after") - (has(AFTER_INCLUSIVE) ? 1 : 0);
      List<Json> all = entries(entry -> seq(entry) > after);
      entries = all.subList(0, Math.min(limit, all.size()));
      while (isTooLong(entries)) {
        entries = entries.subList(0, entries.size() - 1);
      }
      more = entries.size() < all.size();
    } else {
      long around = number(request, "around");
      long from = has(AROUND_IS_BEFORE) ? around - limit : around - limit / 2;
      List<Json> all = entries(entry -> seq(entry) >= from);
      entries = all.subList(0, Math.min(limit, all.size()));
      more = false;
    }
    if (has(PAGES_DESCEND)) {
      entries = new ArrayList<>(entries);
      Collections.reverse(entries);
    }
    if (has(PAGES_WITHOUT_TIME)) {
      entries = entries.stream().map(entry -> entry.without("at")).toList();
    }
    Json page = Json.of("page").with("q", String.valueOf(request.get("q"))).with("room", name);
    page = has(PAGES_WITHOUT_EPOCH) ? page : page.with("epoch", epoch);
    page = page.with("messages", entries).with("complete", true);
    int edge = request.has("before") ? 0 : entries.size() - 1;
    return more && !has(NO_NEXT) ? page.with("next", seq(entries.get(edge))) : page;
  }

  private boolean isTooLong(List<Json> entries) {
    int bytes = entries.stream().mapToInt(entry -> entry.bytes().length()).sum();
    return bytes > 7 * SessionReference.MAX_MESSAGE_BYTES && !has(PAGES_OF_ANY_LENGTH);
  }

  Json search(Json request) {
    int limit = (int) number(request, "limit");
    long before = request.has("before") ? number(request, "before") : Long.MAX_VALUE;
    List<String> words = List.of(fold(String.valueOf(request.get("query"))).split(" ", -1));
    List<Json> all =
        entries(
            entry ->
                seq(entry) < before
                    && entry.is("message")
                    && words.stream().allMatch(fold(String.valueOf(entry.get("text")))::contains));
    boolean oldest = has(OLDEST_FIRST);
    List<Json> found =
        oldest
            ? all.subList(0, Math.min(limit, all.size()))
            : all.subList(Math.max(0, all.size() - limit), all.size());
    Json page =
        Json.of("page")
            .with("q", String.valueOf(request.get("q")))
            .with("room", name)
            .with("epoch", epoch)
            .with("messages", found)
            .with("complete", true);
    return found.size() < all.size() ? page.with("next", seq(found.get(0))) : page;
  }

  private String fold(String text) {
    return has(SEARCH_BY_CASE) ? text : text.toLowerCase(Locale.ROOT);
  }

  private static long number(Json request, String name) {
    return request.get(name) instanceof Long number ? number : 0;
  }

  Json listed() {
    return Json.empty().with("room", name).with("count", members().size()).with("seq", newest());
  }

  Json membersPage(Json request) {
    List<String> members = members();
    int most = request.has("limit") && !has(NO_LIST_LIMIT) ? (int) number(request, "limit") : 200;
    return Json.of("members")
        .with("q", String.valueOf(request.get("q")))
        .with("room", name)
        .with("members", members.subList(0, Math.min(most, members.size())))
        .with("count", members.size());
  }
}
