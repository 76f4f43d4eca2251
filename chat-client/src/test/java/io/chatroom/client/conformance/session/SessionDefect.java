package io.chatroom.client.conformance.session;

import io.chatroom.client.conformance.Case;
import io.chatroom.client.conformance.Cases;
import java.util.List;

/**
 * One thing that a server can get wrong, and the cases that must find it. Each is the only defect
 * of an otherwise correct {@link SessionReference}.
 */
enum SessionDefect {
  RELAYS_NOTHING("talk.works"),
  NO_WEB_SOCKET("talk.works.ws"),

  // 1. Ways in
  ONE_READ_AN_OBJECT("ways.byte-by-byte"),
  KEEPS_30_OF_A_PIECE("ways.many-in-one-piece", "limits.unanswered", "limits.reads"),
  DROPS_WHAT_FOLLOWS_OPENING("ways.all-in-one-piece"),
  REJECTS_LEADING_SPACES("ways.headers"),
  NO_BYE("drain.bye", "ways.header-bad", "objects.too-big", "hello.version"),
  KEEPS_ITS_SIDE_OPEN("ways.cut-short", "half-close.answered", "bye.answered"),
  IGNORES_STRANGERS("ways.unknown"),
  NO_HELLO_TIMEOUT("ways.hello-timeout"),
  SELECTS_FIRST_SUBPROTOCOL("websocket.subprotocol"),
  CASE_SENSITIVE_HEADERS("websocket.header-names"),
  ANY_ORIGIN("websocket.wrong-origin"),
  CLOSES_OTHER_PATHS("websocket.other-path"),
  NO_FRAGMENTS("websocket.fragmented"),
  NO_PONGS("websocket.ping"),
  TAKES_BINARY("websocket.binary"),
  TAKES_ODD_FRAMES("websocket.bad-frames"),
  TAKES_LATIN_1("websocket.not-utf8", "objects.not-utf8"),
  CLOSES_WITH_1000("websocket.close-number"),
  NO_CLOSE_FRAMES("websocket.bye", "websocket.close", "websocket.close-number"),

  // 2. Objects
  REFUSES_UNKNOWN_FIELDS("objects.unknown-fields"),
  TYPE_MUST_BE_FIRST("objects.any-order"),
  NULL_IS_WRONG("objects.null-is-absent"),
  DEPTH_OF_8("objects.depth"),
  IGNORES_UNKNOWN_TYPES("objects.unknown-type", "objects.unsupported"),
  CUTS_Q("objects.q"),
  ANY_ID("objects.id"),
  ANY_TYPES("objects.wrong-types", "objects.missing-fields", "objects.bad-post"),
  TAKES_FLOATS("objects.numbers"),
  ERRORS_WITHOUT_MARK("objects.bad-post", "rooms.not-joined"),
  TAKES_HALF_CHARACTERS("objects.lone-surrogate"),
  IGNORES_BAD_OBJECTS(
      "objects.duplicate-names", "objects.not-json", "objects.not-utf8", "objects.too-deep"),
  ENDS_ON_BAD_OBJECTS("objects.duplicate-names", "objects.not-json"),
  NO_TEXT_LIMIT("objects.too-long"),
  COUNTS_BYTES_OF_JSON("objects.escaped"),
  ANY_LENGTH("objects.too-big"),

  // 3. and 4. Requests and answers
  FORGETS_PING_SECONDS("hello.welcome"),
  ROOMS_BACKWARDS("hello.rooms"),
  NO_NAME_LIMIT("hello.name-bad"),
  ANY_CLIENT("hello.client-bad"),
  ANY_VERSION("hello.version"),
  ENDS_ON_EARLY_OBJECTS("hello.first"),
  DROPS_WHAT_FOLLOWS_HELLO("hello.at-once"),
  ERRORS_WITHOUT_ROOM("hello.room-refused"),
  ROOMS_TWICE("hello.room-twice"),
  REFUSES_SAME_CLIENT("hello.comes-back"),
  SECOND_HELLO_RENAMES("hello.once"),
  TELLS_CLIENTS("hello.client-secret"),
  FORGETS_THE_NEWCOMER("rooms.joined"),
  NUMBERS_FROM_0("rooms.made-by-joining"),
  SENDS_LAST_ANYWAY("rooms.live-only"),
  CASE_COUNTS("rooms.same-name"),
  ANY_ROOM_NAME("rooms.name-bad"),
  ONE_COUNTER_FOR_ALL("rooms.apart"),
  LEAVERS_HEAR_ON("rooms.leave"),
  LEAVES_ANYTHING("rooms.leave-unjoined"),
  JOINS_TWICE("rooms.join-again"),
  POSTS_FROM_OUTSIDE("rooms.not-joined"),
  ONE_ROOM_AT_A_TIME("rooms.many"),
  NO_LIST_LIMIT("rooms.list", "rooms.members"),
  TOPIC_NOT_TO_ITS_SETTER("rooms.topic"),
  BEFORE_INCLUSIVE("history.before"),
  AFTER_INCLUSIVE("history.after"),
  AROUND_IS_BEFORE("history.around"),
  PAGES_DESCEND("history.before", "history.after", "history.as-live"),
  PAGES_WITHOUT_TIME("history.as-live"),
  PAGES_WITHOUT_EPOCH("history.epoch"),
  NO_NEXT("history.next", "history.fits"),
  PAGES_OF_ANY_LENGTH("history.fits"),
  NO_PAGE_LIMIT("history.bounds", "search.bounds"),
  SEARCH_BY_CASE("search.finds"),
  OLDEST_FIRST("search.newest-first"),

