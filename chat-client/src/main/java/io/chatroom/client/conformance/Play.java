package io.chatroom.client.conformance;

/** A case on its own stage: a control that the server works, the case itself, another control. */
public interface Play extends AutoCloseable {

  /** Sees that the server works before anything is judged. */
  void open() throws Broken, InterruptedException;

  /** Does what the case is about; returns when the requirement holds. */
  void run() throws Broken, InterruptedException;

  /** Sees that the server works as before. */
  void stillWorks() throws Broken, InterruptedException;

  /** Closes every connection that was opened. */
  @Override
  void close();
}
