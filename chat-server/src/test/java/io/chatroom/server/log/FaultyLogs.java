package io.chatroom.server.log;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** Logs in memory that a test can make fail. */
public final class FaultyLogs implements RoomLogs {

  private final RoomLogs sound;
  private final Map<String, FaultyLog> opened = new ConcurrentHashMap<>();

  /** Creates logs over others. */
  public FaultyLogs(RoomLogs sound) {
    this.sound = sound;
  }

  @Override
  public FaultyLog open(String room, Runnable emptied) {
    FaultyLog log = new FaultyLog(() -> sound.open(room, emptied));
    opened.put(room, log);
    return log;
  }

  /** The log of an open room. */
  public FaultyLog of(String room) {
    return Objects.requireNonNull(opened.get(room));
  }

  @Override
  public void close() {
    opened.values().forEach(FaultyLog::close);
    sound.close();
  }
}
