package io.chatroom.client;

import java.util.Map;
import java.util.TreeMap;

/** Texts that try to take over a screen, deceive the eye, or make a mess. */
public final class HostileStrings {

  private HostileStrings() {}

  /** By their effects. */
  public static Map<String, String> all() {
    Map<String, String> all = new TreeMap<>();
    all.put("clipboard, OSC 52", "\u001b]52;c;ZXZpbA==\u0007");
    all.put("clipboard, OSC 52 in C1", "\u009d52;c;ZXZpbA==\u009c");
    all.put("title", "\u001b]0;hacked title\u0007");
    all.put("title, ended by ST", "\u001b]2;hacked title\u001b\\");
    all.put("title of screen", "\u001bkhacked title\u001b\\");
    all.put("hyperlink", "\u001b]8;;http://evil.example\u0007click\u001b]8;;\u0007");
    all.put("colours changed", "\u001b]4;1;rgb:00/00/00\u0007\u001b]11;#ff0000\u0007");
    all.put("clear", "\u001b[2J\u001b[3J\u001b[H");
    all.put("full reset", "\u001bc");
    all.put("soft reset", "\u001b[!p");
    all.put("cursor up and over", "\u001b[5A\u001b[2Kforged line");
    all.put("cursor moved", "\u001b[1;1Hforged line");
    all.put("cursor saved and restored", "\u001b7\u001b[9B\u001b8");
    all.put("cursor hidden", "\u001b[?25l");
    all.put("alternate screen", "\u001b[?1049h");
    all.put("mouse reports", "\u001b[?1000h\u001b[?1006h");
    all.put("bracketed paste off", "\u001b[?2004l");
    all.put("origin and scroll region", "\u001b[5;7r\u001b[?6h");
    all.put("no wrapping", "\u001b[?7l");
    all.put("insert mode", "\u001b[4h");
    all.put("application keypad", "\u001b=\u001b[?1h");
    all.put("charset of lines", "\u001b(0qqqq\u000e");
    all.put("answers typed by the terminal", "\u001b[6n\u001b[c\u001bP$qm\u001b\\\u0005");
    all.put("device control", "\u001bPtmux;\u001b\u001b]52;c;ZXZpbA==\u0007\u001b\\");
    all.put("application command", "\u001b_Ga=T;AAAA\u001b\\");
    all.put("blink and invisible", "\u001b[5;8mghost");
    all.put("C1 CSI", "\u009b2J\u009b1;1H");
    all.put("C1 reverse index", "\u008d\u008d\u008dup");
    all.put("carriage return", "innocent\rbob: forged");
    all.put("line ends", "one\n12:00 bob: forged\r\ntwo\u000bthree\u000cfour\u0085five");
    all.put("line and paragraph separators", "one\u2028two\u2029three");
    all.put("backspaces", "bad\b\b\bgood\u007f");
    all.put("bell", "\u0007\u0007\u0007");
    all.put("NUL and friends", "a\u0000b\u0001c\u001ad");
    all.put("bidirectional override", "\u202egnp.exe\u202c");
    all.put("bidirectional isolates", "\u2066a\u2067b\u2068c\u2069");
    all.put("bidirectional marks", "\u200e\u200f\u061c");
    all.put("zero width", "zero\u200bwidth\u2060joined\ufefftext");
    all.put("soft hyphen", "soft\u00adhyphen");
    all.put("joiners between letters", "al\u200dice and b\u200cob");
    all.put("blank letters", "\u3164\u115f\u1160\uffa0\u2800\u034f");
    all.put("tag characters", "\udb40\udc41\udb40\udc42\udb40\udc7f");
    all.put("annotations", "\ufff9a\ufffab\ufffb");
    all.put("half of a pair", "\ud83d and \ude42");
    all.put("Zalgo", "Z" + "\u0335\u0352\u0356".repeat(40) + "algo");
    all.put("enclosing marks", "x" + "\u20dd".repeat(50));
    all.put("homoglyphs", "\u0430lice and \u0430\u217cice");
    all.put("wide", "\uff21\uff22\u4f60\u597d".repeat(30));
    all.put("emoji of many parts", "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67".repeat(10));
    all.put("percent signs", "%N%{%}%M%P%%");
    all.put("spaces to a forged line", "x" + " ".repeat(79) + "12:00 bob: forged");
    return all;
  }
}
