package io.chatroom.client.conformance;

import java.util.ArrayList;
import java.util.List;

/**
 * Section 1 again, at every size. Up to the least limits of P-08 a server must accept everything.
 * Beyond them it may close the connection, but never cut, pad or swap bytes.
 */
final class SizeCases {

  private static final int LEAST_NAME_BYTES = 64;
  private static final int LEAST_MESSAGE_BYTES = 1_024;
  private static final int MAX_NAME_BYTES = 128;
  private static final int MAX_BYTES = 65_536;

  /** A server may delay a member that sends more than 300 messages at once (P-18). */
  private static final int MESSAGES_EACH = 200;

  private SizeCases() {}

  static List<Case> all() {
    return List.of(
        must(
            "frames.sizes.name",
            "P-08 P-14",
            "A name of every size from 0 to 64 bytes MUST be relayed whole.",
            SizeCases::everyName),
        must(
                "frames.sizes.long-name",
                "P-08 P-14 P-22",
                "A name over 64 bytes MUST be relayed whole or close the connection; it is never"
                    + " cut.",
                SizeCases::longNames)
            .danger(Danger.FATAL),
        must(
            "frames.sizes.message",
            "P-08 P-14",
            "A message of every size from 0 to 1,024 bytes MUST be relayed whole.",
            SizeCases::everyMessage),
        must(
                "frames.sizes.long-message",
                "P-08 P-14 P-22",
                "A message over 1,024 bytes MUST be relayed whole or close the connection; it is"
                    + " never cut.",
                SizeCases::longMessages)
            .danger(Danger.FATAL),
        must(
            "frames.sizes.name-and-message",
            "P-01 P-08 P-14",
            "Short and long names MUST be relayed whole, with short and long messages.",
            SizeCases::namesAndMessages),
        must(
            "frames.sizes.characters",
            "P-05 P-08",
            "A character of several bytes MUST be accepted wherever it begins in a name or a"
                + " message.",
            SizeCases::charactersEverywhere),
        must(
                "frames.sizes.pieces",
                "P-07",
                "A frame of 1,034 bytes MUST be accepted in pieces of any size.",
                SizeCases::pieces)
            .danger(Danger.PIECES),
        burst(1_000, "frames.sizes.thousand-in-one-piece", "A thousand"),
        burst(10_000, "frames.sizes.ten-thousand-in-one-piece", "Ten thousand"));
  }

  private static Case must(String id, String requirements, String sentence, Case.Body body) {
    return Case.must(Section.FRAMES, id, requirements, sentence, body);
  }

  private static Case burst(int count, String id, String howMany) {
    return must(
            id,
            "P-07 P-18",
            howMany + " messages in one piece MUST be relayed in order, at once or delayed.",
            stage -> burst(stage, count))
        .danger(Danger.LONG);
  }

  private static void everyName(Stage stage) throws Broken, InterruptedException {
    for (int size = 0; size <= LEAST_NAME_BYTES; size++) {
      Peer newcomer =
          stage.join("member with a name of " + size + " bytes", stage.tag().text(size));
      stage.receives(stage.bob(), newcomer.post(stage.tag().name(" says a name of " + size)));
      newcomer.close();
    }
  }

  private static void longNames(Stage stage) throws Broken, InterruptedException {
    List<Integer> sizes = new ArrayList<>();
    for (int size = LEAST_NAME_BYTES + 1; size <= MAX_NAME_BYTES; size++) {
      sizes.add(size);
    }
    sizes.addAll(Sizes.edges(MAX_NAME_BYTES + 1, MAX_BYTES + 1));
    for (int size : sizes) {
      Peer newcomer =
          stage.connect("member with a name of " + size + " bytes", stage.tag().text(size));
      Post sent = newcomer.postOf(Bytes.utf8("my name has " + size));
      newcomer.sendAnyway(Framing.frame(sent.name()).plus(Framing.frame(sent.message())));
      stage.receivesUnlessRefused(newcomer, List.of(sent));
      newcomer.close();
    }
  }

  /** Long messages follow short ones, so that bytes left over in a buffer show. */
  private static void everyMessage(Stage stage) throws Broken, InterruptedException {
    List<Integer> sizes = new ArrayList<>();
    for (int size = 0; size <= LEAST_MESSAGE_BYTES; size++) {
      sizes.add(size % 2 == 0 ? size : LEAST_MESSAGE_BYTES - size);
    }
    for (int from = 0; from < sizes.size(); from += MESSAGES_EACH) {
      Peer carol = stage.join("carol" + from);
      List<Post> sent = new ArrayList<>();
      for (int size : sizes.subList(from, Math.min(sizes.size(), from + MESSAGES_EACH))) {
        sent.add(carol.post(Sizes.text(size)));
      }
      stage.receives(stage.bob(), sent);
    }
  }

