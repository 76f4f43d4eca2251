package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chatroom.client.jars.Tmux.Pane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The programs that this protocol comes from, a WebSocket library of others, and {@code chat} in a
 * terminal, in one room: everybody hears everybody.
 */
class WebSocketInteropIT {

  /** Says what it reads, in fragments, and prints what it hears; written from SESSIONS.md. */
  private static final String MEMBER =
      """
      import asyncio, json, sys, websockets

      async def main(url):
          async with websockets.connect(url, subprotocols=["chatroom.2"]) as ws:
              hello = dict(type="hello", v=2, name="theirs", client="0123456789abcdef" * 2,
                           rooms=[dict(room="lobby")])
              await ws.send(json.dumps(hello))

              async def say_what_is_typed():
                  loop, number = asyncio.get_running_loop(), 0
                  while line := (await loop.run_in_executor(None, sys.stdin.readline)).rstrip("\\n"):
                      number += 1
                      post = json.dumps(dict(type="post", id=str(number), room="lobby", text=line))
                      await ws.send([post[:20], "", post[20:]])
                      await (await ws.ping())
                  await ws.send('{"type":"bye"}')

              typed = asyncio.create_task(say_what_is_typed())
              async for text in ws:
                  said = json.loads(text)
                  if said["type"] == "message":
                      print(f"{said['from']}:    {said['text']}", flush=True)
                  elif said["type"] == "ack":
                      print("ack", said["id"], said["seq"], flush=True)
                  elif said["type"] != "presence":
                      print(said["type"], flush=True)
              await typed
              print("closed with", ws.close_code, ws.subprotocol, flush=True)

      asyncio.run(main(sys.argv[1]))
      """;

  private static final String TIME = "\\d\\d:\\d\\d \\??"; // the mark of names that are nobody's

  @RegisterExtension final Programs programs = new Programs();
  @RegisterExtension final Tmux tmux = new Tmux();

  @TempDir Path dir;

  @Test
  void everybodyTalksInOneRoom() throws IOException {
    SeedPrograms seed = new SeedPrograms(dir);
    String python = pythonWithWebSockets();
    Path script = Files.writeString(dir.resolve("member.py"), MEMBER);
    int port = Programs.port(programs.server("--port", "0", "--host", "127.0.0.1"));
    RunningProgram window = programs.start(seed.listener(port));
    RunningProgram theirs =
        programs.start(
            RunningProgram.start(python, script.toString(), "ws://127.0.0.1:" + port + "/ws"));
    theirs.awaitLine("joined");
    Pane chat = chat("127.0.0.1:" + port);
    chat.awaitRow(TIME + "-- connected to .*");

    RunningProgram sender = programs.start(seed.sender(port)).type("seed").type("hallo héllo 🙂");
    theirs.awaitLine("seed: {4}hallo héllo 🙂");
    window.awaitLine("seed: {4}hallo héllo 🙂");
    chat.awaitRow(TIME + "seed: hallo héllo 🙂");
    chat.enter("welcome, 🙂").awaitRow(TIME + "ours: welcome, 🙂");
    theirs.awaitLine("ours: {4}welcome, 🙂");
    window.awaitLine("ours: {4}welcome, 🙂");
    theirs.type("good day, 🙂");
    window.awaitLine("theirs: {4}good day, 🙂");
    chat.awaitRow(TIME + "theirs: good day, 🙂");
    theirs.type("x".repeat(3_000));
    window.awaitLine("theirs: {4}x{3000}");
    theirs.awaitLine("ack 2 4");
    sender.type("and again");
    theirs.awaitLine("seed: {4}and again");
    chat.awaitRow(TIME + "seed: and again");
    chat.key("C-d").awaitExit(0);
    theirs.type(""); // says bye

    theirs.awaitLine("closed with 1000 chatroom\\.2");
    assertThat(theirs.awaitExit()).as("%s", theirs.err()).isZero();
    assertThat(theirs.out())
        .containsExactly(
            "welcome",
            "joined",
            "seed:    hallo héllo 🙂",
            "ours:    welcome, 🙂",
            "ack 1 3",
            "ack 2 4",
            "seed:    and again",
            "closed with 1000 chatroom.2");
  }

  private Pane chat(String address) {
    String home = dir.resolve("home").toString();
    return tmux.start(
        "env",
        "XDG_CONFIG_HOME=" + home,
        "XDG_STATE_HOME=" + home,
        ProcessHandle.current().info().command().orElse("java"),
        "-XX:TieredStopAtLevel=1",
        "-jar",
        Programs.CLIENT_JAR,
        "--name",
        "ours",
        address);
  }

  /** Debian's library is there for Debian's Python, which may not be the first in the path. */
  private static String pythonWithWebSockets() {
    String found =
        Stream.of("python3", "/usr/bin/python3")
            .filter(WebSocketInteropIT::hasWebSockets)
            .findFirst()
            .orElse(null);
    String missing = "needs Debian's python3-websockets";
    if (found == null && System.getenv("CI") != null) {
      throw new AssertionError(missing);
    }
    assumeTrue(found != null, "skipped: " + missing);
    return String.valueOf(found);
  }

  private static boolean hasWebSockets(String python) {
    try {
      return new ProcessBuilder(python, "-c", "import websockets").start().waitFor() == 0;
    } catch (IOException e) {
      return false; // there is no such program
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
