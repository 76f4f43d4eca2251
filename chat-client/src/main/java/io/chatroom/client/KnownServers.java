package io.chatroom.client;

import io.chatroom.protocol.Fingerprint;
import io.chatroom.protocol.VisibleText;
import io.chatroom.system.FileTrouble;
import io.chatroom.system.KeptFile;
import io.chatroom.system.NativePath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The fingerprints of servers that the user has accepted, in a file that people can read and edit:
 * {@code HOST:PORT SHA256:…} on each line, {@code #} begins a comment. Only its owner may read it
 * (mode 600), unless the owner changes that.
 *
 * <p>The file is read anew at each call. Any thread may use it, and any number of processes.
 */
public final class KnownServers {

  private final Path file;
  private final KeptFile kept;

  /**
   * @param file need not exist
   */
  public KnownServers(Path file) {
    this.file = file;
    this.kept = KeptFile.secret(file);
  }

  /** The file. */
  public Path file() {
    return file;
  }

  /**
   * The fingerprint that was accepted for a server, or null if none was.
   *
   * @throws ChatException if the file cannot be read or understood
   */
  public @Nullable Fingerprint fingerprintOf(ServerAddress server) throws ChatException {
    String text;
    try {
      text = kept.read();
    } catch (IOException e) {
      throw new ChatException("cannot read " + shownFile() + ": " + FileTrouble.reason(e), e);
    }
    return text == null ? null : find(server, text);
  }

  private @Nullable Fingerprint find(ServerAddress server, String text) throws ChatException {
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      // Concatenated files have a byte-order mark each, which is invisible.
      String line = lines[i].replace("\uFEFF", "").strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.split("\\s+", -1);
      try {
        if (words.length != 2) {
          throw new IllegalArgumentException("expected HOST:PORT and a fingerprint");
        }
        Fingerprint fingerprint = Fingerprint.parse(words[1]);
        if (key(ServerAddress.parse(words[0])).equals(key(server))) {
          return fingerprint;
        }
      } catch (IllegalArgumentException e) {
        throw new ChatException(shownFile() + ":" + (i + 1) + ": " + e.getMessage(), e);
      }
    }
    return null;
  }

  /**
   * Remembers the fingerprint of a new server.
   *
   * @throws ChatException if the file cannot be written, or another certificate was accepted
   *     meanwhile
   */
  public void remember(ServerAddress server, Fingerprint fingerprint) throws ChatException {
    try {
      kept.makeDirectory();
      kept.change(before -> with(before == null ? "" : before, server, fingerprint));
    } catch (ChatException e) {
      throw e;
    } catch (IOException e) {
      throw new ChatException(
          "cannot remember the server in " + shownFile() + ": " + FileTrouble.reason(e), e);
    }
  }

  private String with(String text, ServerAddress server, Fingerprint fingerprint)
      throws ChatException {
    Fingerprint known = find(server, text);
    if (known != null && !known.equals(fingerprint)) {
      throw new ChatException(
          shownFile() + " has another certificate of " + key(server) + " meanwhile: " + known);
    }
    String lines = text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
    return known != null ? text : lines + key(server) + " " + fingerprint + "\n";
  }

  /** Case does not count in host names. */
  private static String key(ServerAddress server) {
    return server.toString().toLowerCase(Locale.ROOT);
  }

  String shownFile() {
    return VisibleText.of(NativePath.show(file));
  }
}
