package io.chatroom.client.terminal;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jline.keymap.KeyMap;
import org.jline.reader.Binding;
import org.jline.reader.LineReader;
import org.jline.reader.Reference;
import org.jline.terminal.Attributes.ControlChar;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.KittyKeyboardSupport;
import org.jline.utils.InfoCmp.Capability;

/**
 * The key bindings of the input line. The library would bind three times as many keys, some of
 * which lose the line, repeat a key ten thousand times, send the line twice, or miscount characters
 * beyond the Basic Multilingual Plane. Each key here has its test; all others ring the bell and
 * change nothing.
 */
final class Keys {

  /** The binding of all other keys. */
  static final String UNKNOWN = "unknown-key";

  static final String SUSPEND = "suspend";

  /** Followed by a number: switches to that room. */
  static final String ROOM = "room-";

  static final int MOST_ROOMS = 9;

  /** Maximum wait for the rest of an ambiguous key sequence. */
  private static final long AMBIGUOUS_MILLIS = 100;

  private static final String ALT = KeyMap.esc();
  private static final String CSI = "\u001b[";
  private static final String SS3 = "\u001bO"; // sent by some terminals instead

  private static final Map<Capability, String> NAMED = new EnumMap<>(Capability.class);

  static {
    NAMED.put(Capability.key_up, LineReader.UP_LINE_OR_SEARCH);
    NAMED.put(Capability.key_down, LineReader.DOWN_LINE_OR_SEARCH);
    NAMED.put(Capability.key_left, LineReader.BACKWARD_CHAR);
    NAMED.put(Capability.key_right, LineReader.FORWARD_CHAR);
    NAMED.put(Capability.key_home, LineReader.BEGINNING_OF_LINE);
    NAMED.put(Capability.key_end, LineReader.END_OF_LINE);
    NAMED.put(Capability.key_dc, LineReader.DELETE_CHAR);
  }

  private final KeyMap<Binding> keys = new KeyMap<>();

  private Keys() {}

  /**
   * All keys of a line.
   *
   * @param canSuspend whether there is a shell that could resume a stopped program
   */
  static KeyMap<Binding> of(Terminal terminal, boolean canSuspend) {
    Keys all = new Keys();
    all.bindNamed(terminal);
    all.bindText();
    all.bindMoves();
    all.bindChanges();
    for (int number = 1; number <= MOST_ROOMS; number++) {
      all.bind(ROOM + number, ALT + number);
    }
    if (canSuspend) {
      all.bind(SUSPEND, KeyMap.ctrl('Z'));
    }
    all.bindSettings(terminal);
    all.bindKitty();
    all.keys.setUnicode(new Reference(LineReader.SELF_INSERT));
    all.keys.setNomatch(new Reference(UNKNOWN));
    all.keys.setAmbiguousTimeout(AMBIGUOUS_MILLIS);
    return all.keys;
  }

  /** All keys in the terminal's description. Most of them have no function here. */
  private void bindNamed(Terminal terminal) {
    Stream.of(Capability.values())
        .filter(capability -> capability.name().startsWith("key_"))
        .filter(capability -> capability != Capability.key_mouse) // only where a report begins
        .forEach(capability -> bind(UNKNOWN, KeyMap.key(terminal, capability)));
    NAMED.forEach((capability, widget) -> bind(widget, KeyMap.key(terminal, capability)));
  }

  private void bindText() {
    KeyMap.range(" -~").forEach(key -> bind(LineReader.SELF_INSERT, key));
    bind(LineReader.SELF_INSERT_UNMETA, ALT + "\r", ALT + "\n"); // a line end in the text
    bind(LineReader.QUOTED_INSERT, KeyMap.ctrl('V'));
    bind(LineReader.BEGIN_PASTE, CSI + "200~");
    bind(LineReader.ACCEPT_LINE, "\r", "\n");
    bind(LineReader.EXPAND_OR_COMPLETE, "\t");
    bind(LineReader.INTERRUPT, KeyMap.ctrl('C'));
    bind(LineReader.FOCUS_IN, CSI + "I");
    bind(LineReader.FOCUS_OUT, CSI + "O");
  }

