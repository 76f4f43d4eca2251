package io.chatroom.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.Peer;
import io.chatroom.client.Peer.Member;
import io.chatroom.client.jars.RunningProgram;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What only a process of its own can show: real pipes, signals, exit codes, and that the JVM ends.
 * The locale is the plainest there is.
 */
class ClientProcessTest {

  private final Peer peer = new Peer();
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void endAll() {
    peer.close();
    started.forEach(Process::destroyForcibly);
  }

  @Test
  void listenEndsQuietlyWhenItsPipeIsClosed() throws Exception {
    Process listen = start("listen", peer.address().toString());
    try (Member member = peer.accept("msg_screen")) {
      member.relay("alice", "héllo 🙂");
      InputStream out = listen.getInputStream();
      byte[] line = "alice:    héllo 🙂\n".getBytes(StandardCharsets.UTF_8);
      assertThat(out.readNBytes(line.length)).isEqualTo(line);
      out.close();
      member.relay("alice", "and who reads this?");

      assertThat(exitCode(listen)).isZero();
      assertThat(errors(listen)).isEmpty();
    }
  }

  @Test
  void listenEndsAtOnceOnInterrupt() throws Exception {
    RunningProgram.assumeInterruptible();
    Process listen = start("listen", peer.address().toString(), "--json");
    Member member = peer.accept("msg_screen");
    new ProcessBuilder("kill", "-INT", Long.toString(listen.pid())).start().waitFor();

    assertThat(exitCode(listen)).isEqualTo(130);
    assertThat(errors(listen)).isEmpty();
    member.close();
  }

  @Test
  void sendSendsItsInputAndEnds() throws Exception {
    Process send = start("send", peer.address().toString(), "--name", "alice");
    try (Member alice = peer.accept("alice")) {
      send.getOutputStream().write("héllo 🙂\n".getBytes(StandardCharsets.UTF_8));
      send.getOutputStream().close();

      assertThat(alice.read()).isEqualTo("héllo 🙂");
      assertThat(alice.atEnd()).isTrue();
    }

    assertThat(exitCode(send)).isZero();
    assertThat(send.getInputStream().readAllBytes()).as("prompts into a pipe").isEmpty();
    assertThat(errors(send)).isEmpty();
  }

  @Test
  void sendEndsWhenTheServerEndsThoughItsPipeIsOpen() throws Exception {
    Process send = start("send", peer.address().toString(), "--name", "alice");
    peer.accept("alice").close();

    assertThat(exitCode(send)).isEqualTo(1);
    assertThat(errors(send)).isEqualToIgnoringNewLines("connection is gone");
  }

  private Process start(String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    command.add(ClientCommand.class.getName());
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("CHAT_"));
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private static int exitCode(Process process) throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it has ended").isTrue();
    return process.exitValue();
  }

  private static String errors(Process process) throws IOException {
    return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
