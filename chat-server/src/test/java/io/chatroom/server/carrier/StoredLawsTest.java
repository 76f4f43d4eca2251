package io.chatroom.server.carrier;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** The laws over TCP, for a server that keeps everything, and ends and begins again in between. */
class StoredLawsTest extends ServerLaws {

  private static final int EVERYTHING = 1_000_000;

  @TempDir Path directory;

  @Override
  Carriage carriage() {
    return new TcpCarriage();
  }

  @Override
  int usualRuns() {
    return 1; // a restart takes its time
  }

  @Override
  int history(long seed) {
    return EVERYTHING;
  }

  @Override
  Map<String, String> options() {
    try {
      return Map.of("data", Files.createTempDirectory(directory, "run").toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