  TAKES_OWNED_NAMES("names.owned"),
  TAKES_ANY_TOKEN("names.token-wrong"),
  TAKES_LOOK_ALIKES("names.look-alike"),
  FORGETS_WHO_OWNS("names.claim"),
  CODES_FOR_EVER("names.link"),
  PRIVATE_NEEDS_JOIN("private.two"),
  OWNERS_HEAR_ALL("private.third"),
  LISTS_PRIVATE_ROOMS("private.third"),
  PRIVATE_WITH_NOBODY("private.refused"),
  GUESTS_TALK_IN_PRIVATE("private.refused"),
  BLOCKS_NOBODY("private.blocked"),
  READ_TO_ONE("read.all-sessions"),
  READ_MARKS_GO_BACK("read.all-sessions"),
  GUESTS_HAVE_READ("read.guest"),
  DELETES_NOTHING("delete.erases"),
  ANYBODY_DELETES("delete.forbidden"),
  NO_FOUNDERS("moderate.founder"),
  EVERYBODY_IS_OP("moderate.forbidden"),
  MUTES_NOBODY("moderate.mute"),
  KICKS_NOBODY("moderate.kick"),
  BANS_NOBODY("moderate.ban"),
  CLOSES_NOTHING("moderate.close"),
  RESTRICTS_NOBODY("moderate.restrict"),
  SLOWS_NOBODY("moderate.slow"),
  OPS_NOBODY("moderate.op"),
  ANY_KEY("key.wrong"),

  // 5. Laws
  SKIPS_NUMBERS("order.dense"),
  GAPS_FOR_NOTHING("order.dense"),
  SWAPS_FOR_SOME("order.one", "order.poster-order"),
  LATE_ACKS("order.ack-in-place"),
  ECHOES("order.own-as-ack"),
  EXCLUDES_BY_NAME("order.namesake"),
  ACKS_AT_ANOTHER_TIME("order.ack-tells-place"),
  TRIMS_TEXTS("order.text-as-it-is"),
  FORGETS_REPLY_TO("order.reply-to"),
  FORGETS_IDS("once.same-connection", "once.at-once", "once.new-connection"),
  ONCE_PER_CONNECTION("once.new-connection"),
  REUSES_IDS("once.id-reused.text", "once.id-reused.room"),
  IDS_FOR_ALL("once.other-client"),
  RESUME_LOSES_ONE("resume.complete", "resume.hello"),
  HELLO_DOES_NOT_RESUME("resume.hello"),
  RESUME_INCLUSIVE("resume.nothing-missed"),
  RESUME_SKIPS_OWN("resume.own"),
  RESUME_REPEATS_LIVE("resume.while-they-talk"),
  IGNORES_EPOCH("resume.epoch"),
  TAKES_ANY_SEQ("resume.beyond"),
  LAST_OFF_BY_ONE("resume.last"),
  LAST_0_IS_ALL("resume.last-none"),
  AFTER_AND_LAST("resume.after-and-last"),
  RESUME_WITHOUT_EVENTS("resume.events"),
  SEED_APART("together.hear-each-other"),
  SWAPS_FOR_SEED("together.one-order"),
  SEED_HEARS_EVENTS("together.messages-only"),
  SEED_NOT_COUNTED("together.counted"),
  WRITES_IN_THE_ROOM("lag.others"),
  DROPS_FOR_LAGGING("lag.brought-up"),

  // 7. Staying and going
  HEADS_OF_ZERO("ping.heads"),
  NO_PRESENCE("presence.came", "presence.went", "presence.own-rooms"),
  GOES_SILENTLY("presence.went"),
  PRESENCE_AT_ONCE("presence.gathered"),
  PRESENCE_EVERYWHERE("presence.own-rooms"),
  BYE_DROPS("bye.answered", "half-close.answered"),
  HEARS_BEHIND_BYE("bye.last"),
  RESETS_CLOSE_ANOTHER("reset.others"),
  NO_ROOM_LIMIT("limits.rooms"),
  SAME_AFTER_MILLIS("drain.bye"),
  LOSES_AT_DRAIN("drain.bye");

  private final String caughtBy;

  SessionDefect(String... caughtBy) {
    this.caughtBy = String.join(",", caughtBy);
  }

  /**
   * Returns the cases, each of which must find the defect on its own, over TCP and over WebSocket.
   */
  List<Case> caughtBy() {
    return Cases.only(SessionCases.all(SessionReference.KNOWN), List.of(caughtBy.split(",", -1)));
  }
}
