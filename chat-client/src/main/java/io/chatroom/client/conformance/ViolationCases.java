package io.chatroom.client.conformance;

import java.util.ArrayList;
import java.util.List;

/**
 * Section 5: a violation closes its connection and no other.
 *
 * <p>Each bad header is followed by as many bytes as a lenient parser reads from it, twelve or
 * none. A server that accepts the header takes these bytes for a payload, and relays the next frame
 * as a message.
 */
final class ViolationCases {

  private static final Bytes BAD_HEADER = Bytes.utf8("no number ");
  private static final Bytes TOO_LONG = Bytes.utf8("9999999999");
  private static final Bytes BAD_UTF8 = Bytes.hex("68 ff 69");
  private static final Bytes TWELVE_BYTES = Bytes.utf8("twelve bytes");

  private ViolationCases() {}

  static List<Case> all() {
    List<Case> cases = new ArrayList<>();
    cases.addAll(headers());
    cases.addAll(lengths());
    cases.addAll(payloads());
    cases.addAll(surroundings());
    return cases;
  }

  private static List<Case> headers() {
    return List.of(
        header("sign-plus", "A plus sign", Bytes.utf8("+12       ")),
        header("sign-minus", "A minus sign", Bytes.utf8("-12       ")),
        header("underscore", "An underscore between digits", Bytes.utf8("1_2       ")),
        header("comma", "A comma between digits", Bytes.utf8("1,2       ")),
        header("decimal-point", "A decimal point", Bytes.utf8("12.0      ")),
        header("exponent", "An exponent", Bytes.utf8("12e0      ")),
        nonsense("hexadecimal", "A hexadecimal number", Bytes.utf8("0xc       ")),
        nonsense("letters", "A word", Bytes.utf8("twelve    ")),
        nonsense("blank", "Nothing but spaces", Bytes.utf8("          ")),
        header("inner-space", "A space between digits", Bytes.utf8("1 2       ")),
        header("trailing-garbage", "A letter after the digits", Bytes.utf8("12       x")),
        header("tab", "A tab before or after the digits", Bytes.utf8("\t12      \t")),
        header("line-feed", "A line feed after the digits", Bytes.utf8("12       \n")),
        header("carriage-return", "A carriage return", Bytes.utf8("12      \r\n")),
        header("vertical-tab", "A vertical tab", Bytes.utf8("\u000b12       ")),
        header("nul", "NUL instead of spaces", Bytes.utf8("12").plus(Bytes.hex("00").times(8))),
        header("arabic-digits", "Digits of another script", Bytes.utf8("\u0661\u0662      ")),
        header("fullwidth-digits", "Fullwidth digits", Bytes.utf8("\uff11\uff12    ")),
        header("no-break-space", "A no-break space", Bytes.utf8("12\u00a0      ")),
        header(
            "byte-ff", "Bytes that are not text", Bytes.utf8("12").plus(Bytes.hex("ff").times(8))),
        nonsense("http", "A request of another protocol", Bytes.utf8("GET / HTTP")),
        Case.must(
                Section.VIOLATIONS,
                "violation.header.line-end-between",
                "P-01 P-03 P-21",
                "A line end between two frames MUST close the connection.",
                stage -> {
                  Bytes payload = stage.tag().name("-oops");
                  Bytes header = Framing.header(payload.length());
                  atBothStages(stage, Bytes.utf8("\n").plus(header), payload);
                })
            .danger(Danger.ROUGH));
  }