  private void bindMoves() {
    bind(LineReader.BACKWARD_CHAR, KeyMap.ctrl('B'), CSI + "D", SS3 + "D");
    bind(LineReader.FORWARD_CHAR, KeyMap.ctrl('F'), CSI + "C", SS3 + "C");
    bind(LineReader.BACKWARD_WORD, ALT + "b", CSI + "1;5D", CSI + "1;3D");
    bind(LineReader.FORWARD_WORD, ALT + "f", CSI + "1;5C", CSI + "1;3C");
    bind(LineReader.BEGINNING_OF_LINE, KeyMap.ctrl('A'), CSI + "H", SS3 + "H", CSI + "1~");
    bind(LineReader.END_OF_LINE, KeyMap.ctrl('E'), CSI + "F", SS3 + "F", CSI + "4~");
    bind(LineReader.UP_LINE_OR_SEARCH, CSI + "A", SS3 + "A");
    bind(LineReader.DOWN_LINE_OR_SEARCH, CSI + "B", SS3 + "B");
    bind(LineReader.UP_LINE_OR_HISTORY, KeyMap.ctrl('P'));
    bind(LineReader.DOWN_LINE_OR_HISTORY, KeyMap.ctrl('N'));
    bind(LineReader.HISTORY_INCREMENTAL_SEARCH_BACKWARD, KeyMap.ctrl('R'));
    bind(LineReader.HISTORY_INCREMENTAL_SEARCH_FORWARD, KeyMap.ctrl('S'));
    bind(LineReader.CLEAR_SCREEN, KeyMap.ctrl('L'));
    bind(LineReader.SEND_BREAK, KeyMap.ctrl('G'));
  }

  private void bindChanges() {
    bind(LineReader.BACKWARD_DELETE_CHAR, KeyMap.del(), KeyMap.ctrl('H'));
    bind(LineReader.DELETE_CHAR, KeyMap.ctrl('D'), CSI + "3~");
    bind(LineReader.BACKWARD_KILL_WORD, KeyMap.ctrl('W'), ALT + KeyMap.del(), ALT + "\b");
    bind(LineReader.KILL_WORD, ALT + "d", CSI + "3;5~", CSI + "3;3~");
    bind(LineReader.KILL_LINE, KeyMap.ctrl('K'));
    bind(LineReader.KILL_WHOLE_LINE, KeyMap.ctrl('U'));
    bind(LineReader.YANK, KeyMap.ctrl('Y'));
    bind(LineReader.UNDO, KeyMap.ctrl('_'));
    bind(LineReader.TRANSPOSE_CHARS, KeyMap.ctrl('T'));
    bind(LineReader.CAPITALIZE_WORD, ALT + "c");
    bind(LineReader.DOWN_CASE_WORD, ALT + "l");
    bind(LineReader.UP_CASE_WORD, ALT + "u");
  }

  /** The keys that the user has set with {@code stty}. */
  private void bindSettings(Terminal terminal) {
    Map<ControlChar, String> settings =
        Map.of(
            ControlChar.VERASE, LineReader.BACKWARD_DELETE_CHAR,
            ControlChar.VWERASE, LineReader.BACKWARD_KILL_WORD,
            ControlChar.VKILL, LineReader.KILL_WHOLE_LINE,
            ControlChar.VLNEXT, LineReader.QUOTED_INSERT,
            ControlChar.VINTR, LineReader.INTERRUPT);
    settings.forEach(
        (setting, widget) -> {
          int key = terminal.getAttributes().getControlChar(setting);
          if (key > 0 && key < 128) {
            bind(widget, Character.toString(key));
          }
        });
  }

  /** The keys with Control, as terminals send them in a mode that another program may have set. */
  private void bindKitty() {
    for (char c = 'a'; c <= 'z'; c++) {
      Binding bound = keys.getBound(KeyMap.ctrl(c));
      if (bound != null) {
        keys.bind(bound, KittyKeyboardSupport.ctrlKey(c));
      }
    }
  }

  /** A sequence may be null, where a terminal has no such key. */
  private void bind(String widget, CharSequence... sequences) {
    Stream.of(sequences)
        .filter(Objects::nonNull)
        .forEach(sequence -> keys.bind(new Reference(widget), sequence));
  }
}
