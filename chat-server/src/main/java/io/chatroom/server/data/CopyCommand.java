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
        "Copies all that a server keeps from a directory into an empty database, or from a database"
            + " into a new directory, with the numbers and epochs of rooms, so that clients go on"
            + " there as if nothing had happened. It copies all of it or nothing. No server may"
            + " run.")
final class CopyCommand implements Callable<Integer> {

  private static final long BETWEEN_LINES_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** After this many messages it checks whether to print a line. */
  private static final int LOOK = 1_000;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--from",
      required = true,
      paramLabel = "DIR|URL",
      description = "the server's --data, or its --store; - is what the environment says")
  private Place from = Place.none();

  @Option(
      names = "--to",
      required = true,
      paramLabel = "DIR|URL",
      description = "an empty database, or a new directory")
  private Place to = Place.none();

  private long toldNanos;

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
      out().println("looking whether all of it is sound");
      out().flush();
      StoreCount count = source.check();
      out().printf("%s to copy from %s to %s%n", count, source.shown(), target.shown());
      out().flush();
      toldNanos = System.nanoTime();
      StoreCount there = StoreCopy.copy(source, count, target, messages -> tell(messages, count));
      out().printf("%s are in %s now%n", there, target.shown());
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

  private void tell(long messages, StoreCount all) {
    if (messages % LOOK == 0 && System.nanoTime() - toldNanos > BETWEEN_LINES_NANOS) {
      toldNanos = System.nanoTime();
      out().printf("%d of %d messages%n", messages, all.messages());
      out().flush();
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