  private static List<Case> lengths() {
    return List.of(
        must(
                "violation.length.name",
                "P-08 P-22",
                "A name longer than the limit MUST close the connection as soon as its header is"
                    + " there.",
                stage -> {
                  Peer stranger = stage.connect("stranger");
                  stranger.send(TOO_LONG);
                  stage.closes(stranger);
                  stage.receivesNothing(stage.bob());
                })
            .danger(Danger.FATAL),
        must(
                "violation.length.message",
                "P-08 P-22",
                "A message longer than the limit MUST close the connection as soon as its header is"
                    + " there.",
                stage -> {
                  Peer mallory = stage.join("mallory");
                  mallory.send(TOO_LONG);
                  stage.closes(mallory);
                  stage.receivesNothing(stage.bob());
                })
            .danger(Danger.FATAL),
        must(
                "violation.length.wraps-32-bits",
                "P-22",
                "A length of 2^32 + 12 MUST NOT be read as 12; it closes the connection.",
                stage -> atBothStages(stage, Bytes.utf8("4294967308"), stage.tag().name("-oops")))
            .danger(Danger.FATAL),
        must(
                "violation.length.wraps-negative",
                "P-22",
                "A length of 2^31 or more MUST NOT be read as negative; it closes the connection.",
                stage -> {
                  for (String length : List.of("2147483648", "2147483660", "4294967295")) {
                    atBothStages(stage, Bytes.utf8(length), stage.tag().name("-oops"));
                  }
                })
            .danger(Danger.FATAL));
  }

  private static List<Case> payloads() {
    return List.of(
        utf8("byte-ff", "The byte FF", "ff"),
        utf8("continuation-alone", "A continuation byte on its own", "80"),
        utf8("continuation-missing", "A sequence interrupted by a letter", "c3 28"),
        utf8("latin-1", "Latin-1", "63 61 66 e9 20 21"),
        utf8("cut-short", "A sequence cut short by the end of the payload", "f0 9f 99"),
        utf8("overlong-2", "An overlong two-byte form", "c0 af"),
        utf8("overlong-3", "An overlong three-byte form", "e0 80 af"),
        utf8("overlong-4", "An overlong four-byte form", "f0 80 80 af"),
        utf8("overlong-nul", "U+0000 as C0 80", "c0 80"),
        utf8("surrogate", "A surrogate", "ed a0 80"),
        utf8("surrogate-pair", "A surrogate pair", "ed a0 bd ed b9 82"),
        utf8("beyond-10ffff", "A code point above U+10FFFF", "f4 90 80 80"),
        utf8("five-bytes", "A five-byte form", "f8 88 80 80 80"),
        must(
                "violation.utf8.anywhere",
                "P-05 P-23",
                "A byte that is not UTF-8 MUST close the connection, wherever it stands in a"
                    + " payload.",
                ViolationCases::badByteAnywhere)
            .danger(Danger.FATAL),
        must(
                "violation.utf8.across-frames",
                "P-05 P-23",
                "A sequence that begins in one payload and ends in the next MUST NOT be relayed.",
                stage -> {
                  Peer mallory = stage.join("mallory");
                  mallory.sendAnyway(Framing.frame(Bytes.hex("68 c3")));
                  mallory.sendAnyway(Framing.frame(Bytes.hex("a9 21")));
                  closesUnrelayed(stage, mallory);
                })
            .danger(Danger.FATAL));
  }

  private static List<Case> surroundings() {
    return List.of(
        before("malformed-header", "a malformed header", BAD_HEADER.plus(TWELVE_BYTES))
            .danger(Danger.ROUGH),
        before("too-long", "a length over the limit", TOO_LONG).danger(Danger.FATAL),
        before("invalid-utf8", "a payload that is not UTF-8", Framing.frame(BAD_UTF8))
            .danger(Danger.FATAL),
        must(
                "violation.after-is-not-relayed",
                "P-24",
                "Frames after a violation MUST NOT be relayed.",
                ViolationCases::afterIsNotRelayed)
            .danger(Danger.FATAL),
        must(
                "violation.others-stay",
                "P-25",
                "Violations of every kind MUST leave the other members connected and in step.",
                ViolationCases::othersStay)
            .danger(Danger.FATAL),
        must(
                "violation.namesake-stays",
                "P-25",
                "A violation MUST NOT close another connection with the same name.",
                stage -> {
                  Peer good = stage.join("twin 1", stage.tag().name("-twin"));
                  Peer evil = stage.join("twin 2", stage.tag().name("-twin"));
                  evil.sendAnyway(BAD_HEADER);
                  stage.closeSoon(evil);
                  stage.receives(stage.bob(), good.post("it was not me"));
                  stage.receives(good, stage.alice().post("we know"));
                })
            .danger(Danger.ROUGH),
        must(
                "violation.many",
                "P-25",
                "Many violations, one after another, MUST NOT disturb anyone else.",
                stage -> {
                  for (int i = 1; i <= 40; i++) {
                    Peer evil = stage.connect("evil" + i);
                    evil.sendAnyway(i % 2 == 0 ? BAD_HEADER : TOO_LONG);
                  }
                  stage.settle();
                  Peer carol = stage.join("carol");
                  stage.receives(stage.bob(), carol.post("what a noise"));
                })
            .danger(Danger.FATAL),
        must(
                "violation.no-error-reply",
                "P-16",
                "A violation MUST NOT be answered; the connection is closed without a reply.",
                ViolationCases::noErrorReply)
            .danger(Danger.FATAL));
  }

