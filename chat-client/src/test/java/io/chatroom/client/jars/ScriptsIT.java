package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The client in shell scripts: pipes, exit codes, waiting for a word. */
class ScriptsIT {

  @RegisterExtension final Programs programs = new Programs();

  private RunningProgram server;
  private String address = "";

  @BeforeEach
  void startTheServer() {
    server = programs.server("--port", "0", "--host", "127.0.0.1");
    address = "127.0.0.1:" + Programs.port(server);
  }

  @Test
  void eachMessageComesThroughAPipeToJqAtOnce() {
    RunningProgram.assumeInstalled("jq");
    RunningProgram pipe = script("chat listen $ADDRESS --json | jq --unbuffered -r .text");
    awaitListener();

    say("one");
    pipe.awaitLine("one"); // while listen is still there
    say("zwei €");
    pipe.awaitLine("zwei €");
    server.signal("TERM");
    assertThat(pipe.awaitExit()).as("of jq").isZero();
    assertThat(pipe.err()).containsExactly("connection is gone");
  }

  @Test
  void listenEndsQuietlyWithTheFirstMessageThatNobodyReads() {
    RunningProgram pipe =
        script(
            "{ chat listen $ADDRESS --json; echo exit code $? >&2; } | head -n 1; echo head ended");
    awaitListener();

    say("one");
    // head takes a moment to leave, so it need not be the next message that ends it.
    pipe.awaitLine("\\{\"name\":\"ci\",\"text\":\"one\",.*");
    for (int i = 0; i < 100 && pipe.out().size() < 2; i++) {
      say("and who reads this?");
    }
    assertThat(pipe.awaitExit()).isZero();
    assertThat(pipe.out().get(1)).isEqualTo("head ended");
    assertThat(pipe.err()).containsExactly("exit code 0");
  }

  @Test
  void aScriptWaitsForAWord() {
    RunningProgram wait =
        script("chat listen $ADDRESS --match '^DONE' --count 1 --for 1h && echo deploying");
    awaitListener();
    say("not DONE yet");
    say("DONE: 12 s");

    assertThat(wait.awaitExit()).isZero();
    assertThat(wait.out()).containsExactly("ci:    DONE: 12 s", "deploying");
    assertThat(wait.err()).isEmpty();
  }

  @Test
  void aScriptGivesUpWaiting() {
    RunningProgram wait =
        script("chat listen $ADDRESS --match DONE --count 1 --for 10ms || echo exit code $?");

    assertThat(wait.awaitExit()).isZero();
    assertThat(wait.out()).containsExactly("exit code 1");
    assertThat(wait.err()).containsExactly("only 0 of 1 arrived within 10ms");
  }

  @Test
  void aWholeFileIsOneMessage() {
    RunningProgram listen = programs.client("listen", address, "--json", "--count", "1");
    awaitListener();
    RunningProgram send = script("printf 'one\\ntwo\\n' | chat send $ADDRESS --name ci --whole");

    assertThat(send.awaitExit()).isZero();
    assertThat(listen.awaitExit()).isZero();
    assertThat(listen.out().get(0)).contains("\"text\":\"one\\ntwo\"");
  }

  @Test
  void moreThanAMessageMayHoldIsRefused() {
    RunningProgram send =
        script("head -c 70000 /dev/zero | tr '\\0' x | chat send $ADDRESS --whole");

    assertThat(send.awaitExit()).isEqualTo(1);
    assertThat(send.err())
        .containsExactly("the input is too long: a message has at most 65536 bytes");
  }

  /** Runs a script with a command {@code chat}, the client, and the server's ADDRESS. */
  private RunningProgram script(String script) {
    String java =
        String.join(" ", QuickJava.command(Programs.CLIENT_JAR).stream().map(Tmux::quote).toList());
    String chat = "chat() { " + java + " \"$@\"; }\n";
    return programs.start(
        RunningProgram.start("sh", "-c", chat + "ADDRESS=" + address + "\n" + script));
  }

  private void say(String text) {
    RunningProgram send = programs.client("send", address, "--name", "ci", "--message", text);
    assertThat(send.awaitExit()).as("%s", send.err()).isZero();
  }

  private void awaitListener() {
    server.awaitLine("[^ ]+, user: msg_screen");
  }
}
