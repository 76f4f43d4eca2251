package io.chatroom.server.config;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The default limits of a server, according to what this process can carry. */
public final class Capacity {

  /** What Linux says of a process; reading it is fast, while asking the JVM loads many classes. */
  private static final Path LIMITS = Path.of("/proc/self/limits");

  private static final Pattern OPEN_FILES = Pattern.compile("(?m)^Max open files +(\\d+)");

  /**
   * Open files other than connections: the JVM and its jar take about ten, the console three, and
   * operations on a running server (a thread dump, a heap dump) some more.
   */
  private static final int RESERVED_FILES = 32;

  /** An event loop opens three, and NIO as many. */
  private static final int RESERVED_FILES_PER_LOOP = 4;

  /** The heap for each connection, such that half of it stays free for messages. */
  private static final int HEAP_BYTES_PER_CONNECTION = 8 * 1024;

  /** The same with TLS: its keys, its session, and what it encrypts. */
  private static final int HEAP_BYTES_PER_TLS_CONNECTION = 32 * 1024;

  private static final long MOST_WAITING_BYTES = 64 * 1024 * 1024;

  private Capacity() {}

  /** How many connections this process can have at once. */
  public static int connections(int eventLoops) {
    return connections(eventLoops, HEAP_BYTES_PER_CONNECTION);
  }

  /** The same if all of them may use TLS. */
  public static int tlsConnections(int eventLoops) {
    return connections(eventLoops, HEAP_BYTES_PER_TLS_CONNECTION);
  }

  private static int connections(int eventLoops, int heapBytesEach) {
    long files = openFiles() - RESERVED_FILES - (long) RESERVED_FILES_PER_LOOP * eventLoops;
    long heap = Runtime.getRuntime().maxMemory() / heapBytesEach;
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, Math.min(files, heap)));
  }

  /** How many bytes unfinished frames may take. */
  public static long waitingBytes() {
    return Math.min(MOST_WAITING_BYTES, bufferBytes());
  }

  /** How much of the heap the kept messages of rooms may take. */
  public static long historyBytes() {
    return Runtime.getRuntime().maxMemory() / 8;
  }

  /** How much one user of buffers may take: a quarter of the memory for buffers. */
  public static long bufferBytes() {
    return PlatformDependent.maxDirectMemory() / 4;
  }

  /** How many files this process may open, as far as the system tells. */
  static long openFiles() {
    try {
      Matcher limit = OPEN_FILES.matcher(Files.readString(LIMITS));
      return limit.find() ? Long.parseLong(limit.group(1)) : Integer.MAX_VALUE;
    } catch (IOException e) {
      return Integer.MAX_VALUE; // not Linux
    }
  }
}
