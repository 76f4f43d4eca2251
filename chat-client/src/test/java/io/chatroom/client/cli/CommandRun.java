package io.chatroom.client.cli;

import static org.awaitility.Awaitility.await;

import io.chatroom.client.terminal.Stdio;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A command that runs in this JVM, with streams, a terminal and an environment of its own. */
public final class CommandRun {

  /** A home directory for the command, not that of the person who runs the tests. */
  private static final Path KEPT =
      Path.of("target", "test-home", "" + ProcessHandle.current().pid()).toAbsolutePath();

  private final Map<String, String> environment = new HashMap<>();
  private final BlockingQueue<Integer> typed = new LinkedBlockingQueue<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
  private boolean terminal;
  private OutputStream target = out;
  private InputStream source =
      new InputStream() {
        @Override
        public int read() {
          try {
            int b = typed.take();
            if (b < 0) {
              typed.add(b); // the end stays the end
            }
            return b;
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
          int b = read();
          if (b < 0) {
            return b;
          }
          bytes[offset] = (byte) b;
          return 1;
        }
      };

  public CommandRun atTerminal() {
    terminal = true;
    environment.put("TERM", "xterm");
    return this;
  }

  public CommandRun with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  public CommandRun writingTo(OutputStream stream) {
    target = stream;
    return this;
  }

  public CommandRun readingFrom(InputStream stream) {
    source = stream;
    return this;
  }

  public CommandRun start(String... args) {
    environment.putIfAbsent("XDG_CONFIG_HOME", KEPT.toString());
    Stdio stdio =
        new Stdio(source, target, new PrintStream(err, true, StandardCharsets.UTF_8), terminal);
    Thread thread =
        new Thread(() -> exitCode.complete(ClientCommand.run(stdio, environment, args)), "command");
    thread.setDaemon(true);
    thread.start();
    return this;
  }

  public CommandRun type(String text) {
    return type(text.getBytes(StandardCharsets.UTF_8));
  }

  public CommandRun type(byte... bytes) {
    for (byte b : bytes) {
      typed.add(b & 0xFF);
    }
    return this;
  }

  /** Control-D, or the end of the pipe. */
  public CommandRun endInput() {
    typed.add(-1);
    return this;
  }

  public String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  public String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  public void awaitOut(String expected) {
    await().alias("output " + expected).until(this::out, text -> text.contains(expected));
  }

  public int exitCode() throws Exception {
    return exitCode.get(60, TimeUnit.SECONDS);
  }
}
