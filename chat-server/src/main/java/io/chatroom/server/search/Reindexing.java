package io.chatroom.server.search;

import io.chatroom.server.log.Journal;
import io.chatroom.system.NativePath;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** Rebuilds an index as fast as possible, while no server runs. */
public final class Reindexing {

  /**
   * The result.
   *
   * @param messages the number of indexed messages and events
   * @param bytes the size of the index
   */
  public record Done(long messages, long bytes) {}

  private static final int BATCH = 10_000;

  private Reindexing() {}

  /**
   * Rebuilds the index.
   *
   * @param directory the directory of the index, which nothing else may use
   * @throws IOException if that fails; the message is one sentence for people
   */
  public static Done of(Path directory, Journal.Source source) throws IOException {
    IndexFile file = new IndexFile(directory);
    long messages = 0;
    try (Journal journal = source.open();
        IndexWriter writer = IndexWriter.create(file, journal)) {
      List<Journal.Line> lines = journal.after(0, BATCH);
      while (!lines.isEmpty()) {
        writer.add(lines, journal, () -> {});
        messages += lines.size();
        lines = journal.after(writer.indexed(), BATCH);
      }
    } catch (SQLException e) {
      throw cannot(file, IndexTrouble.words(e), e);
    } catch (DoubtException e) {
      throw cannot(file, "it " + e.getMessage(), e);
    }
    return new Done(messages, file.bytes());
  }

  /**
   * Deletes an index, while no server runs. The next server rebuilds it.
   *
   * @throws IOException if that fails
   */
  public static void discard(Path directory) throws IOException {
    new IndexFile(directory).delete();
  }

  private static IOException cannot(IndexFile file, String why, Exception cause) {
    return new IOException(NativePath.show(file.file()) + " cannot be built: " + why, cause);
  }
}
