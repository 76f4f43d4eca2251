package io.chatroom.client.conformance;

import java.util.List;

/**
 * One thing that a server can get wrong, and the cases that must find it. Each is the only defect
 * of an otherwise correct {@link ReferenceServer}.
 */
enum Defect {
  // The room
  RELAYS_NOTHING("room.works"),

  // 1. Frames
  LINE_END_AFTER_EMPTY_MESSAGE("frames.nothing-between", "frames.empty-message"),
  REJECTS_NINE_SPACES("frames.header.trailing-spaces"),
  REJECTS_LEADING_SPACES(
      "frames.header.leading-space",
      "frames.header.leading-spaces",
      "frames.header.both-sides",
      "frames.header.zeros-and-spaces"),
  READS_OCTAL("frames.header.leading-zeros", "frames.header.zeros-and-spaces"),
  WRITES_LENGTH_IN_CHARACTERS("frames.length-in-bytes", "relay.headers-same-length"),
  REJECTS_CONTROL_CHARACTERS("frames.any-utf8-message", "frames.any-utf8-name"),
  DROPS_EMPTY_MESSAGES("frames.empty-message", "frames.nothing-between"),
  REJECTS_EMPTY_NAMES("frames.empty-name"),
  ONE_FRAME_A_READ("frames.many-in-one-segment"),
  ONE_READ_A_FRAME("frames.split.registration", "frames.split.message", "frames.byte-by-byte"),
  TINY_LIMITS("frames.least-name", "frames.least-message"),
  SHORT_LIMITS("frames.longest-name", "frames.longest-message"),
  READS_EIGHT_COLUMNS("frames.header.every-form"),
  LOSES_A_BYTE_OF_512("frames.sizes.message"),
  CUTS_AT_4096("frames.sizes.long-message"),
  SWAPS_HALVES_OF_16384("frames.sizes.long-message"),
  LOSES_A_BYTE_OF_NAMES_OF_32("frames.sizes.name"),
  WRAPS_NAMES_AT_256("frames.sizes.long-name"),
  CUTS_WHAT_FOLLOWS_LONG_NAMES("frames.sizes.name-and-message"),
  READS_CHARACTERS_IN_BLOCKS("frames.sizes.characters"),
  LOSES_ITS_PLACE_AT_128("frames.sizes.pieces"),
  KEEPS_512_OF_A_READ("frames.sizes.thousand-in-one-piece"),
  KEEPS_4096_OF_A_READ("frames.sizes.ten-thousand-in-one-piece"),

  // 2. Registration
  RELAYS_REGISTRATIONS("registration.not-relayed"),
  DROPS_A_REPEATED_NAME("registration.only-the-first-frame"),
  SENDS_HISTORY("registration.no-history"),
  MEMBER_BEFORE_REGISTRATION("registration.counts-when-complete"),
  MISSES_THE_FIRST_MESSAGE("registration.hears-all-from-then-on"),
  DROPS_WHAT_FOLLOWS_REGISTRATION(
      "registration.message-at-once", "leaving.whole-life-at-once", "frames.many-in-one-segment"),
  REJECTS_NAMES_IN_USE(
      "registration.names-in-use.accepted", "registration.names-in-use.two-members"),
  EXCLUDES_BY_NAME("registration.names-in-use.two-members"),
  FORGETS_THE_NINTH_NAMESAKE("registration.names-in-use.many"),
  NO_REGISTRATION_TIMEOUT(
      "registration.timeout.silent",
      "registration.timeout.unfinished",
      "registration.timeout.drip",
      "registration.timeout.ten-seconds"),
  BYTES_EXTEND_THE_TIMEOUT("registration.timeout.drip"),
  LATE_REGISTRATION_TIMEOUT("registration.timeout.ten-seconds"),
  TIMES_MEMBERS_OUT("registration.timeout.spares-members"),
  REGISTERS_ONE_AT_A_TIME(
      "waiting.silent", "waiting.half-registered", "registration.counts-when-complete"),
  READS_IN_THE_ROOM("waiting.half-message"),
  SERVES_50_AT_A_TIME("waiting.many", "relay.many-members"),

