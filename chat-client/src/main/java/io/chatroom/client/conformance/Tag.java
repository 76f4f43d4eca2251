package io.chatroom.client.conformance;

import java.security.SecureRandom;
import java.util.Locale;

/**
 * Marks what belongs to one case of one run, so that a case can tell its own people from those of a
 * case that is still waiting for something, and from the strangers of a room in use. Every name
 * starts with it; it is short, because a server may allow only short names (P-08).
 */
public final class Tag {

  private static final int CASE_DIGITS = 2;

  private final Bytes run;
  private final Bytes whole;

  private Tag(Bytes run, Bytes whole) {
    this.run = run;
    this.whole = whole;
  }

  /** What all tags of a run begin with: five characters that no other run is likely to have. */
  public static Bytes newRun() {
    int number = new SecureRandom().nextInt(36 * 36 * 36 * 36);
    return Bytes.utf8("k" + base36(number, 4));
  }

  public static Tag of(Bytes run, int caseNumber) {
    return new Tag(run, run.plus(base36(caseNumber, CASE_DIGITS)));
  }

  private static String base36(int number, int digits) {
    String text = Integer.toString(number, 36).toLowerCase(Locale.ROOT);
    return "0".repeat(Math.max(0, digits - text.length())) + text;
  }

  /** The name of somebody in this case. */
  public Bytes name(String role) {
    return whole.plus(role);
  }

  /**
   * A message by which the kit finds its bearings (a marker, a greeting that proves membership); it
   * is never itself what a case judges.
   */
  Bytes control(String text) {
    return whole.plus("~" + text);
  }

  /** A name of so many bytes, or a message: as much of the tag as fits, and then any text. */
  Bytes text(int bytes) {
    int filler = Math.max(0, bytes - whole.length());
    return whole.plus(Sizes.text(filler)).slice(0, bytes);
  }

  int length() {
    return whole.length();
  }

  /** Whether this is the name of somebody in this case. */
  public boolean isIn(String name) {
    return Bytes.utf8(name).startsWith(whole);
  }

  /** Whether somebody of this case said it. A name that is too short for it does not tell. */
  boolean isOurs(Said said) {
    return said.name().startsWith(whole)
        || (said.name().length() < whole.length() && said.message().startsWith(whole));
  }

  boolean isControl(Said said) {
    return isOurs(said) && said.message().startsWith(control(""));
  }

  /** Whether it belongs to another case of the same run. */
  boolean isNeighbours(Said said) {
    return !isOurs(said) && (said.name().startsWith(run) || said.message().startsWith(run));
  }

  /** Whether a pair that none of us sent speaks of somebody of this case. */
  boolean isMentionedIn(Said said) {
    return said.message().contains(whole) || said.name().contains(whole);
  }
}
