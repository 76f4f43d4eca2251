package io.chatroom.client.cli;

import io.chatroom.client.ChatException;
import io.chatroom.client.bench.Bench;
import io.chatroom.client.bench.BenchPlan;
import io.chatroom.client.bench.BenchPlan.Amount;
import io.chatroom.client.bench.BenchPlan.Pace;
import io.chatroom.client.bench.BenchReport;
import io.chatroom.client.bench.BenchResult;
import io.chatroom.client.terminal.ProgressLine;
import io.chatroom.client.terminal.Stdio;
import io.chatroom.protocol.Limits;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code chat-client bench}: measures how many members and messages a server can handle. Exits 0
 * only if everything was delivered, once, whole and in order.
 */
@Command(
    name = "bench",
    description = {
      "Measure how fast a server delivers messages, and verify the deliveries.",
      "",
      "It floods the room with messages from members with names like bk3f000012; everybody in the"
          + " room receives them. Every delivery is counted; the receivers of --sample also check"
          + " every byte, the order and the latency. Start the server with --messages-per-second 0,"
          + " or you measure its rate limit, and run this on another machine."
    },
    exitCodeList = {
      "0:everything was delivered, once, whole and in order",
      "1:something was not, or the server stopped or cannot be reached",
      "2:the command line was wrong"
    })
final class BenchCommand implements Callable<Integer> {

  private static final int MOST_MEMBERS = 100_000;
  private static final int MOST_SENDERS = 1_000;
  private static final int MOST_IN_FLIGHT = 10_000;
  private static final int MOST_A_SECOND = 1_000_000;
  private static final int MOST_MESSAGES = 1_000_000_000;
  private static final int MOST_THREADS = 64;
  private static final int LONGEST_SECONDS = 3_600;
  private static final int LONGEST_PATIENCE_SECONDS = 60;
  private static final double SHORTEST_SECONDS = 0.1;
  private static final int DEFAULT_IN_FLIGHT = 64;
  private static final double DEFAULT_SECONDS = 5;

  private final Stdio stdio;
  private final Map<String, String> environment;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private final RequiredServer server = new RequiredServer();
  @Mixin private final TlsOptions tls = new TlsOptions();

  @Option(
      names = "--receivers",
      paramLabel = "N",
      description = "Members that only receive. Default: ${DEFAULT-VALUE}.")
  private int receivers = 100;

  @Option(
      names = "--senders",
      paramLabel = "N",
      description =
          "Members that send, in turn; they also receive each other's messages. Default:"
              + " ${DEFAULT-VALUE}.")
  private int senders = 1;

  @Option(
      names = "--size",
      paramLabel = "BYTES",
      description = "Length of a message, 11 or more. Default: ${DEFAULT-VALUE}.")
  private int size = 64;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Seconds to measure. Default: 5, unless --messages is given.")
  private @Nullable Double seconds;

  @Option(
      names = "--messages",
      paramLabel = "N",
      description = "Number of messages to measure, instead of --seconds.")
  private @Nullable Integer messages;