  /** A server that closes the connection for one size may still accept the next. */
  private static void longMessages(Stage stage) throws Broken, InterruptedException {
    Peer carol = stage.join("carol");
    int header = Framing.HEADER_BYTES;
    int pair = 2 * header + carol.name().length();
    for (int size : Sizes.edges(LEAST_MESSAGE_BYTES + 1, MAX_BYTES + 1, header, pair)) {
      if (carol.hasEnded()) {
        carol = stage.join("carol");
      }
      Post sent = carol.postOf(Sizes.text(size));
      Post after = carol.postOf(Bytes.utf8("that had " + size));
      carol.sendAnyway(Framing.frame(sent.message()).plus(Framing.frame(after.message())));
      stage.receivesUnlessRefused(carol, List.of(sent, after));
    }
  }

  /** If a name is too short for the tag, the message must start with it. */
  private static void namesAndMessages(Stage stage) throws Broken, InterruptedException {
    int header = Framing.HEADER_BYTES;
    for (int nameSize : Sizes.edges(0, LEAST_NAME_BYTES, header)) {
      Peer newcomer =
          stage.join("member with a name of " + nameSize + " bytes", stage.tag().text(nameSize));
      int least = nameSize < stage.tag().length() ? stage.tag().length() : 0;
      List<Post> sent = new ArrayList<>();
      for (int size : Sizes.edges(least, LEAST_MESSAGE_BYTES, header, 2 * header + nameSize)) {
        sent.add(newcomer.post(stage.tag().text(size)));
      }
      stage.receives(stage.bob(), sent);
      newcomer.close();
    }
  }

  /** Characters of two to four bytes, shifted so that each begins at every position. */
  private static void charactersEverywhere(Stage stage) throws Broken, InterruptedException {
    for (String character : List.of("\u00e9", "\u6f22", "\ud83d\ude42")) {
      Bytes one = Bytes.utf8(character);
      for (int before = 0; before < one.length(); before++) {
        Bytes name = filled(stage.tag().name("-".repeat(before)), one, LEAST_NAME_BYTES);
        Peer newcomer = stage.join("member " + before + " of " + one.length(), name);
        Bytes message = filled(Bytes.utf8("-".repeat(before)), one, LEAST_MESSAGE_BYTES);
        stage.receives(stage.bob(), newcomer.post(message));
      }
    }
  }

  private static Bytes filled(Bytes beginning, Bytes character, int limit) {
    return beginning.plus(character.times((limit - beginning.length()) / character.length()));
  }

  /**
   * After each piece Bob must receive a marker, so that the server sees the piece before the next
   * one is sent.
   */
  private static void pieces(Stage stage) throws Broken, InterruptedException {
    Peer carol = stage.join("carol");
    Bytes frame = Framing.frame(Sizes.text(LEAST_MESSAGE_BYTES));
    for (int cut : Sizes.edges(1, frame.length() - 1, -Framing.HEADER_BYTES)) {
      inPieces(stage, carol, frame, List.of(cut));
    }
    for (int piece : List.of(15, 64, 100, 255, 256, 257)) {
      List<Integer> cuts = new ArrayList<>();
      for (int cut = piece; cut < frame.length(); cut += piece) {
        cuts.add(cut);
      }
      inPieces(stage, carol, frame, cuts);
    }
  }

  private static void inPieces(Stage stage, Peer sender, Bytes frame, List<Integer> cuts)
      throws Broken, InterruptedException {
    int from = 0;
    for (int cut : cuts) {
      sender.send(frame.slice(from, cut));
      stage.receivesNothing(stage.bob());
      from = cut;
    }
    sender.send(frame.slice(from, frame.length()));
    stage.receives(stage.bob(), sender.postOf(frame.slice(Framing.HEADER_BYTES, frame.length())));
  }

  /**
   * A server may delay messages beyond its own limit of messages a second. The case receives
   * delayed messages for the talk time: each must come in its order, within the usual timeout of
   * the one before.
   */
  private static void burst(Stage stage, int count) throws Broken, InterruptedException {
    Peer carol = stage.join("carol");
    StringBuilder frames = new StringBuilder();
    List<Post> sent = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      String message = i % 10 == 0 ? "" : Integer.toString(i);
      frames.append("%-10d%s".formatted(message.length(), message));
      sent.add(carol.postOf(Bytes.utf8(message)));
    }
    carol.sendPatiently(Bytes.utf8(frames.toString()));
    stage.settle(); // so that no other case is blamed if this one ends the server
    long enough = System.nanoTime() + stage.limits().talk().toNanos();
    stage.runOffTurn(
        () -> {
          int received = 0;
          while (received < count && System.nanoTime() < enough) {
            stage.receivesNext(stage.bob(), sent.subList(received, received + 1));
            received++;
          }
          if (received < count) {
            carol.reset(); // so that the rest does not fill the room
          }
        });
  }
}
