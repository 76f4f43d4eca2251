package io.chatroom.client.conformance;

import java.util.List;

/**
 * One requirement, made so small that a server either meets it or does not.
 *
 * @param id stable and telling, {@code section.topic[.kind]}; never reused for something else
 * @param level whether the requirement is a MUST or a SHOULD
 * @param requirements the numbers that it tests, {@code P-nn} of PROTOCOL.md or {@code S-nn} of
 *     SESSIONS.md
 * @param sentence what the server owes, as one sentence
 * @param section the part of the report it belongs to
 * @param danger what it may do to a server that fails it
 * @param surface the way in that it uses
 * @param patience how many times the usual timeout its waits may take
 * @param script puts it on a stage
 */
public record Case(
    String id,
    Level level,
    List<String> requirements,
    String sentence,
    Section section,
    Danger danger,
    Surface surface,
    int patience,
    Script script) {

  /** Puts a case on a stage of its own. */
  @FunctionalInterface
  public interface Script {

    /** The play, not opened yet. */
    Play on(Setting setting);
  }

  /** What a case does on the stage of the seed's protocol; returns when the requirement holds. */
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
    return of(
        section,
        id,
        level,
        requirements,
        sentence,
        Surface.SEED,
        setting -> new SeedPlay(new Stage(setting), body));
  }

  /**
   * A gentle case of any surface.
   *
   * @param requirements the numbers, with spaces between them
   */
  public static Case of(
      Section section,
      String id,
      Level level,
      String requirements,
      String sentence,
      Surface surface,
      Script script) {
    List<String> numbers = List.of(requirements.split(" ", -1));
    return new Case(id, level, numbers, sentence, section, Danger.GENTLE, surface, 1, script);
  }

  public Case danger(Danger changed) {
    return new Case(id, level, requirements, sentence, section, changed, surface, patience, script);
  }

  public Case patience(int changed) {
    return new Case(id, level, requirements, sentence, section, danger, surface, changed, script);
  }

  /** The numbers as they are shown: {@code P-14, P-16}. */
  String numbers() {
    return String.join(", ", requirements);
  }
}
