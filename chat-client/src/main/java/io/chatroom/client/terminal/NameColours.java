package io.chatroom.client.terminal;

import java.util.Map;

/**
 * Gives each name a lasting colour. Only four of the terminal's own colours: those that every
 * common theme, dark or light, keeps readable.
 */
public final class NameColours {

  private static final int[] RED_GREEN_MAGENTA_CYAN = {31, 32, 35, 36};

  /** Names without colours. */
  public static final NameColours NONE = new NameColours(false);

  private final boolean on;

  private NameColours(boolean on) {
    this.on = on;
  }

  /**
   * Colours on a terminal that supports them, unless {@code NO_COLOR} is set to anything (see
   * no-color.org).
   */
  public static NameColours of(Stdio stdio, Map<String, String> environment) {
    String terminal = environment.getOrDefault("TERM", "");
    boolean knowsColours =
        (!terminal.isEmpty() && !terminal.equals("dumb")) || environment.containsKey("WT_SESSION");
    boolean refused = !environment.getOrDefault("NO_COLOR", "").isEmpty();
    return stdio.terminal() && knowsColours && !refused ? new NameColours(true) : NONE;
  }

  /** The name, safe to print, in its colour. */
  String paint(String name) {
    int colour = Math.floorMod(name.hashCode(), RED_GREEN_MAGENTA_CYAN.length);
    return styled(RED_GREEN_MAGENTA_CYAN[colour], Shown.name(name));
  }

  /** A safe text, dimmed against messages. */
  String faint(String safe) {
    return styled(2, safe);
  }

  /** A safe text that stands out. */
  String bold(String safe) {
    return styled(1, safe);
  }

  private String styled(int attribute, String safe) {
    return on ? "\u001b[" + attribute + "m" + safe + "\u001b[0m" : safe;
  }
}
