package io.chatroom.server.data;

import io.chatroom.server.log.shared.SharedContents;
import io.chatroom.server.log.shared.SharedCopy;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.log.sql.StoreCopy;
import io.chatroom.server.log.sql.StoreCount;
import io.chatroom.server.log.sql.StoreSource;
import io.chatroom.server.log.sql.StoreTarget;
import io.chatroom.server.log.store.StoredContents;
import io.chatroom.server.log.store.StoredCopy;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Copies a store to another kind of store. */
@Command(
    name = "copy",
    mixinStandardHelpOptions = true,
    description =
        "Copies everything that a server keeps from a directory into an empty database, or from a"
            + " database into a new directory. Sequence numbers and epochs stay the same, so"
            + " clients notice nothing. Copies all or nothing. No server may be running.")
final class CopyCommand implements Callable<Integer> {

  private static final long LINE_EVERY_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** The clock is read after this many messages. */
  private static final int CHECK_EVERY = 1_000;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--from",
      required = true,
      paramLabel = "DIR|URL",
      description = "the server's --data or --store; - is CHAT_STORE or CHAT_DATA")
  private Place from = Place.none();

  @Option(
      names = "--to",
      required = true,
      paramLabel = "DIR|URL",
      description = "an empty database, or a new directory")
  private Place to = Place.none();

  private long printedNanos;

  @Override
  public Integer call() throws IOException {
    if ((from.store() == null) == (to.store() == null)) {
      throw new IOException(
          to.store() == null
              ? "both are directories, expected a directory and a database; see backup for a copy"
                  + " of a directory"
              : "both are databases, expected a directory and a database; pg_dump copies a"
                  + " database");
    }
    try (StoreSource source = source();
        StoreTarget target = target()) {
      out().println("checking that the source is sound");
      out().flush();
      StoreCount count = source.check();
      out().printf("%s to copy from %s to %s%n", count, source.shown(), target.shown());
      out().flush();
      printedNanos = System.nanoTime();
      StoreCount there =
          StoreCopy.copy(source, count, target, messages -> printProgress(messages, count));
      out().printf("copied %s to %s%n", there, target.shown());
      out().println(source.moved(target.shown()));
    }
    return 0;
  }

  private StoreSource source() throws IOException {
    StoreAddress store = from.store();
    return store == null ? StoredContents.of(directory(from)) : SharedContents.of(store);
  }

  private StoreTarget target() throws IOException {
    StoreAddress store = to.store();
    return store == null ? StoredCopy.into(directory(to)) : SharedCopy.into(store);
  }

  private static Path directory(Place place) {
    Path directory = place.directory();
    return directory == null ? Path.of("") : directory;
  }

  private void printProgress(long messages, StoreCount all) {
    if (messages % CHECK_EVERY == 0 && System.nanoTime() - printedNanos > LINE_EVERY_NANOS) {
      printedNanos = System.nanoTime();
      out().printf("%d of %d messages%n", messages, all.messages());
      out().flush();
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
