package io.chatroom.server.search;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Splits a text into the words by which it is found. Ignores case, accents and compatibility forms.
 *
 * <p>In scripts without spaces between words (Chinese, Japanese, Thai …), and in Korean, whose
 * words have suffixes, a word begins at each character and includes the next one: {@code 東京都}
 * becomes {@code 東京}, {@code 京都} and {@code 都}. So any sequence of characters is found.
 *
 * <p>Words contain only letters, digits, marks and symbols; no spaces, no quotation marks, and
 * nothing from Unicode's private-use areas, which {@link Tag} uses.
 */
final class Words {

  /** Must change whenever the same text gives other words, so that indexes are rebuilt. */
  static final int VERSION = 1;

  /** The longest word; longer ones, as in encoded files, are truncated. */
  private static final int MAX_CHARACTERS = 64;

  private static final int ZERO_WIDTH_SPACE = 0x200B;
  private static final int TATWEEL = 0x0640;

  private static final Set<UnicodeScript> UNSPACED =
      EnumSet.of(
          UnicodeScript.HAN,
          UnicodeScript.HIRAGANA,
          UnicodeScript.KATAKANA,
          UnicodeScript.BOPOMOFO,
          UnicodeScript.HANGUL,
          UnicodeScript.THAI,
          UnicodeScript.LAO,
          UnicodeScript.KHMER,
          UnicodeScript.MYANMAR,
          UnicodeScript.TIBETAN);

  /** Scripts in which marks are accents, which are removed. In other scripts they are vowels. */
  private static final Set<UnicodeScript> WITH_ACCENTS =
      EnumSet.of(
          UnicodeScript.LATIN,
          UnicodeScript.GREEK,
          UnicodeScript.CYRILLIC,
          UnicodeScript.ARABIC,
          UnicodeScript.HEBREW,
          UnicodeScript.COMMON,
          UnicodeScript.INHERITED);

  private final List<String> words = new ArrayList<>();
  private final StringBuilder run = new StringBuilder();
  private boolean unspaced;

  /** The number of words from an unspaced run at the end of the text; 0 if it has another end. */
  private int lastUnspaced;

  private Words() {}

  /** The words of a message, in order. */
  static List<String> of(String text) {
    return split(text).words;
  }

  /**
   * A phrase of a query.
   *
   * @param begins true if the last word is a prefix
   */
  static Phrase phrase(String text, boolean begins) {
    Words split = split(text);
    List<String> words = split.words;
    if (split.lastUnspaced > 1) { // the word before contains the last character, too
      return new Phrase(words.subList(0, words.size() - 1), false);
    }
    return new Phrase(words, begins || split.lastUnspaced == 1);
  }

  private static Words split(String text) {
    Words split = new Words();
    String folded = fold(text);
    for (int i = 0; i < folded.length(); ) {
      int c = folded.codePointAt(i);
      split.take(c);
      i += Character.charCount(c);
    }
    split.endRun();
    return split;
  }

  private void take(int c) {
    int type = Character.getType(c);
    if (isMark(type) && !run.isEmpty()) {
      run.appendCodePoint(c);
    } else if (isUnspaced(c)) {
      begin(true);
      run.appendCodePoint(c);
    } else if (Character.isLetterOrDigit(c)
        || isMark(type)
        || type == Character.LETTER_NUMBER
        || type == Character.OTHER_NUMBER) {
      begin(false);
      run.appendCodePoint(c);
    } else {
      endRun();
      if (type == Character.OTHER_SYMBOL) {
        words.add(Character.toString(c));
        lastUnspaced = 0;
      }
    }
  }

  private void begin(boolean unspaced) {
    if (this.unspaced != unspaced) {
      endRun();
      this.unspaced = unspaced;
    }
  }

  private void endRun() {
    if (run.isEmpty()) {
      return;
    }
    String characters = run.toString();
    run.setLength(0);
    int before = words.size();
    if (unspaced) {
      for (int i = 0; i < characters.length(); ) {
        int next = characters.offsetByCodePoints(i, 1);
        int end = next == characters.length() ? next : characters.offsetByCodePoints(next, 1);
        words.add(characters.substring(i, end));
        i = next;
      }
      lastUnspaced = words.size() - before;
    } else {
      words.add(cut(characters));
      lastUnspaced = 0;
    }
  }

  private static String cut(String word) {
    return word.length() <= MAX_CHARACTERS
            || word.codePointCount(0, word.length()) <= MAX_CHARACTERS
        ? word
        : word.substring(0, word.offsetByCodePoints(0, MAX_CHARACTERS));
  }

  /** Includes both prolonged sound marks, which Unicode assigns to no single script. */
  private static boolean isUnspaced(int c) {
    return c >= 0x0E00 && (UNSPACED.contains(UnicodeScript.of(c)) || c == 0x30FC || c == 0xFF70);
  }

  private static boolean isMark(int type) {
    return type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK
        || type == Character.ENCLOSING_MARK;
  }

  // ---- folding

  /** A text without case, accents and compatibility forms. */
  static String fold(String text) {
    if (isAscii(text)) {
      return text.toLowerCase(Locale.ROOT);
    }
    String whole = Normalizer.normalize(text, Normalizer.Form.NFKC);
    String lower = whole.toLowerCase(Locale.ROOT).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    String apart = Normalizer.normalize(lower, Normalizer.Form.NFD);
    StringBuilder folded = new StringBuilder(apart.length());
    boolean accents = true;
    for (int i = 0; i < apart.length(); ) {
      int c = apart.codePointAt(i);
      i += Character.charCount(c);
      int type = Character.getType(c);
      if (isMark(type)) {
        if (!accents) {
          folded.appendCodePoint(c);
        }
      } else if (c == ZERO_WIDTH_SPACE) {
        folded.append(' ');
      } else if (type != Character.FORMAT && c != TATWEEL) {
        accents = WITH_ACCENTS.contains(UnicodeScript.of(c));
        append(folded, c);
      }
    }
    return Normalizer.normalize(folded, Normalizer.Form.NFC);
  }

  /** Replaces letters that readers treat as equal, though Unicode does not. */
  private static void append(StringBuilder folded, int c) {
    switch (c) {
      case 'ς' -> folded.append('σ');
      case 'ı' -> folded.append('i');
      case 'ł' -> folded.append('l');
      case 'ø' -> folded.append('o');
      case 'đ' -> folded.append('d');
      case 'ħ' -> folded.append('h');
      case 'ŧ' -> folded.append('t');
      case 'æ' -> folded.append("ae");
      case 'œ' -> folded.append("oe");
      default -> folded.appendCodePoint(c);
    }
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }
}
