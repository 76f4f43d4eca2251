package io.chatroom.system;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** A small text file that holds secrets. */
public final class SecretFile {

  private static final int MOST_BYTES = 1024 * 1024;

  private SecretFile() {}

  /**
   * Reads the file.
   *
   * @throws IOException if it cannot be read; the message is one sentence for people, without any
   *     of the content
   */
  public static String read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new IOException("it has more than " + MOST_BYTES + " bytes");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (IOException e) {
      throw new IOException(NativePath.show(file) + " cannot be read: " + FileTrouble.reason(e), e);
    }
  }

  /**
   * Creates an empty file that only this user can access, if there is none.
   *
   * @throws IOException if it cannot be created; the message is one sentence for people
   */
  public static void make(Path file) throws IOException {
    if (Files.notExists(file)) {
      try {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      } catch (IOException e) {
        throw new IOException(
            NativePath.show(file) + " cannot be created: " + FileTrouble.reason(e), e);
      }
    }
  }

  /**
   * A warning for people if others can access the file; null if they cannot, or if this is unknown.
   */
  public static @Nullable String openTo(Path file) {
    try {
      String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
      return mode.endsWith("------")
          ? null
          : NativePath.show(file)
              + " is accessible to others ("
              + mode
              + "), expected only its owner: chmod 600";
    } catch (IOException | UnsupportedOperationException e) {
      return null;
    }
  }
}
