package io.chatroom.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chatroom.client.jars.RunningProgram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Another machine, as far as the network goes: a network namespace at the end of a cable that can
 * be cut. It takes root; where there is none, tests are skipped, and with {@code CI=true} they
 * fail.
 */
public final class FarMachine implements AutoCloseable {

  private static final long PID = ProcessHandle.current().pid();

  private final String namespace = "chat-far-" + PID;
  private final String device = "far" + PID;

  /** Networks of four addresses, so that test runs beside this one have others. */
  private final String network = "10." + (64 + (PID >> 14) % 64) + "." + (PID >> 6) % 256 + ".";

  private final int first = (int) (PID % 64) * 4;

  private FarMachine() {}

  /** Makes one, which exists until it is closed. */
  public static FarMachine make() throws IOException {
    RunningProgram.assumeInstalled("ip");
    RunningProgram.assumeInstalled("iptables");
    FarMachine machine = new FarMachine();
    boolean allowed = exitCode("ip", "netns", "add", machine.namespace) == 0;
    if (!allowed && System.getenv("CI") != null) {
      throw new AssertionError("no network namespace can be made, which CI needs");
    }
    assumeTrue(allowed, "skipped: needs root, to make a network namespace");
    try {
      machine.connect();
    } catch (IOException | Error e) {
      machine.close();
      throw e;
    }
    return machine;
  }

  private void connect() throws IOException {
    run("ip", "link", "add", device, "type", "veth", "peer", "name", "near", "netns", namespace);
    run("ip", "addr", "add", network + (first + 1) + "/30", "dev", device);
    run("ip", "link", "set", device, "up");
    run("ip", "-n", namespace, "addr", "add", address() + "/30", "dev", "near");
    run("ip", "-n", namespace, "link", "set", "near", "up");
  }

  /** The address of its servers. */
  public String address() {
    return network + (first + 2);
  }

  /** The prefix that runs a command on it. */
  public String[] command(String... command) {
    List<String> there = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    there.addAll(List.of(command));
    return there.toArray(String[]::new);
  }

  /** From now on all packets are lost in silence. */
  public void vanish() throws IOException {
    filter("-A");
  }

  /** Restores the connection. */
  public void comeBack() throws IOException {
    filter("-D");
  }

  private void filter(String change) throws IOException {
    for (String chain : List.of("INPUT", "OUTPUT")) {
      run(command("iptables", "-w", change, chain, "-j", "DROP"));
    }
  }

  @Override
  public void close() throws IOException {
    exitCode("ip", "link", "del", device); // the namespace would do it, but later
    run("ip", "netns", "del", namespace);
  }

  private static void run(String... command) throws IOException {
    assertThat(exitCode(command)).as(Arrays.toString(command)).isZero();
  }

  private static int exitCode(String... command) throws IOException {
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
