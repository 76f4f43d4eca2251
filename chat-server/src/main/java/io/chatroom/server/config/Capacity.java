package io.chatroom.server.config;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What this process can carry: the limits of a server for which nobody has chosen others. */
public final class Capacity {

  /** What Linux says of a process; reading it takes no time, while asking the JVM loads much. */
  private static final Path LIMITS = Path.of("/proc/self/limits");

  private static final Pattern OPEN_FILES = Pattern.compile("(?m)^Max open files +(\\d+)");

  /**
   * Open files that are not connections: the JVM and its jar take about ten, the console three, and
   * what people do to a running server (a thread dump, a heap dump) some more.
   */
  private static final int RESERVED_FILES = 32;

  /** An event loop opens three, and NIO as many. */
  private static final int RESERVED_FILES_PER_LOOP = 4;

  /** What the heap must have for each connection, so that half of it stays free for their words. */
  private static final int HEAP_BYTES_PER_CONNECTION = 8 * 1024;

  /** The same where a connection may have TLS: its keys, its session, and what it encrypts. */
  private static final int HEAP_BYTES_PER_TLS_CONNECTION = 32 * 1024;

  private static final long MOST_WAITING_BYTES = 64 * 1024 * 1024;

  private Capacity() {}

  /** How many connections this process can have at once. */
  public static int connections(int eventLoops) {
    return connections(eventLoops, HEAP_BYTES_PER_CONNECTION);
  }

  /** The same where all of them may have TLS. */
  public static int tlsConnections(int eventLoops) {
    return connections(eventLoops, HEAP_BYTES_PER_TLS_CONNECTION);
  }

  private static int connections(int eventLoops, int heapBytesEach) {
    long files = openFiles() - RESERVED_FILES - (long) RESERVED_FILES_PER_LOOP * eventLoops;
    long heap = Runtime.getRuntime().maxMemory() / heapBytesEach;
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, Math.min(files, heap)));
  }

  /** How many bytes of unfinished frames may wait. */
  public static long waitingBytes() {
    return Math.min(MOST_WAITING_BYTES, bufferBytes());
  }

  /** How much of the heap messages may take that rooms keep. */
  public static long historyBytes() {
    return Runtime.getRuntime().maxMemory() / 8;
  }

  /** What one of those may take that need buffers: a quarter of the memory there is for them. */
  public static long bufferBytes() {
    return PlatformDependent.maxDirectMemory() / 4;
  }

  /** How many files this process may have open, as far as this system tells. */
  static long openFiles() {
    try {
      Matcher limit = OPEN_FILES.matcher(Files.readString(LIMITS));
      return limit.find() ? Long.parseLong(limit.group(1)) : Integer.MAX_VALUE;
    } catch (IOException e) {
      return Integer.MAX_VALUE; // not Linux
    }
  }
}
