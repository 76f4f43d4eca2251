package io.chatroom.server.admin;

import io.chatroom.server.config.AdminAddress;
import io.chatroom.server.metrics.Gauge;
import io.chatroom.server.metrics.PrometheusText;
import io.chatroom.server.metrics.ServerMetrics;
import io.chatroom.server.process.Version;
import io.chatroom.server.transport.BindFailure;
import io.chatroom.server.transport.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pages of a server's admin endpoint, and its address. */
public final class Admin {

  private static final Logger log = LoggerFactory.getLogger(Admin.class);

  /** Longer than any pause of a loaded machine or a garbage collection. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Page health;
  private final Page readiness;
  private final Page metrics;

  /**
   * @param loops the event loops that must run
   * @param unready why new clients should go elsewhere, in a few words; null if they need not
   * @param counted the counts
   * @param gauges values to read on request
   */
  public Admin(
      EventLoopGroup loops,
      Supplier<@Nullable String> unready,
      ServerMetrics counted,
      List<Gauge> gauges) {
    this.health = new Health(loops, PATIENCE);
    this.readiness =
        accept -> {
          String why = unready.get();
          return CompletableFuture.completedStage(
              why == null ? Reply.line(200, "ready") : Reply.line(503, why));
        };
    this.metrics = new MetricsPage(counted, gauges);
  }

  /** Created at the first request; used only on the endpoint's one thread. */
  private static final class MetricsPage implements Page {

    private final ServerMetrics counted;
    private final List<Gauge> gauges;
    private @Nullable PrometheusText text;

    MetricsPage(ServerMetrics counted, List<Gauge> gauges) {
      this.counted = counted;
      this.gauges = gauges;
    }

    @Override
    public CompletableFuture<Reply> look(String accept) {
      if (text == null) {
        text = new PrometheusText(counted, gauges, Version.ofThis());
      }
      return CompletableFuture.completedFuture(
          new Reply(200, text.contentType(accept), text.render(accept)));
    }
  }

  /**
   * Starts the endpoint.
   *
   * @return null if it could not start and is optional
   * @throws IOException if it could not start and is required; the message is one sentence for
   *     people
   */
  public @Nullable AdminEndpoint start(AdminAddress address, Transport transport)
      throws IOException {
    AdminEndpoint.Start start =
        AdminEndpoint.start(
            address.socketAddress(),
            transport,
            Map.of("/healthz", health, "/readyz", readiness, "/metrics", metrics));
    if (start instanceof AdminEndpoint.Start.Running running) {
      log.info(
          "health and metrics on http://{}",
          NetUtil.toSocketAddressString(address.host(), running.endpoint().address().getPort()));
      return running.endpoint();
    }
    IOException why =
        BindFailure.explain(
            address.host(),
            address.port(),
            "--admin",
            ((AdminEndpoint.Start.Failed) start).cause());
    if (address.choice() == AdminAddress.Choice.GIVEN) {
      throw why;
    }
    log.warn("no health and metrics (--admin auto): {}", why.getMessage());
    return null;
  }
}
