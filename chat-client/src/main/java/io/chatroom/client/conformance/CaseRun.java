package io.chatroom.client.conformance;

/** One run of a case: a check that the server works, the case itself, and another check. */
public interface CaseRun extends AutoCloseable {

  /** Checks that the server works before the case is judged. */
  void open() throws Broken, InterruptedException;

  /** Runs the case; returns if the requirement holds. */
  void run() throws Broken, InterruptedException;

  /** Checks that the server still works. */
  void checkStillWorks() throws Broken, InterruptedException;

  /** Closes every connection that was opened. */
  @Override
  void close();
}
