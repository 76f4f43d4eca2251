package io.chatroom.server.config;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The default limits of a server, derived from what this process can carry. */
public final class Capacity {

  /**
   * The limits of this process on Linux. Reading the file is fast, while asking the JVM loads many
   * classes.
   */
  private static final Path LIMITS = Path.of("/proc/self/limits");

  private static final Pattern OPEN_FILES = Pattern.compile("(?m)^Max open files +(\\d+)");

  /**
   * Open files other than connections: the JVM and its jar take about ten, the console three, and
   * operations on a running server (a thread dump, a heap dump) some more.
   */
  private static final int RESERVED_FILES = 32;

  /** An event loop opens three, and NIO as many. */
  private static final int RESERVED_FILES_PER_LOOP = 4;

  /** Heap for each connection, such that half of the heap stays free for messages. */
  private static final int HEAP_BYTES_PER_CONNECTION = 8 * 1024;

  /** Heap for each TLS connection: its keys, its session, and its encrypted data. */
  private static final int HEAP_BYTES_PER_TLS_CONNECTION = 32 * 1024;

  private static final long MOST_WAITING_BYTES = 64 * 1024 * 1024;

  private Capacity() {}

  /** The number of connections that this process can have at once. */
  public static int connections(int eventLoops) {
    return connections(eventLoops, HEAP_BYTES_PER_CONNECTION);
  }

  /** The number of connections that this process can have at once if all of them use TLS. */
  public static int tlsConnections(int eventLoops) {
    return connections(eventLoops, HEAP_BYTES_PER_TLS_CONNECTION);
  }

  private static int connections(int eventLoops, int heapBytesEach) {
    long files = openFiles() - RESERVED_FILES - (long) RESERVED_FILES_PER_LOOP * eventLoops;
    long heap = Runtime.getRuntime().maxMemory() / heapBytesEach;
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, Math.min(files, heap)));
  }

  /** Memory limit for unfinished frames, in bytes. */
  public static long waitingBytes() {
    return Math.min(MOST_WAITING_BYTES, bufferBytes());
  }

  /** Heap that the recent messages of rooms can use, in bytes. */
  public static long historyBytes() {
    return Runtime.getRuntime().maxMemory() / 8;
  }

  /** Memory that one user of buffers can take, in bytes: a quarter of the memory for buffers. */
  public static long bufferBytes() {
    return PlatformDependent.maxDirectMemory() / 4;
  }

  /** The number of files that this process can open. */
  static long openFiles() {
    try {
      Matcher limit = OPEN_FILES.matcher(Files.readString(LIMITS));
      return limit.find() ? Long.parseLong(limit.group(1)) : Integer.MAX_VALUE;
    } catch (IOException e) {
      return Integer.MAX_VALUE; // not Linux
    }
  }
}
