package io.chatroom.server.search;

import io.chatroom.server.log.Journal;
import io.chatroom.system.NativePath;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** Makes an index anew as fast as it can, where no server runs. */
public final class Reindexing {

  /**
   * What was done.
   *
   * @param messages how many messages and events there were
   * @param bytes how large the index is
   */
  public record Done(long messages, long bytes) {}

  private static final int BATCH = 10_000;

  private Reindexing() {}

  /**
   * Makes the index.
   *
   * @param directory where it will be; nobody else may use it
   * @throws IOException if that cannot be done; the message is one sentence for people
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
   * Throws an index away, where no server runs. The next one makes it anew.
   *
   * @throws IOException if that cannot be done
   */
  public static void discard(Path directory) throws IOException {
    new IndexFile(directory).delete();
  }

  private static IOException cannot(IndexFile file, String why, Exception cause) {
    return new IOException(NativePath.show(file.file()) + " cannot be made: " + why, cause);
  }
}