  private static Case must(String id, String requirements, String sentence, Case.Body body) {
    return Case.must(Section.VIOLATIONS, id, requirements, sentence, body);
  }

  /** A header that a lenient parser reads as twelve. */
  private static Case header(String kind, String what, Bytes header) {
    return header(kind, what, header, "-oops");
  }

  /** A header that a lenient parser reads as zero. */
  private static Case nonsense(String kind, String what, Bytes header) {
    return header(kind, what, header, "");
  }

  private static Case header(String kind, String what, Bytes header, String role) {
    if (header.length() != Framing.HEADER_BYTES || Framing.length(header) >= 0) {
      throw new IllegalArgumentException("not a malformed header of ten bytes: " + header);
    }
    return must(
            "violation.header." + kind,
            "P-03 P-21 P-25",
            what + " in a header MUST close the connection.",
            stage ->
                atBothStages(stage, header, role.isEmpty() ? Bytes.EMPTY : stage.tag().name(role)))
        .danger(Danger.ROUGH);
  }

  /** A valid frame that must not be relayed after a violation. */
  private static Bytes after(Stage stage) {
    return Framing.frame(stage.tag().name(" after the violation"));
  }

  private static Case utf8(String kind, String what, String hex) {
    Bytes bad = Bytes.hex(hex);
    return must(
            "violation.utf8." + kind,
            "P-05 P-23 P-25",
            what + ", in a name or a message, MUST close the connection.",
            stage -> {
              Peer mallory = stage.join("mallory");
              Peer stranger = stage.connect("stranger", stage.tag().name("-x").plus(bad));
              stranger.sendAnyway(Framing.frame(stranger.name()).plus(after(stage)));
              mallory.sendAnyway(Framing.frame(Bytes.utf8("x").plus(bad)).plus(after(stage)));
              closesUnrelayed(stage, stranger, mallory);
            })
        .danger(Danger.FATAL);
  }

  private static void badByteAnywhere(Stage stage) throws Broken, InterruptedException {
    List<Peer> offenders = new ArrayList<>();
    for (int place : Sizes.edges(0, 1_023)) {
      Peer mallory = stage.join("mallory" + place);
      mallory.sendAnyway(Framing.frame(badAt(place, Sizes.text(1_024))));
      offenders.add(mallory);
    }
    for (int place : Sizes.edges(stage.tag().length(), 63)) {
      Peer stranger = stage.connect("stranger" + place, badAt(place, stage.tag().text(64)));
      stranger.sendAnyway(Framing.frame(stranger.name()).plus(after(stage)));
      offenders.add(stranger);
    }
    closesUnrelayed(stage, offenders.toArray(Peer[]::new));
  }

  private static Bytes badAt(int place, Bytes text) {
    return text.slice(0, place).plus(Bytes.hex("ff")).plus(text.slice(place + 1, text.length()));
  }

