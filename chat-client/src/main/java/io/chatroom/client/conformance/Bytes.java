package io.chatroom.client.conformance;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;

/** An immutable string of bytes. */
public final class Bytes {

  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] content;

  private Bytes(byte[] content) {
    this.content = content;
  }

  public static Bytes copyOf(byte[] content) {
    return new Bytes(content.clone());
  }

  public static Bytes utf8(String text) {
    return new Bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Parses bytes written in hexadecimal, as {@code "c3 a9"}. */
  public static Bytes hex(String digits) {
    return new Bytes(HexFormat.ofDelimiter(" ").parseHex(digits));
  }

  public static Bytes join(List<Bytes> parts) {
    byte[] whole = new byte[parts.stream().mapToInt(Bytes::length).sum()];
    int at = 0;
    for (Bytes part : parts) {
      System.arraycopy(part.content, 0, whole, at, part.length());
      at += part.length();
    }
    return new Bytes(whole);
  }

  public Bytes plus(Bytes more) {
    return join(List.of(this, more));
  }

  public Bytes plus(String more) {
    return plus(utf8(more));
  }

  /** Returns these bytes {@code count} times over. */
  public Bytes times(int count) {
    return join(new ArrayList<>(Collections.nCopies(count, this)));
  }

  public Bytes slice(int from, int to) {
    return new Bytes(Arrays.copyOfRange(content, from, to));
  }

  public int length() {
    return content.length;
  }

  public byte at(int index) {
    return content[index];
  }

  public boolean isEmpty() {
    return content.length == 0;
  }

  public boolean startsWith(Bytes prefix) {
    return length() >= prefix.length()
        && Arrays.equals(content, 0, prefix.length(), prefix.content, 0, prefix.length());
  }

  public boolean contains(Bytes part) {
    for (int from = 0; from + part.length() <= length(); from++) {
      if (Arrays.equals(content, from, from + part.length(), part.content, 0, part.length())) {
        return true;
      }
    }
    return false;
  }

  public byte[] toArray() {
    return content.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(content);
  }

  /** Formats the bytes for people; see {@link Printable}. */
  @Override
  public String toString() {
    return Printable.bytes(this);
  }
}
