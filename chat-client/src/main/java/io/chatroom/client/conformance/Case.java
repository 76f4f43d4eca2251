package io.chatroom.client.conformance;

import java.util.List;

/**
 * One requirement, so small that a server either meets it or does not.
 *
 * @param id a stable, descriptive id, {@code section.topic[.kind]}; never reused for another case
 * @param level whether the requirement is a MUST or a SHOULD
 * @param requirements the numbers of the requirements that it tests, {@code P-nn} of PROTOCOL.md or
 *     {@code S-nn} of SESSIONS.md
 * @param sentence what the server must do, in one sentence
 * @param section the section of the report
 * @param danger what it can do to a server that fails it
 * @param surface the protocol and carrier that it uses
 * @param patience factor by which its waits may exceed the usual timeout
 * @param runFactory creates its runs
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
    RunFactory runFactory) {

  /** Creates a run of the case on a stage of its own. */
  @FunctionalInterface
  public interface RunFactory {

    /** Returns a run that is not opened yet. */
    CaseRun newRun(Setting setting);
  }

  /**
   * The body of a case for the seed's protocol. It returns if the requirement holds, and throws
   * otherwise.
   */
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
        setting -> new SeedCaseRun(new Stage(setting), body));
  }

  /**
   * Creates a gentle case for any surface.
   *
   * @param requirements the numbers of the requirements, separated by spaces
   */
  public static Case of(
      Section section,
      String id,
      Level level,
      String requirements,
      String sentence,
      Surface surface,
      RunFactory runFactory) {
    List<String> numbers = List.of(requirements.split(" ", -1));
    return new Case(id, level, numbers, sentence, section, Danger.GENTLE, surface, 1, runFactory);
  }

  public Case danger(Danger changed) {
    return new Case(
        id, level, requirements, sentence, section, changed, surface, patience, runFactory);
  }

  public Case patience(int changed) {
    return new Case(
        id, level, requirements, sentence, section, danger, surface, changed, runFactory);
  }

  /** Returns the numbers of the requirements as the report shows them: {@code P-14, P-16}. */
  String numbers() {
    return String.join(", ", requirements);
  }
}
