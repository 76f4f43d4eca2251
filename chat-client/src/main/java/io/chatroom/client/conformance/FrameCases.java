package io.chatroom.client.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Section 1: frames, in every legal form and however TCP splits them. */
final class FrameCases {

  private static final int LEAST_NAME_BYTES = 64;
  private static final int LEAST_MESSAGE_BYTES = 1_024;
  private static final int MAX_NAME_BYTES = 128;
  private static final int MAX_MESSAGE_BYTES = 65_536;

  /** Characters that a careless server might reject. */
  private static final String ODD_CHARACTERS =
      "\0\1\33\177\u0080\u009f\u00a0\u0301\u200b\u2028\u2029\u202e\u2066\ufeff\ud7ff\ue000\ufffd"
          + "\ufffe\uffff\ud800\udc00\udbff\udfff";

  private FrameCases() {}

  static List<Case> all() {
    return List.of(
        must(
            "frames.nothing-between",
            "P-01",
            "Frames MUST follow each other with nothing between them, in both directions.",
            FrameCases::nothingBetween),
        header("trailing-spaces", "trailing spaces", n -> "%-10d".formatted(n)),
        header(
            "leading-space",
            "one leading space, as sender.py writes it,",
            n -> " %-9d".formatted(n)),
        header("leading-spaces", "leading spaces only", n -> "%10d".formatted(n)),
        header("both-sides", "spaces on both sides", n -> "   %-7d".formatted(n)),
        header(
            "leading-zeros",
            "leading zeros (which do not make it octal)",
            n -> "%010d".formatted(n)),
        header("zeros-and-spaces", "zeros and spaces", n -> " %05d    ".formatted(n)),
        must(
            "frames.header.every-form",
            "P-02",
            "A header MUST be accepted with any number of leading spaces and zeros, for lengths of"
                + " 1 to 4 digits.",
            FrameCases::everyForm),
        must(
            "frames.length-in-bytes",
            "P-04",
            "The length in a header MUST count bytes, not characters.",
            stage -> {
              Peer zoe = stage.join("zoe", stage.tag().name("-Zo\u00e9\ud83d\ude42"));
              stage.receives(
                  stage.bob(),
                  zoe.post("\u00e9"),
                  zoe.post("\ud83d\ude42"),
                  zoe.post("h\u00e9 \u6f22\u5b57 \ud83d\ude42 \u2713"));
            }),
        must(
            "frames.any-utf8-message",
            "P-05",
            "Any valid UTF-8 MUST be accepted in a message, including control characters and"
                + " U+0000.",
            stage -> stage.receives(stage.bob(), stage.alice().post(ODD_CHARACTERS))),
        must(
            "frames.any-utf8-name",
            "P-05",
            "Any valid UTF-8 MUST be accepted in a name, including control characters and U+0000.",
            stage -> {
              Peer odd = stage.join("odd", stage.tag().name(ODD_CHARACTERS));
              stage.receives(stage.bob(), odd.post("hello"));
            }),
        must(
            "frames.empty-message",
            "P-06",
            "A message of length 0 MUST be relayed like any other.",
            stage -> {
              Post before = stage.alice().post("before");
              Post empty = stage.alice().post("");
              Post after = stage.alice().post("after");
              stage.receives(stage.bob(), before, empty, after);
            }),
        must(
            "frames.empty-name",
            "P-06",
            "A name of length 0 MUST be accepted, and relayed like any other.",
            stage -> {
              Peer nameless = stage.join("nameless", Bytes.EMPTY);
              stage.receives(stage.bob(), nameless.post(stage.tag().name(" says this")));
            }),
        must(
                "frames.many-in-one-segment",
                "P-07",
                "Any number of frames in one piece MUST be accepted, including a registration.",
                FrameCases::manyInOneSegment)
            .danger(Danger.ROUGH),
        must(
                "frames.split.registration",
                "P-07",
                "A registration MUST be accepted in two pieces, cut at any byte.",
                FrameCases::splitRegistration)
            .danger(Danger.PIECES),
        must(
                "frames.split.message",
                "P-07",
                "A message MUST be accepted in two pieces, cut at any byte.",
                FrameCases::splitMessage)
            .danger(Danger.PIECES),
        must(
                "frames.byte-by-byte",
                "P-07",
                "Frames MUST be accepted one byte at a time.",
                FrameCases::byteByByte)
            .danger(Danger.PIECES),
        must(
            "frames.least-name",
            "P-08",
            "Names of up to 64 bytes MUST be accepted.",
            stage -> nameOf(LEAST_NAME_BYTES, stage)),
        should(
            "frames.longest-name",
            "P-08",
            "Names of up to 128 bytes SHOULD be accepted.",
            stage -> nameOf(MAX_NAME_BYTES, stage)),
        must(
            "frames.least-message",
            "P-08",
            "Messages of up to 1,024 bytes MUST be accepted.",
            stage -> messageOf(LEAST_MESSAGE_BYTES, stage)),
        should(
            "frames.longest-message",
            "P-08",
            "Messages of up to 65,536 bytes SHOULD be accepted.",
            stage -> messageOf(MAX_MESSAGE_BYTES, stage)));
  }

  private static void nameOf(int bytes, Stage stage) throws Broken, InterruptedException {
    Bytes name = stage.tag().name("-");
    Bytes padding = Bytes.utf8("n").times(bytes - name.length());
    Peer longest = stage.join("longest", name.plus(padding));
    stage.receives(stage.bob(), longest.post("hello"));
  }