  @Option(
      names = "--in-flight",
      paramLabel = "N",
      description =
          "Send the next message as soon as fewer than N are in flight to the slowest sampled"
              + " receiver. Default: 64, unless --rate is given.")
  private @Nullable Integer inFlight;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description =
          "Send N messages a second in total, regardless of how fast the server delivers (open"
              + " loop). Latency then counts from when a message was due, so it includes waiting"
              + " for a slow server.")
  private @Nullable Integer rate;

  @Option(
      names = "--warmup",
      paramLabel = "S",
      description =
          "Seconds to send before measuring; verified, but not counted. Default:"
              + " ${DEFAULT-VALUE}.")
  private double warmup = 2;

  @Option(
      names = "--sample",
      paramLabel = "N",
      description =
          "Receivers that check every message; the others count bytes. Default: ${DEFAULT-VALUE}.")
  private int sample = 8;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Event loops for the members. Default: ${DEFAULT-VALUE}.")
  private int threads = 1;

  @Option(
      names = "--timeout",
      paramLabel = "S",
      description =
          "Seconds without any delivery after which missing deliveries count as lost. Default:"
              + " ${DEFAULT-VALUE}.")
  private double timeout = 5;

  @Option(
      names = "--sessions",
      paramLabel = "CARRIER",
      description =
          "Use sessions, over tcp or ws (WebSocket), in a room of the bench's own. Each member"
              + " checks that it receives each seq of the room exactly once and in order; the"
              + " latency of acks is measured too.")
  private BenchPlan.@Nullable Sessions sessions;

  @Option(names = "--json", description = "Print one JSON object instead of text.")
  private boolean json;

  BenchCommand(Stdio stdio, Map<String, String> environment) {
    this.stdio = stdio;
    this.environment = environment;
  }

  @Override
  public Integer call() throws ChatException, InterruptedException {
    BenchPlan plan = plan();
    ProgressLine progress = ProgressLine.of(stdio, environment);
    Bench bench = new Bench(plan, progress::show);
    StopOnSignal onSignal = new StopOnSignal(bench::stop);
    try {
      BenchResult result = bench.run();
      progress.clear();
      return tell(new BenchReport(result), result.faultless());
    } catch (IOException e) {
      progress.clear();
      stdio.complain(String.valueOf(e.getMessage()));
      return 1;
    } finally {
      onSignal.done();
    }
  }

  private int tell(BenchReport report, boolean faultless) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(report.json());
    } else {
      report.print(out);
    }
    if (faultless) {
      return 0;
    }
    stdio.complain(report.complaint());
    return 1;
  }

  private BenchPlan plan() throws ChatException {
    within("--receivers", receivers, 1, MOST_MEMBERS - MOST_SENDERS);
    within("--senders", senders, 1, MOST_SENDERS);
    within(
        "--size",
        size,
        BenchPlan.MIN_MESSAGE_BYTES,
        Limits.DEFAULT.maxMessageBytes(),
        " bytes (a message is numbered, which takes " + BenchPlan.MIN_MESSAGE_BYTES + ")");
    within("--sample", sample, 1, MOST_MEMBERS);
    within("--threads", threads, 1, MOST_THREADS);
    if (sessions != null && threads > 1) {
      throw usage("--threads: expected 1 with --sessions, but it is " + threads);
    }
    return new BenchPlan(
        server.address("load: a bench floods the room"),
        receivers,
        senders,
        size,
        amount(),
        pace(),
        seconds("--warmup", warmup, 0, LONGEST_SECONDS),
        sample,
        threads,
        seconds("--timeout", timeout, SHORTEST_SECONDS, LONGEST_PATIENCE_SECONDS),
        tls.trust(environment),
        sessions);
  }

  private Amount amount() {
    if (messages != null) {
      if (seconds != null) {
        throw usage("--messages and --seconds exclude each other, give one of them");
      }
      return new Amount.Messages(within("--messages", messages, 1, MOST_MESSAGES));
    }
    double duration = seconds == null ? DEFAULT_SECONDS : seconds;
    return new Amount.Time(seconds("--seconds", duration, SHORTEST_SECONDS, LONGEST_SECONDS));
  }

  private Pace pace() {
    if (rate != null) {
      if (inFlight != null) {
        throw usage("--rate and --in-flight exclude each other, give one of them");
      }
      return new Pace.Rate(within("--rate", rate, 1, MOST_A_SECOND));
    }
    int window = inFlight == null ? DEFAULT_IN_FLIGHT : inFlight;
    return new Pace.InFlight(within("--in-flight", window, 1, MOST_IN_FLIGHT));
  }

  private int within(String option, int value, int least, int most) {
    return within(option, value, least, most, "");
  }

  private int within(String option, int value, int least, int most, String unit) {
    if (value < least || value > most) {
      throw usage(option + ": expected " + least + " to " + most + unit + ", but it is " + value);
    }
    return value;
  }

  private Duration seconds(String option, double value, double least, int most) {
    if (!(value >= least && value <= most)) {
      throw usage(
          option
              + ": expected "
              + (least == 0 ? "0" : least)
              + " to "
              + most
              + " seconds, but it is "
              + value);
    }
    return Duration.ofMillis(Math.round(value * 1000));
  }

  private ParameterException usage(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }
}
