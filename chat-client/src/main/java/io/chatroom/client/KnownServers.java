package io.chatroom.client;

import io.chatroom.protocol.Fingerprint;
import io.chatroom.protocol.VisibleText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The servers that somebody has found right once, by their fingerprints, in a file that people can
 * read and edit: {@code HOST:PORT SHA256:…} on each line, {@code #} begins a remark. Nobody else
 * may read it (mode 600).
 *
 * <p>The file is read anew for each question. Any thread may use it, but of two processes that
 * remember at the same time one may be forgotten, and is asked about again.
 */
public final class KnownServers {

  private final Path file;

  /**
   * @param file need not exist
   */
  public KnownServers(Path file) {
    this.file = file;
  }

  /** Where they are kept. */
  public Path file() {
    return file;
  }

  /**
   * What a server showed when it was found right, or null if it never was.
   *
   * @throws ChatException if the file cannot be read or understood
   */
  public synchronized @Nullable Fingerprint fingerprintOf(ServerAddress server)
      throws ChatException {
    List<String> lines = lines();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
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
   * Remembers a server that was not known.
   *
   * @throws ChatException if it cannot be written
   */
  public synchronized void remember(ServerAddress server, Fingerprint fingerprint)
      throws ChatException {
    List<String> lines = new ArrayList<>(lines());
    lines.add(key(server) + " " + fingerprint);
    try {
      Path directory = file.toAbsolutePath().getParent();
      if (directory != null && !Files.isDirectory(directory)) {
        Files.createDirectories(directory, only("rwx------"));
      }
      Path draft = Path.of(file + ".new");
      Files.deleteIfExists(draft);
      try (var out =
          Files.newByteChannel(
              draft,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              only("rw-------"))) {
        String text = String.join("\n", lines) + "\n";
        out.write(StandardCharsets.UTF_8.encode(text));
      }
      Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new ChatException(
          "cannot remember the server in " + shownFile() + ": " + VisibleText.of(e.toString()), e);
    }
  }

  /** Names of hosts are the same in capitals. */
  private static String key(ServerAddress server) {
    return server.toString().toLowerCase(Locale.ROOT);
  }

  private List<String> lines() throws ChatException {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new ChatException(
          "cannot read " + shownFile() + ": " + VisibleText.of(e.toString()), e);
    }
  }

  String shownFile() {
    return VisibleText.of(file.toString());
  }

  private static FileAttribute<?>[] only(String permissions) {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