  private static void messageOf(int bytes, Stage stage) throws Broken, InterruptedException {
    stage.receives(stage.bob(), stage.alice().post(Bytes.utf8("m").times(bytes)));
  }

  private static Case must(String id, String requirements, String sentence, Case.Body body) {
    return Case.must(Section.FRAMES, id, requirements, sentence, body);
  }

  private static Case should(String id, String requirements, String sentence, Case.Body body) {
    return Case.should(Section.FRAMES, id, requirements, sentence, body);
  }

  /**
   * Tests one form of header with lengths of one and two digits, in the registration and in
   * messages.
   */
  private static Case header(String kind, String form, IntFunction<String> headerOf) {
    return must(
        "frames.header." + kind,
        "P-02",
        "A header with " + form + " MUST be accepted.",
        stage -> {
          Bytes name = stage.tag().name("c");
          Peer carol = stage.connect("carol", name);
          carol.send(Bytes.utf8(headerOf.apply(name.length())).plus(name));
          stage.admit(carol);
          for (String text : List.of("hi", "twelve bytes")) {
            Bytes message = Bytes.utf8(text);
            carol.send(Bytes.utf8(headerOf.apply(message.length())).plus(message));
            stage.receives(stage.bob(), carol.postOf(message));
          }
        });
  }

  /** Tests every combination of leading spaces and leading zeros. */
  private static void everyForm(Stage stage) throws Broken, InterruptedException {
    for (int length : List.of(7, 12, 123, 1_024)) {
      Peer carol = stage.join("carol" + length);
      List<Post> sent = new ArrayList<>();
      String digits = Integer.toString(length);
      int room = Framing.HEADER_BYTES - digits.length();
      for (int spaces = 0; spaces <= room; spaces++) {
        for (int zeros = 0; spaces + zeros <= room; zeros++) {
          String header = " ".repeat(spaces) + "0".repeat(zeros) + digits;
          carol.send(Bytes.utf8("%-10s".formatted(header)).plus(Sizes.text(length)));
          sent.add(carol.postOf(Sizes.text(length)));
        }
      }
      stage.receives(stage.bob(), sent);
    }
  }

  private static void nothingBetween(Stage stage) throws Broken, InterruptedException {
    List<Post> sent = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      sent.add(stage.alice().post("line " + i));
      sent.add(stage.alice().post(""));
    }
    stage.receives(stage.bob(), sent);
  }

  private static void manyInOneSegment(Stage stage) throws Broken, InterruptedException {
    Peer carol = stage.connect("carol");
    List<Bytes> frames = new ArrayList<>(List.of(Framing.frame(carol.name())));
    List<Post> sent = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Bytes message = Bytes.utf8("message " + i);
      frames.add(Framing.frame(message));
      sent.add(carol.postOf(message));
    }
    carol.send(Bytes.join(frames));
    stage.receives(stage.bob(), sent);
  }

  /** One connection per cut. All first pieces are sent before any second piece. */
  private static void splitRegistration(Stage stage) throws Broken, InterruptedException {
    List<Peer> newcomers = new ArrayList<>();
    int cuts = Framing.frame(stage.tag().name("-cut00")).length() - 1;
    for (int cut = 1; cut <= cuts; cut++) {
      Peer newcomer = stage.connect("cut" + cut, stage.tag().name("-cut%02d".formatted(cut)));
      newcomer.send(Framing.frame(newcomer.name()).slice(0, cut));
      newcomers.add(newcomer);
    }
    stage.receivesNothing(stage.bob());
    for (int cut = 1; cut <= cuts; cut++) {
      Peer newcomer = newcomers.get(cut - 1);
      Bytes registration = Framing.frame(newcomer.name());
      newcomer.send(registration.slice(cut, registration.length()));
      stage.receives(stage.bob(), newcomer.post("cut after byte " + cut));
    }
  }

  private static void splitMessage(Stage stage) throws Broken, InterruptedException {
    Bytes message = Bytes.utf8("h\u00e9 \ud83d\ude42!");
    Bytes frame = Framing.frame(message);
    List<Peer> members = stage.joinAll("cut", frame.length() - 1);
    for (int cut = 1; cut < frame.length(); cut++) {
      members.get(cut - 1).send(frame.slice(0, cut));
    }
    stage.receivesNothing(stage.bob());
    for (int cut = 1; cut < frame.length(); cut++) {
      Peer member = members.get(cut - 1);
      member.send(frame.slice(cut, frame.length()));
      stage.receives(stage.bob(), member.postOf(message));
    }
  }

  /**
   * After each byte Bob must receive a marker, so that the server sees the byte before the next one
   * is sent.
   */
  private static void byteByByte(Stage stage) throws Broken, InterruptedException {
    Peer carol = stage.connect("carol");
    byteByByte(stage, carol, carol.name());
    stage.admit(carol);
    for (Bytes message : List.of(Bytes.utf8("h\u00e9 \ud83d\ude42"), Bytes.EMPTY)) {
      byteByByte(stage, carol, message);
      stage.receives(stage.bob(), carol.postOf(message));
    }
  }

  private static void byteByByte(Stage stage, Peer sender, Bytes payload)
      throws Broken, InterruptedException {
    Bytes frame = Framing.frame(payload);
    for (int i = 0; i < frame.length() - 1; i++) {
      sender.send(frame.slice(i, i + 1));
      stage.receivesNothing(stage.bob());
    }
    sender.send(frame.slice(frame.length() - 1, frame.length()));
  }
}
