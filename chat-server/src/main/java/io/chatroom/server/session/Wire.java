package io.chatroom.server.session;

import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.FromServer.Bye;
import io.chatroom.server.names.Person;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The connection of a session. Belongs to the same event loop as the session. */
public interface Wire {

  /** Sends objects, after everything sent before. */
  void send(List<FromServer> objects);

  /** Runs a task once the network has taken everything sent before; never if that fails. */
  void whenTaken(Runnable task);

  /** Aborts the connection, because too many bytes wait for its client. From any thread. */
  void cutOff();

  /** Runs a task on the event loop of this session. From any thread. */
  void execute(Runnable task);

  /** Runs a task on the event loop of this session after a delay. From any thread. */
  void executeLater(Runnable task, long millis);

  /** A person was admitted. */
  void welcomed(Person person);

  /** A post was accepted; for the transcript, if there is one. */
  void posted(String text);

  /** The address of the client; null if it is not known. */
  @Nullable InetAddress address();

  /** Stops reading until {@link #readOn}. */
  void stopReading();

  /** Resumes reading after {@link #stopReading}. */
  void readOn();

  /** Ends the stream after everything sent before. */
  void end();

  /** Sends a bye as the last object, and ends the stream. */
  void end(Bye bye);
}
