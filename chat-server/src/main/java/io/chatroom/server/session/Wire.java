package io.chatroom.server.session;

import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.FromServer.Bye;
import io.chatroom.server.names.Person;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What carries a session: the way to its client. Belongs to one event loop, and so does the
 * session.
 */
public interface Wire {

  /** Sends objects, behind all that was sent before. */
  void say(List<FromServer> objects);

  /** Runs a task once the network has taken all that was sent before; never if it fails to. */
  void whenTaken(Runnable task);

  /** Breaks the connection off: its client does not read, and too much waits. From any thread. */
  void cutOff();

  /** Runs a task on the event loop of this session. From any thread. */
  void execute(Runnable task);

  /** The same, that much later. */
  void executeLater(Runnable task, long millis);

  /** A hello was accepted: it is known who has come. */
  void welcomed(Person person);

  /** A post was taken; for the transcript, if there is one. */
  void posted(String text);

  /** Where the client is; null if that is not known. */
  @Nullable InetAddress address();

  /** Reads no further, until {@link #readOn}. */
  void stopReading();

  /** Takes {@link #stopReading} back. */
  void readOn();

  /** Everything was said: ends the stream behind what was sent before. */
  void end();

  /** Says goodbye, as the last object, and ends the stream. */
  void end(Bye bye);
}
