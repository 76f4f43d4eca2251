package io.chatroom.server.carrier;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;

/** The laws over TCP, for a server that stores everything, and restarts in between. */
class StoredLawsTest extends ServerLaws {

  private static final int EVERYTHING = 1_000_000;

  @TempDir Path directory;

  /** Fewer runs than elsewhere, because restarts are slow. */
  static LongStream seeds() {
    return LongStream.range(0, Integer.getInteger("laws.server.runs", 1));
  }

  @Override
  Carriage carriage(Random random) {
    return new TcpCarriage();
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
