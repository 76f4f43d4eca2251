package io.chatroom.client.conformance;

import java.security.SecureRandom;
import java.util.Locale;

/**
 * Prefix that identifies one case of one run. It distinguishes the members of a case from those of
 * other cases that are still waiting, and from strangers in a room that others use. Every name
 * starts with it; it is short because a server may allow only short names (P-08).
 */
public final class Tag {

  private static final int CASE_DIGITS = 2;

  private final Bytes run;
  private final Bytes whole;

  private Tag(Bytes run, Bytes whole) {
    this.run = run;
    this.whole = whole;
  }

  /** Returns a random prefix of five characters that all tags of one run share. */
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

  /** Returns the name of a member of this case. */
  public Bytes name(String role) {
    return whole.plus(role);
  }

  /**
   * Returns a control message: a marker, or a greeting that proves membership. Cases never judge
   * control messages.
   */
  Bytes control(String text) {
    return whole.plus("~" + text);
  }

  /**
   * Returns a name or message of exactly {@code bytes} bytes: as much of the tag as fits, then
   * filler.
   */
  Bytes text(int bytes) {
    int filler = Math.max(0, bytes - whole.length());
    return whole.plus(Sizes.text(filler)).slice(0, bytes);
  }

  int length() {
    return whole.length();
  }

  /** Returns true if the name belongs to a member of this case. */
  public boolean isIn(String name) {
    return Bytes.utf8(name).startsWith(whole);
  }

  /**
   * Returns true if a member of this case sent it. If the name is too short to hold the tag, the
   * message must start with it.
   */
  boolean isOurs(Post post) {
    return post.name().startsWith(whole)
        || (post.name().length() < whole.length() && post.message().startsWith(whole));
  }

  boolean isControl(Post post) {
    return isOurs(post) && post.message().startsWith(control(""));
  }

  /** Returns true if it belongs to another case of the same run. */
  boolean isNeighbours(Post post) {
    return !isOurs(post) && (post.name().startsWith(run) || post.message().startsWith(run));
  }

  /** Returns true if a pair that the kit did not send mentions a member of this case. */
  boolean isMentionedIn(Post post) {
    return post.message().contains(whole) || post.name().contains(whole);
  }
}
