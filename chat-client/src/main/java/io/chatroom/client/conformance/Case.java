package io.chatroom.client.conformance;

import java.util.List;

/**
 * One requirement, made so small that a server either meets it or does not.
 *
 * @param id stable and telling, {@code section.topic[.kind]}; never reused for something else
 * @param level whether the requirement is a MUST or a SHOULD
 * @param requirements the numbers in PROTOCOL.md that it tests, {@code P-nn}
 * @param sentence what the server owes, as one sentence
 * @param section the part of the report it belongs to
 * @param danger what it may do to a server that fails it
 * @param patience how many times the usual timeout its waits may take
 * @param body what is done, and checked
 */
record Case(
    String id,
    Level level,
    List<String> requirements,
    String sentence,
    Section section,
    Danger danger,
    int patience,
    Body body) {

  /** What a case does on its stage: returns when the requirement holds. */
  @FunctionalInterface
  interface Body {
    void run(Stage stage) throws Broken, InterruptedException;
  }

  static Case must(Section section, String id, String requirements, String sentence, Body body) {
    return of(section, id, Level.MUST, requirements, sentence, body);
  }

  static Case should(Section section, String id, String requirements, String sentence, Body body) {
    return of(section, id, Level.SHOULD, requirements, sentence, body);
  }

  private static Case of(
      Section section, String id, Level level, String requirements, String sentence, Body body) {
    List<String> numbers = List.of(requirements.split(" ", -1));
    return new Case(id, level, numbers, sentence, section, Danger.GENTLE, 1, body);
  }

  Case danger(Danger changed) {
    return new Case(id, level, requirements, sentence, section, changed, patience, body);
  }

  Case patience(int changed) {
    return new Case(id, level, requirements, sentence, section, danger, changed, body);
  }

  /** The numbers as they are shown: {@code P-14, P-16}. */
  String numbers() {
    return String.join(", ", requirements);
  }
}