  private static Case before(String kind, String what, Bytes violation) {
    return must(
        "violation.before-is-relayed." + kind,
        "P-24",
        "Messages that were complete before " + what + " MUST be relayed, and nothing after it.",
        stage -> {
          Peer carol = stage.connect("carol");
          List<Bytes> frames = new ArrayList<>(List.of(Framing.frame(carol.name())));
          List<Post> sent = new ArrayList<>();
          for (int i = 1; i <= 20; i++) {
            Bytes message = Bytes.utf8("message " + i);
            frames.add(Framing.frame(message));
            sent.add(carol.postOf(message));
          }
          frames.add(violation);
          frames.add(after(stage));
          carol.sendAnyway(Bytes.join(frames));
          stage.receives(stage.bob(), sent);
          closesUnrelayed(stage, carol);
        });
  }

  /** Sends the same bytes from a connection that has not registered and from a member. */
  private static void atBothStages(Stage stage, Bytes header, Bytes payload)
      throws Broken, InterruptedException {
    Peer mallory = stage.join("mallory");
    Peer stranger = stage.connect("stranger", payload);
    stranger.sendAnyway(header.plus(payload).plus(after(stage)));
    mallory.sendAnyway(header.plus(payload).plus(after(stage)));
    closesUnrelayed(stage, stranger, mallory);
  }

  private static void closesUnrelayed(Stage stage, Peer... offenders)
      throws Broken, InterruptedException {
    if (!stage.closeSoon(offenders)) {
      stage.receivesNothing(stage.bob()); // relaying it is a clearer failure than not closing
    }
    stage.closes(offenders);
    stage.receivesNothing(stage.bob());
  }

  private static void afterIsNotRelayed(Stage stage) throws Broken, InterruptedException {
    for (Bytes violation : List.of(BAD_HEADER, TOO_LONG, Framing.frame(BAD_UTF8))) {
      Peer mallory = stage.join("mallory");
      mallory.sendAnyway(violation);
      stage.settle();
      for (int i = 0; i < 3; i++) {
        mallory.sendAnyway(after(stage));
        stage.settle();
      }
      stage.receivesNothing(stage.bob());
    }
  }

  private static void othersStay(Stage stage) throws Broken, InterruptedException {
    List<Peer> members = stage.joinAll("member", 4);
    List<Peer> offenders = new ArrayList<>();
    for (Bytes violation : List.of(BAD_HEADER, TOO_LONG, Framing.frame(BAD_UTF8))) {
      Peer stranger = stage.connect("stranger");
      Peer mallory = stage.join("mallory");
      stranger.sendAnyway(violation);
      mallory.sendAnyway(violation);
      offenders.addAll(List.of(stranger, mallory));
    }
    stage.closeSoon(offenders.toArray(Peer[]::new)); // other cases judge whether it does
    List<Post> sent = List.of(stage.alice().post("are you"), stage.alice().post("all here?"));
    stage.allReceive(members, sent);
    stage.receives(stage.bob(), sent);
    for (Peer member : members) {
      stage.receives(stage.bob(), member.post("I am"));
    }
  }

  private static void noErrorReply(Stage stage) throws Broken, InterruptedException {
    List<Peer> offenders = new ArrayList<>();
    stage.forgetStrangers(stage.bob());
    for (Bytes violation : List.of(BAD_HEADER, TOO_LONG, Framing.frame(BAD_UTF8))) {
      for (Peer offender : List.of(stage.connect("stranger"), stage.join("mallory"))) {
        offender.takeStrangers();
        offender.sendAnyway(violation);
        offenders.add(offender);
      }
    }
    stage.awaitClosed(offenders);
    List<Post> replies = new ArrayList<>();
    for (Peer offender : offenders) {
      if (offender.isGarbled() || offender.isCutShort()) {
        throw new Broken(
            offender.role() + " receives nothing after its violation", offender.silence());
      }
      replies.addAll(offender.takeStrangers());
    }
    List<Post> unasked = stage.unknownToBob(replies);
    if (!unasked.isEmpty()) {
      throw new Broken("a violation is not answered", "the offender received " + unasked.get(0));
    }
  }
}