  // 3. Relaying
  FORGETS_THE_NEWEST_MEMBER("relay.to-everyone"),
  ECHOES("relay.excludes-sender", "relay.no-reply"),
  TEARS_PAIRS("relay.pairs-whole"),
  TRIMS_PAYLOADS("relay.payloads-byte-for-byte"),
  REWRITES_HEADERS("relay.headers-byte-for-byte"),
  GREETS("relay.no-greeting"),
  CONFIRMS("relay.no-reply"),
  ANNOUNCES_NEWCOMERS("relay.no-join-notice"),
  ANNOUNCES_LEAVERS("relay.no-leave-notice"),
  ANOTHER_ORDER_FOR_SOME("relay.one-order"),
  SWAPS_MESSAGES("relay.sender-order"),
  REPEATS_A_MESSAGE("relay.sender-order", "relay.no-loss"),
  DROPS_ONE_IN_A_THOUSAND("relay.no-loss", "slow.others-not-held-up"),
  WAITS_FOR_SLOW_MEMBERS("slow.others-not-held-up"),
  DOES_NOT_READ_FROM_SLOW_MEMBERS("slow.can-send"),
  TEARS_PAIRS_OF_SLOW_MEMBERS("slow.whole-pairs"),
  SKIPS_SLOW_MEMBERS_FOR_EVER("slow.catches-up"),
  WAITS_FOR_EACH_SLOW_MEMBER("slow.many"),
  SENDS_TO_THE_FIRST_50("relay.many-members"),
  HEARS_THE_FIRST_100("relay.many-members"),
  LOSES_WHERE_MANY_TALK("relay.many-senders"),
  ENDS_AFTER_65536_MESSAGES("relay.long-talk.messages"),
  SENDS_16_MIB_TO_EACH("relay.long-talk.bytes"),
  ADMITS_1024_IN_ALL("relay.long-talk.newcomers"),
  CLOSES_MEMBERS_WHO_STAY("relay.talk-goes-on"),

  // 4. Leaving
  FORGETS_WHAT_LEAVERS_SAID(
      "leaving.burst-then-fin",
      "leaving.whole-life-at-once",
      "leaving.fin.within-message",
      "violation.before-is-relayed.malformed-header",
      "violation.before-is-relayed.too-long",
      "violation.before-is-relayed.invalid-utf8"),
  /** Only a FIN shows it reliably: an RST may discard bytes before the server reads them. */
  RELAYS_THE_UNFINISHED("leaving.fin.within-registration", "leaving.fin.within-message"),
  LEAVING_CLOSES_A_NEIGHBOUR(
      "leaving.fin.before-registration",
      "leaving.fin.within-registration",
      "leaving.fin.as-member",
      "leaving.rst.before-registration",
      "leaving.rst.within-registration",
      "leaving.rst.as-member",
      "leaving.rst.within-message",
      "leaving.while-being-sent-to"),
  KEEPS_ITS_SIDE_OPEN("leaving.fin.answered"),
  FLUSHES_64_KIB("leaving.long-burst-then-fin"),
  FORGETS_THE_FIRST_OF_A_CROWD("leaving.many-at-once"),

  // 5. Violations
  NEVER_CLOSES(
      "violation.header.http",
      "violation.length.name",
      "violation.length.message",
      "violation.utf8.latin-1"),
  READS_HEADERS_LIKE_PYTHON(
      "violation.header.sign-plus",
      "violation.header.underscore",
      "violation.header.tab",
      "violation.header.line-feed",
      "violation.header.carriage-return",
      "violation.header.vertical-tab",
      "violation.header.arabic-digits",
      "violation.header.fullwidth-digits",
      "violation.header.no-break-space"),
  READS_HEADERS_LIKE_C(
      "violation.header.sign-plus",
      "violation.header.decimal-point",
      "violation.header.exponent",
      "violation.header.trailing-garbage",
      "violation.header.nul",
      "violation.header.byte-ff"),
  TAKES_ONLY_THE_DIGITS(
      "violation.header.sign-plus",
      "violation.header.sign-minus",
      "violation.header.underscore",
      "violation.header.comma",
      "violation.header.inner-space",
      "violation.header.trailing-garbage"),
  READS_NONSENSE_AS_ZERO(
      "violation.header.letters",
      "violation.header.blank",
      "violation.header.hexadecimal",
      "violation.header.http"),
  SKIPS_LINE_ENDS("violation.header.line-end-between"),
  NO_LIMIT("violation.length"),
  WRAPS_LENGTHS("violation.length.wraps-32-bits", "violation.length.wraps-negative"),
  SIGNED_LENGTHS("violation.length.wraps-negative"),
  CHECKS_256_BYTES("violation.utf8.anywhere"),
  ANY_BYTES("violation.utf8"),
  OVERLONG_FORMS_AND_SURROGATES(
      "violation.utf8.overlong-2",
      "violation.utf8.overlong-3",
      "violation.utf8.overlong-4",
      "violation.utf8.overlong-nul",
      "violation.utf8.surrogate",
      "violation.utf8.surrogate-pair"),
  CARRIES_UTF8_ACROSS_FRAMES("violation.utf8.across-frames", "violation.utf8.cut-short"),
  GOES_ON_AFTER_VIOLATIONS("violation.after-is-not-relayed"),
  VIOLATIONS_CLOSE_EVERYBODY("violation.others-stay", "violation.many"),
  VIOLATIONS_CLOSE_NAMESAKES("violation.namesake-stays"),
  ANSWERS_VIOLATIONS("violation.no-error-reply");

  private final String caughtBy;

  Defect(String... caughtBy) {
    this.caughtBy = String.join(",", caughtBy);
  }

  /** Returns the cases, each of which must find the defect on its own. */
  List<Case> caughtBy() {
    return Cases.only(List.of(caughtBy.split(",", -1)));
  }
}
